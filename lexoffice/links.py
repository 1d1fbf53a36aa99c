"""Addresses of pages in the web application (lexoffice API, Permalinks)."""

from typing import Literal
from uuid import UUID

_RESOURCES = {"invoice": "invoices", "credit-note": "credit-notes", "voucher": "vouchers"}

Linked = Literal["invoice", "credit-note", "voucher"]


def document_url(
    app_url: str,
    kind: Linked,
    id: UUID,
    mode: Literal["view", "edit"] = "view",
) -> str:
    """The page of a document. `edit` falls back to `view` where the document cannot be edited any more."""
    return f"{app_url.rstrip('/')}/permalink/{_RESOURCES[kind]}/{mode}/{id}"
