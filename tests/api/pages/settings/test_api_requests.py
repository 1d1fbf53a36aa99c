"""Admin → API-Anfragen: an admin sees what a key asked, and finds what failed."""

from datetime import UTC, datetime

from ledger.audit import api_requests
from ledger.audit.api_requests import ApiRequest
from ledger.roles import Role
from tests.fixtures.browsers import Firm

PAGE = "/admin/api-anfragen"


async def test_an_admin_sees_what_was_asked_and_finds_what_failed(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    assert "Hier steht keine Anfrage." in (await admin.get(PAGE)).text
    asked = [
        ApiRequest(
            request_id=f"request-{status}",
            at=datetime(2026, 11, 30, 9, tzinfo=UTC),
            method="GET",
            route="/api/v1/payouts/{number}",
            path=f"/api/v1/payouts/PO-2026-{status:04d}",
            status=status,
            key_id="k3x8q2m9ab",
            milliseconds=12,
        )
        for status in (200, 404)
    ]
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        await api_requests.write(tx, asked)
    everything = (await admin.get(PAGE)).text
    assert "PO-2026-0200" in everything
    failed = (await admin.get(f"{PAGE}?ergebnis=fehler&von=2026-11-30&bis=2026-11-30")).text
    assert ("PO-2026-0404" in failed, "PO-2026-0200" in failed) == (True, False)
    assert "PO-2026" not in (await admin.get(f"{PAGE}?bis=2026-11-29")).text
    assert (await admin.get(f"{PAGE}?von=gestern")).status_code == 200
