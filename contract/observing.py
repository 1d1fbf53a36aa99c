"""Every call that the client makes, once, against an account that may be written to; and what it tells beside shapes.

It leaves behind a contact, vouchers of 1.19 € and two drafts, which only a person can delete, in the app.
"""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import httpx

from contract.shapes import Shape, shape_of

_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
_LOOKS = 15
"""At a list or resource that lags."""


@dataclass
class Observed:
    """`shapes` by call and outcome (`GET /v1/profile 200`); `findings`: answers to open questions, in plain values."""

    shapes: dict[str, Shape] = field(default_factory=dict)
    findings: dict[str, Any] = field(default_factory=dict)


class Account:
    """One key of one account. `pause`: seconds before each call, as two a second are allowed."""

    def __init__(self, http: httpx.AsyncClient, observed: Observed, *, pause: float) -> None:
        self._http = http
        self._observed = observed
        self.pause = pause

    async def call(self, method: str, path: str, *, name: str | None = None, **sent: Any) -> httpx.Response:
        """Send it and keep the shape of what comes back; `name` stands for a path with ids in it."""
        await asyncio.sleep(self.pause)
        answer = await self._http.request(method, f"/v1/{path}", **sent)
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            await asyncio.sleep(self.pause * 10)
            return await self.call(method, path, name=name, **sent)
        key = f"{method} /v1/{name or path} {answer.status_code}"
        if "json" in answer.headers.get("content-type", ""):
            self._observed.shapes[key] = shape_of(answer.json())
        else:
            self._observed.shapes[key] = answer.headers.get("content-type", "nothing").partition(";")[0]
        return answer


async def observe(http: httpx.AsyncClient, *, pause: float) -> Observed:
    """Ask and write as the product does. Raises httpx.HTTPStatusError where the key does not work at all."""
    observed = Observed()
    account = Account(http, observed, pause=pause)
    profile = (await account.call("GET", "profile")).raise_for_status().json()
    observed.findings["account"] = {"smallBusiness": profile.get("smallBusiness"), "taxType": profile.get("taxType")}
    for name in ("countries", "payment-conditions", "print-layouts", "event-subscriptions"):
        await account.call("GET", name)
    await _refused_subscription(account)
    category, income = await _categories(account, observed)
    contact = await _contacts(account)
    await _vouchers(account, observed, (category, income), contact)
    await _sales_documents(account, contact)
    return observed


async def _refused_subscription(account: Account) -> None:
    """lexoffice asks the address with HEAD first, and nobody answers there."""
    body = {"eventType": "voucher.changed", "callbackUrl": "https://contract.invalid/webhook"}
    await account.call("POST", "event-subscriptions", json=body)


async def _categories(account: Account, observed: Observed) -> tuple[str, str]:
    """The ids of an expense, called Provision where there is one, and of an income."""
    found = (await account.call("GET", "posting-categories")).raise_for_status().json()
    outgo = [one for one in found if one["type"] == "outgo"]
    observed.findings["posting_categories"] = {
        "all": len(found),
        "outgo": len(outgo),
        # Public names of the provider's own list: what an admin has to choose from.
        "like_ours": sorted(
            f"{one['name']} {one['id']}" for one in outgo if "13b" in one["name"] or "rovision" in one["name"]
        ),
    }
    named = [one for one in outgo if "rovision" in one["name"]] or outgo
    income = next(one for one in found if one["type"] == "income")
    return str(named[0]["id"]), str(income["id"])


async def _contacts(account: Account) -> str:
    name = f"Contract {uuid.uuid4().hex[:8]}"
    body: dict[str, Any] = {
        "version": 0,
        "roles": {"vendor": {}},
        "company": {"name": name},
        "addresses": {"billing": [{"street": "Weg 1", "zip": "10115", "city": "Berlin", "countryCode": "DE"}]},
        "note": "made by script/contract",
    }
    made = (await account.call("POST", "contacts", json=body)).raise_for_status().json()["id"]
    path = f"contacts/{made}"
    await account.call("GET", "contacts", params={"name": name, "size": 250})
    read = (await account.call("GET", path, name="contacts/{id}")).raise_for_status().json()
    read["roles"] = {"customer": {}, "vendor": {}} | read["roles"]
    (await account.call("PUT", path, name="contacts/{id}", json=read)).raise_for_status()
    return str(made)


