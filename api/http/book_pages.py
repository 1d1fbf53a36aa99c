"""Where a document stands in the web application of its books."""

from uuid import UUID

from ledger.provider_ids import provider_of
from ledger.types import LEXOFFICE
from lexoffice.links import Linked, document_url
from settings import Settings


def page_of_document(settings: Settings, kind: Linked, id: UUID) -> str | None:
    """None for a provider that documents no address of its pages: easybill."""
    if provider_of(id) != LEXOFFICE:
        return None
    return document_url(settings.lexoffice_app_url, kind, id)
