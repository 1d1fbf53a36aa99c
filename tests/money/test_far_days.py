"""A day at the end of the calendar is refused at every door: PostgreSQL would keep it, and no page could show it."""

from datetime import date, timedelta

import pytest

from ledger import clock
from ledger.commissions import manual_lines
from ledger.commissions.manual_lines import NewManualLine
from ledger.refusals import NotAcceptable
from ledger.roles import Role
from tests.fixtures.browsers import Browser, Firm
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.people import firm, people_app, people_settings

__all__ = ["firm", "people_app", "people_settings"]
FAR = ["0001-01-01", "1999-12-31", "2200-01-01", "9999-12-31"]
FORMS = [
    ("zeile", {"kind": "bonus", "amount": "10,00", "reason": "Dank"}, "service_date"),
    ("steuerstatus", {"tax_status": "private"}, "valid_from"),
    ("vereinbarung", {"version": "1"}, "accepted_on"),
]
PAGES = ("transaktionen", "provisionen", "partner/ANNA", "aufgaben")


async def an_editor(firm: Firm) -> Browser:
    editor = await firm.person(Role.EDITOR)
    made = await editor.post("/admin/partner/neu", {"code": "ANNA", "name": "Anna"})
    assert made.status_code == 303, made.text
    return editor


@pytest.mark.parametrize("day", FAR)
async def test_forms_about_a_partner_refuse_it_and_pages_stay_whole(firm: Firm, day: str) -> None:
    editor = await an_editor(firm)
    for form, typed, field in FORMS:
        answer = await editor.post(f"/admin/partner/ANNA/{form}", typed | {field: day})
        assert answer.status_code == 422, (form, answer.text)
    assert await firm.rows("SELECT 1 FROM transactions UNION ALL SELECT 1 FROM partner_tax_statuses") == []
    for page in PAGES:
        assert (await editor.get(f"/admin/{page}")).status_code == 200


async def test_a_line_by_hand_is_for_a_service_that_was_rendered(shop: Shop) -> None:
    today = clock.today()
    new = NewManualLine(kind="bonus", net_cents=1000, service_date=today + timedelta(days=2), reason="Dank")
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        with pytest.raises(NotAcceptable) as refused:
            await manual_lines.write(tx, shop.partner["ANNA"].id, new, by="user:editor")
        past = new.model_copy(update={"service_date": date(2026, 3, 5)})
        await manual_lines.write(tx, shop.partner["ANNA"].id, past, by="user:editor")
    assert refused.value.code == "service_date_to_come"
