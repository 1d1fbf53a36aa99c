"""Zahlungsanbieter → lexoffice: the tokens of the address, which are ended at once."""

import re

from ledger.roles import Role
from tests.fixtures.browsers import Firm

PAGE = "/admin/zahlungsanbieter/lexoffice"


async def test_tokens_that_still_work_are_listed_and_ended_at_once(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    made = await admin.post(f"{PAGE}/token", shown_at=PAGE)
    token = re.search(r"nicht noch einmal gezeigt:</?[^<]*<code>([^<]+)<|gezeigt: <code>([^<]+)<", made.text)
    assert token is not None
    shown = (await admin.get(PAGE)).text
    assert (token[1] or token[2]) not in shown
    ends = re.findall(rf'action="({PAGE}/token/[0-9a-f-]+/beenden)"', shown)
    assert ends
    for address in ends:
        assert (await admin.post(address, shown_at=PAGE)).headers["location"] == f"{PAGE}?hinweis=token-beendet"
    assert "/beenden" not in (await admin.get(PAGE)).text
    assert (await admin.post(ends[0], shown_at=PAGE)).status_code == 404
    assert "webhook_token.ended" in await firm.actions()
