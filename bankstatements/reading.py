"""One file, whatever is in it. Pure: seconds of computing at most, so callers with an event loop give it a thread."""

from bankstatements import archives, camt, mt940, pain002
from bankstatements.archives import Member
from bankstatements.errors import Unreadable
from bankstatements.models import Message
from bankstatements.trees import Node, message_name, parse

LARGEST_FILE = 32 * 1024 * 1024
"""10,000 entries with all their members are 15 MB."""
LARGEST_MT940 = 8 * 1024 * 1024
_XML_BEGINS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")


def unpack(data: bytes, name: str) -> tuple[Member, ...]:
    """The files that were handed over: the members of an archive, else the file itself. Raises Unreadable."""
    if archives.is_archive(data):
        return archives.unpack(data, largest_member=LARGEST_FILE)
    return (Member(name=name, content=data),)


def read(data: bytes) -> Message:
    """What a single file says. Raises Unreadable, and nothing else, whatever the bytes are."""
    if len(data) > LARGEST_FILE:
        raise Unreadable("statement_too_large", megabytes=LARGEST_FILE // 1024**2)
    begin = data[:200].lstrip(b" \t\r\n")
    if not begin and not data.strip():
        raise Unreadable("statement_empty")
    if begin.startswith(_XML_BEGINS):
        return _iso(data.lstrip(b" \t\r\n") if begin[:1] == b"<" else data)
    text = _decoded(data) if len(data) <= LARGEST_MT940 else ""
    if mt940.looks_like(text):
        return Message(format=mt940.FORMAT, statements=mt940.statements(text))
    if len(data) > LARGEST_MT940 and mt940.looks_like(_decoded(data[:10_000])):
        raise Unreadable("statement_too_large", megabytes=LARGEST_MT940 // 1024**2)
    raise Unreadable("statement_kind_unknown")


def _iso(data: bytes) -> Message:
    root, namespace = parse(data, {**camt.CONVERT, **pain002.CONVERT})
    message = _message(root, depth=3)
    if message is None:
        raise Unreadable("statement_message_unknown")
    format = message_name(namespace) or message.name
    if message.name in camt.KINDS:
        return Message(format=format, statements=camt.statements(message, format))
    return Message(format=format, report=pain002.report(message, format))


def _message(node: Node, depth: int) -> Node | None:
    """The message of ISO 20022 in its Document, or in a bank's envelope around it."""
    if node.name in camt.KINDS or node.name in pain002.ROOTS:
        return node
    if not depth:
        return None
    return next((found for child in node.children if (found := _message(child, depth - 1))), None)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
