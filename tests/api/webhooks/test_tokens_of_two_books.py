"""A token opens the address that it was made for, and no other one of the same tenant."""

from tests.fixtures.door import Door


async def test_a_token_of_one_provider_opens_no_door_of_another(connected: Door) -> None:
    made = await connected.api("PUT", "providers/easybill/webhook-address")
    assert made.status_code == 200, made.text
    of_easybill = made.json()["address"].partition("token=")[2]
    invoice = {"event": "document.completed", "data": {"id": 41007, "type": "INVOICE"}}
    own = f"/api/webhooks/{connected.tenant.slug}"
    told = connected.event(eventType="invoice.status.changed")
    answers = [
        await connected.http.post(f"{own}/easybill?token={connected.token}", json=invoice),
        await connected.http.post(f"{own}/lexoffice?token={of_easybill}", json=told),
        await connected.http.post(f"{own}/easybill?token={of_easybill}", json=invoice),
    ]
    assert [one.status_code for one in answers] == [401, 401, 200]
