"""easybill-rest 0.6.0, somebody else's client of easybill, against the sandbox: every call that the sandbox serves.

It wants an older httpx than we do, so that it cannot be among the tools of development: `script/check-easybill-rest`
runs this file in an environment of its own. It shares nothing with our client and its sandbox, so what both misread
shows up here. Afterwards each route of the sandbox has answered.
"""

import re
import sys

import httpx
from easybill_rest import Client  # type: ignore[import-not-found]

ITEM = {"description": "Kurs", "single_price_net": 100_000, "vat_percent": 19}
HOOK = {"events": ["document.update"], "content_type": "json", "description": "Test", "secret": "geheim"}


def walk(base_url: str) -> int:
    """The number of different calls that worked. Raises whatever the client raises."""
    hooks = httpx.Client(base_url=base_url, trust_env=False)
    account = hooks.post("/sandbox/accounts", json={"requests_a_minute": 0}).raise_for_status().json()
    client = Client(account["api_key"])
    client._base_url = base_url
    customer = _customers(client)
    _documents(client, customer)
    _webhooks_and_logins(client, str(account["login_id"]))
    calls = hooks.get(f"/sandbox/accounts/{account['account']}/calls").raise_for_status().json()
    walked = {(call["method"], re.sub(r"/\d+", "/{id}", call["path"])) for call in calls}
    assert all(call["status"] < 400 for call in calls)
    return len(walked)


def _customers(client: Client) -> int:
    customers = client.customers()
    made = customers.create_customer({"company_name": "Anna GmbH", "last_name": "Adler", "info_1": "ANNA"})
    gone = str(customers.create_customer({"company_name": "", "last_name": "Weg"})["id"])
    assert customers.get_customer(str(made["id"]))["number"] == made["number"]
    assert customers.update_customer(str(made["id"]), {"info_2": "x"})["info_2"] == "x"
    assert [row["id"] for row in customers.get_customers({"company_name": "Anna GmbH"})["items"]] == [made["id"]]
    customers.delete_customer(gone)
    return int(made["id"])


def _documents(client: Client, customer: int) -> None:
    documents, payments = client.documents(), client.document_payments()
    draft = documents.create_document({"type": "INVOICE", "customer_id": customer, "items": [ITEM]})
    id = str(draft["id"])
    assert documents.update_document(id, {"title": "Rechnung"})["title"] == "Rechnung"
    assert documents.finalize_document(id)["number"].startswith("RE-")
    paid = payments.create_document_payment({"document_id": draft["id"], "amount": 119_000, "reference": "R"})
    assert documents.get_document(id)["paid_amount"] == 119_000
    assert payments.get_document_payment(str(paid["id"]))["reference"] == "R"
    assert [row["id"] for row in payments.get_document_payments({"document_id": id})["items"]] == [paid["id"]]
    payments.delete_document_payment(str(paid["id"]))
    assert documents.download_document_as_pdf(id).startswith(b"%PDF-")
    storno = documents.cancel_document(id)
    assert documents.get_document(id)["cancel_id"] == storno["id"]
    assert documents.get_documents({"type": "STORNO"})["total"] == 1
    other = documents.create_document({"type": "CREDIT", "customer_id": customer, "items": [ITEM]})
    documents.delete_document(str(other["id"]))


def _webhooks_and_logins(client: Client, login: str) -> None:
    webhooks = client.webhooks()
    made = webhooks.create_webhook({**HOOK, "url": "http://127.0.0.1:9/x", "is_active": False})
    id = str(made["id"])
    assert webhooks.update_webhook(id, {**HOOK, "url": "http://127.0.0.1:9/y", "is_active": True})["is_active"]
    assert webhooks.get_webhook(id)["url"].endswith("/y")
    assert webhooks.get_webhooks()["total"] == 1
    webhooks.delete_webhook(id)
    assert str(client.logins().get_login(login)["id"]) == login
    assert client.logins().get_logins()["total"] == 1


if __name__ == "__main__":
    print(f"{walk(sys.argv[1])} calls of easybill-rest work")
