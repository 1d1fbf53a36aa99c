"""Links into the Temporal UI, by state and tenant. It shows every tenant, so they are for platform operators only."""

from typing import NamedTuple
from urllib.parse import quote, urlencode

from api.pages.frame.languages import N_
from ledger.access.sessions import Person
from settings import Settings


class View(NamedTuple):
    text: str
    query: str
    """In the language of the engine's list filter (docs.temporal.io/list-filter)."""


_PAYOUTS = 'WorkflowType="PayoutWorkflow"'
VIEWS = (
    View(N_("Auszahlungen, die laufen"), f'{_PAYOUTS} AND ExecutionStatus="Running"'),
    View(N_("Warten auf Freigabe"), f'{_PAYOUTS} AND PayoutStatus="awaiting_approval"'),
    View(N_("Freigegeben, noch ohne Gutschrift"), f'{_PAYOUTS} AND PayoutStatus="approved"'),
    View(N_("Ergebnis unklar"), f'{_PAYOUTS} AND PayoutStatus="outcome_unknown"'),
    View(N_("Gutschrift offen"), f'{_PAYOUTS} AND PayoutStatus="credit_note_open"'),
    View(N_("Belege, die gerade abgeglichen werden"), 'WorkflowType="DocumentWorkflow" AND ExecutionStatus="Running"'),
    View(N_("Fehlgeschlagen oder abgebrochen"), 'ExecutionStatus IN ("Failed", "Terminated", "TimedOut")'),
)


class Engine(NamedTuple):
    """Where the engine's pages are."""

    ui: str
    namespace: str

    def workflow(self, workflow_id: str) -> str:
        return f"{self.ui}/namespaces/{self.namespace}/workflows/{quote(workflow_id, safe='')}"

    def view(self, view: View) -> str:
        return self._listed(view.query)

    def tenant(self, slug: str) -> str:
        return self._listed(f'Tenant="{slug}" AND ExecutionStatus="Running"')

    def _listed(self, query: str) -> str:
        return f"{self.ui}/namespaces/{self.namespace}/workflows?{urlencode({'query': query}, quote_via=quote)}"


def engine_for(person: Person, settings: Settings, namespace: str) -> Engine | None:
    """None for everybody else, and where nobody said where the pages are."""
    if settings.temporal_ui_url is None or not person.platform_admin:
        return None
    return Engine(settings.temporal_ui_url.rstrip("/"), namespace)
