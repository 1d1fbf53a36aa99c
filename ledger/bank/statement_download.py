"""A file of the bank as it was brought, for whoever may see the whole account."""

import base64
import hashlib
import zlib
from uuid import UUID

from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.refusals import NotAllowedNow, NotFound
from ledger.types import Frozen
from ledger.vault import Vault


class KeptFile(Frozen):
    """What was kept, byte for byte."""

    name: str
    format: str
    content: bytes
    sha256: str


async def download(tx: TenantTransaction, vault: Vault, file: UUID, *, by: str) -> KeptFile:
    """The file; the trail says who took it. Raises NotFound, NotAllowedNow (its time is over, or it is damaged)."""
    row = await tx.fetchrow(
        """
        SELECT name, format, encode(sha256, 'hex') AS sha256, content_encrypted
          FROM statement_files WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        file,
    )
    if row is None:
        raise NotFound("statement_not_found")
    if not row["content_encrypted"]:
        raise NotAllowedNow("statement_file_erased")
    content = zlib.decompress(base64.b64decode(vault.decrypt(row["content_encrypted"])))
    if hashlib.sha256(content).hexdigest() != row["sha256"]:
        raise NotAllowedNow("statement_file_damaged")
    await audit.record(
        tx,
        actor=by,
        action="statement.downloaded",
        subject="statement",
        subject_id=str(file),
        detail={"sha256": row["sha256"]},
    )
    return KeptFile(name=row["name"], format=row["format"], content=content, sha256=row["sha256"])