async def _vouchers(account: Account, observed: Observed, categories: tuple[str, str], contact: str) -> None:
    category, income = categories
    number = f"CONTRACT-{uuid.uuid4().hex[:10].upper()}"
    query = {"voucherType": "purchaseinvoice", "voucherStatus": "any", "voucherNumber": number, "size": 250}
    await account.call("GET", "voucherlist", params=query, name="voucherlist (nothing)")
    body = _voucher(number, category, contact)
    await account.call("POST", "vouchers", name="vouchers (wrong total)", json=body | {"totalGrossAmount": 5})
    refused = await account.call("POST", "vouchers", name="vouchers (income)", json=_income(body, income))
    observed.findings["income_category_refused"] = refused.status_code
    made = (await account.call("POST", "vouchers", json=body)).raise_for_status().json()
    path = f"vouchers/{made['id']}"
    read = await _until(account, path, "vouchers/{id}")
    observed.findings["status_of_a_new_voucher"] = read["voucherStatus"]
    observed.findings["version_of_a_new_voucher"] = read["version"]
    files = [
        (await account.call("POST", f"{path}/files", name="vouchers/{id}/files", files={"file": _file()}))
        .raise_for_status()
        .json()["id"]
        for _ in range(2)
    ]
    observed.findings["same_bytes_are_one_file"] = files[0] == files[1]
    read = await _until(account, path, "vouchers/{id} (with file)", lambda voucher: bool(voucher.get("files")))
    observed.findings["file_is_shown"] = files[0] in read.get("files", [])
    listed = await _until(account, "voucherlist", "voucherlist", lambda page: bool(page["content"]), params=query)
    observed.findings["number_is_found_whole"] = [row["voucherNumber"] for row in listed["content"]] == [number]
    lower = query | {"voucherNumber": number.lower()}
    found = await account.call("GET", "voucherlist", params=lower, name="voucherlist (other case)")
    observed.findings["number_is_found_in_any_case"] = bool(found.json()["content"])
    await account.call("GET", f"payments/{made['id']}", name="payments/{id} (purchase)")
    await account.call("DELETE", path, name="vouchers/{id}")
    for what, change in _VARIANTS.items():
        other = _voucher(f"{number}-{what[:3].upper()}", category, contact) | change
        answer = await account.call("POST", "vouchers", name=f"vouchers ({what})", json=other)
        observed.findings[f"voucher_{what}"] = answer.status_code


_VARIANTS: Mapping[str, dict[str, Any]] = {
    "with_status_open": {"voucherStatus": "open"},
    "credit_note": {"type": "purchasecreditnote"},
}
"""What the sources contradict each other about, or what nobody has tried."""


def _voucher(number: str, category: str, contact: str) -> dict[str, Any]:
    return {
        "type": "purchaseinvoice",
        "voucherNumber": number,
        "voucherDate": date.today().isoformat(),  # noqa: DTZ011 - of the machine that runs this, no business day
        "totalGrossAmount": 1.19,
        "totalTaxAmount": 0.19,
        "taxType": "net",
        "useCollectiveContact": False,
        "contactId": contact,
        "remark": "made by script/contract, may be deleted",
        "voucherItems": [{"amount": 1.0, "taxAmount": 0.19, "taxRatePercent": 19, "categoryId": category}],
    }


def _income(body: dict[str, Any], category: str) -> dict[str, Any]:
    items = [body["voucherItems"][0] | {"categoryId": category}]
    return body | {"voucherItems": items, "voucherNumber": f"{body['voucherNumber']}-IN"}


def _file() -> tuple[str, bytes, str]:
    return ("contract.pdf", _PDF, "application/pdf")


async def _until(account: Account, path: str, name: str, shown: Any = lambda _: True, **sent: Any) -> dict[str, Any]:
    """What a GET shows once it shows it: it may lag for some seconds after a create."""
    for _ in range(_LOOKS):
        answer = await account.call("GET", path, name=name, **sent)
        if answer.is_success and shown(answer.json()):
            break
        await asyncio.sleep(account.pause)
    told: dict[str, Any] = answer.raise_for_status().json()
    return told


async def _sales_documents(account: Account, contact: str) -> None:
    """Drafts only: a finalized document can be undone by nobody but a person."""
    when = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = {
        "type": "custom", "name": "Contract", "quantity": 1, "unitName": "Pauschale",
        "unitPrice": {"currency": "EUR", "netAmount": 1.0, "taxRatePercentage": 19},
    }  # fmt: skip
    body = {
        "voucherDate": when,
        "address": {"contactId": contact},
        "lineItems": [line],
        "totalPrice": {"currency": "EUR"},
        "taxConditions": {"taxType": "net"},
        "shippingConditions": {"shippingType": "service", "shippingDate": when},
        "title": "Contract",
    }
    for kind in ("credit-notes", "invoices"):
        made = (await account.call("POST", kind, json=body)).raise_for_status().json()["id"]
        await account.call("GET", f"{kind}/{made}", name=f"{kind}/{{id}}")
        await account.call("GET", f"{kind}/{made}/file", name=f"{kind}/{{id}}/file (draft)")
        await account.call("GET", f"payments/{made}", name=f"payments/{{id}} (draft of {kind})")
    await account.call("GET", f"credit-notes/{uuid.uuid4()}", name="credit-notes/{id} (unknown)")
