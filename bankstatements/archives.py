"""ZIP archives of a bank or an EBICS client, with bounds: what is declared is not believed, what comes out counts."""

import io
import zipfile
import zlib

from bankstatements.errors import Unreadable
from bankstatements.models import Frozen
from bankstatements.values import printable

_MOST_MEMBERS = 500
LARGEST_ARCHIVE = 64 * 1024 * 1024
"""Of all members together, unpacked."""


class Member(Frozen):
    """One file of an archive; of its name only the last part is kept."""

    name: str
    content: bytes


def is_archive(data: bytes) -> bool:
    """Whether the bytes begin as a ZIP does."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def unpack(data: bytes, *, largest_member: int) -> tuple[Member, ...]:
    """Every file in it, folders left out. Raises Unreadable; never holds more than LARGEST_ARCHIVE unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir() and not _is_shadow(info.filename)]
            if not infos:
                raise Unreadable("archive_empty")
            if len(infos) > _MOST_MEMBERS:
                raise Unreadable("archive_too_large", most=_MOST_MEMBERS, megabytes=LARGEST_ARCHIVE // 1024**2)
            members, left = [], LARGEST_ARCHIVE
            for info in infos:
                content = _read(archive, info, min(left, largest_member))
                left -= len(content)
                members.append(Member(name=_name(info.filename), content=content))
            return tuple(members)
    except Unreadable:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
        MemoryError,
    ):
        # NotImplementedError: a compression that Python lacks. RuntimeError, OSError, ValueError: damaged headers.
        raise Unreadable("archive_damaged") from None


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.flag_bits & 0x1:
        raise Unreadable("archive_encrypted")
    with archive.open(info) as packed:
        content = packed.read(most + 1)
    if len(content) > most:
        raise Unreadable("archive_too_large", most=_MOST_MEMBERS, megabytes=LARGEST_ARCHIVE // 1024**2)
    if is_archive(content):
        raise Unreadable("archive_in_archive")
    return content


def _is_shadow(name: str) -> bool:
    """What a Mac puts beside each file."""
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith("._")


def _name(name: str) -> str:
    return printable(name.replace("\\", "/").rsplit("/", 1)[-1], 200) or "?"
