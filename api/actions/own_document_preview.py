"""The preview of a payout's own document as a file, the same for machines and people. It is kept nowhere."""

import asyncio

from fastapi.responses import Response

from api.http.files import PDF, attachment
from api.http.parts import Parts
from ledger.payouts import own_preview, payouts
from ledger.types import Tenant


async def pdf(doors: Parts, tenant: Tenant, number: str) -> Response:
    """The file. Raises NotFound, NotAllowedNow (nothing to preview), Blocked with what is missing."""
    async with doors.ledger.transaction(tenant) as tx:
        document = await own_preview.document_of(tx, await payouts.get(tx, number))
    from ledger.documents.own.pdf import pdf_of  # fpdf brings fontTools: with the first PDF, not with the start

    content = await asyncio.to_thread(pdf_of, document, None, preview=True)
    return attachment(content, f"{number}-vorschau.pdf", PDF)
