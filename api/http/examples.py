"""Examples of requests, answers and errors, made from their schemas: what is described is what is shown."""

from collections.abc import Mapping
from typing import Any

from api.http.codes import ANSWERS
from api.http.problems import TITLES
from words import sentence
from words.catalogue import places, templates

_DEEPEST = 5
_SAMPLES: dict[str, Any] = {
    "code": "ANNA",
    "partner_code": "ANNA",
    "sponsor_code": "BERND",
    "name": "Anna Beispiel",
    "partner_name": "Anna Beispiel",
    "account_holder": "Anna Beispiel",
    "email": "anna@example.com",
    "customer": "Kunde AG",
    "customer_email": "kunde@example.com",
    "street": "Hauptstr. 1",
    "zip": "10115",
    "city": "Berlin",
    "country_code": "DE",
    "currency": "EUR",
    "iban": "DE02120300000000202051",
    "iban_last4": "2051",
    "bic": "BYLADEM1001",
    "vat_id": "DE123456788",
    "tax_rate": "19.00",
    "percent": "10",
    "number": "PO-2026-0001",
    "payout": "PO-2026-0001",
    "payout_number": "PO-2026-0001",
    "credit_note_number": "GS1001",
    "invoice_number": "RE1001",
    "voucher_number": "RE1001",
    "slug": "herbst",
    "campaign_slug": "herbst",
    "order_reference": "1001",
    "payment_intent": "pi_1",
    "external_id": "cus_123",
    "event_type": "invoice.status.changed",
    "provider": "lexoffice",
    "period": "2026-10",
    "actor": "user:0b9f6c1e-5a43-4f0e-9d0c-2f6a1f7a7c11",
    "net_cents": 10_000,
    "tax_cents": 1_900,
    "gross_cents": 11_900,
    "base_cents": 100_000,
    "level": 1,
    "seconds": 10,
    "content_hash": "9f2b…",
    "requested_by": "key:k3x8q2m9ab",
    "recorded_by": "key:k3x8q2m9ab",
    "decided_by": "key:k3x8q2m9ab",
    "created_by": "key:k3x8q2m9ab",
    "last_edited_by": "key:k3x8q2m9ab",
    "workflow_id": "payout/acme/PO-2026-0001",
    "resource_id": "e9066f04-8cc7-4616-93f8-ac9ecc8479c8",
    "credit_note_id": "e9066f04-8cc7-4616-93f8-ac9ecc8479c8",
    "organization_id": "aa93e8a8-2aa3-470b-b914-caad8a255dd8",
    "agreement_version": "2026-01",
}
_OF_A_REASON = {"code": "own_purchase", "params": {}}
_MOSTLY_NULL = frozenset(
    {
        "blocked",
        "blocked_reason",
        "cause",
        "cause_document",
        "changes",
        "credit_note_url",
        "held_reason",
        "objection",
        "open_debts",
        "origin_id",
        "original_amount",
        "original_currency",
        "exchange_rate",
        "rate_day",
        "rate_source",
        "payment_reference",
        "predecessor_code",
        "reason_code",
        "reason_params",
        "refund_cause",
        "refund_document",
        "reissued_of",
        "replacement_until",
        "snapshot_id",
        "state_reason",
        "state_reason_code",
        "state_reason_params",
        "successor_code",
        "supplement",
    }
)
"""What an object that is well does not have."""
_BY_FORMAT: dict[str, Any] = {
    "date": "2026-11-30",
    "date-time": "2026-11-30T08:00:00Z",
    "uuid": "0b9f6c1e-5a43-4f0e-9d0c-2f6a1f7a7c11",
    "duration": "P3D",
    "binary": "…",
}
_BY_SHAPE: dict[str, Any] = {
    "cents": 50_000,
    "day": "2026-11-30",
    "time": "2026-11-30T08:00:00Z",
    "month": "2026-11",
    "percent": "10",
    "number": 2,
    "list": ["ANNA"],
}

# What each operation refuses most tellingly; where nothing is named: what its address names is not there.
_REFUSALS = {
    "change_tenant": "name_without_letter",
    "list_audit_entries": "missing_scope",
    "create_partner": "partner_code_taken",
    "change_partner": "sponsor_cycle",
    "accept_agreement": "partner_not_found",
    "save_bank_details": "iban_invalid",
    "confirm_bank_details": "second_person_confirms",
    "refuse_bank_details": "account_decided",
    "create_customer": "customer_known",
    "assign_customer": "unknown_partner",
    "begin_final_settlement": "final_settlement_under_way",
    "take_back_final_settlement": "no_final_settlement",
    "create_campaign": "campaign_slug_taken",
    "add_plan": "plan_exceeds_base",
    "try_plan": "plan_level_twice",
    "preview_plan_file": "plan_file_not_acceptable",
    "import_plans": "plan_file_not_acceptable",
    "release_transaction": "not_held",
    "assign_transaction": "has_partner",
    "write_invoice": "invoice_exists",
    "create_transaction": "unknown_partner",
    "refund_transaction": "refund_exceeds_sale",
    "put_source": "source_secret_not_acceptable",
    "test_source": "source_is_off",
    "add_coupon": "coupon_taken",
    "request_payout": "nothing_due",
    "approve_payout": "content_has_changed",
    "reject_payout": "payout_paid",
    "cancel_payout": "document_under_way",
    "begin_payout_run": "run_exists",
    "cancel_payout_run": "run_ended",
    "replay_event": "replay_not_possible",
    "resolve_task": "task_resolved",
    "put_lexoffice": "organization_taken",
    "test_lexoffice": "not_connected",
    "set_up_lexoffice_subscriptions": "not_connected",
    "disconnect_lexoffice_oauth": "not_connected_by_oauth",
    "record_bank_account": "iban_invalid",
    "confirm_bank_account": "second_person_confirms",
    "end_bank_account": "own_account_decided",
    "create_bank_run": "nothing_due",
    "approve_bank_run": "content_has_changed",
    "reschedule_bank_run": "no_target_day",
    "drop_bank_run_payment": "payment_not_found",
    "download_bank_file": "bank_run_draft",
    "confirm_bank_run": "execution_day_ahead",
    "cancel_bank_run": "bank_run_cancelled",
    "confirm_cancel_bank_run": "second_person_confirms",
    "withdraw_cancel_bank_run": "cancel_not_requested",
    "receive_lexoffice_event": "not_an_event",
    "receive_stripe_event": "not_a_stripe_event",
    "receive_custom_event": "not_a_source_message",
    "report_open_commissions": "day_in_future",
    "readyz": "database_away",
}
_ABSENT = {
    "{code}": "partner_not_found",
    "{slug}": "campaign_not_found",
    "{customer_id}": "customer_not_found",
    "{transaction_id}": "transaction_not_found",
    "{task_id}": "task_not_found",
    "{event}": "event_not_found",
    "{account}": "own_account_not_found",
    "{run}": "payout_run_not_found",
    "bank-runs/{number}": "bank_run_not_found",
    "{number}": "payout_not_found",
}


class Examples:
    """Of one OpenAPI document. `texts`: sentences in its language, for members of these names."""

    def __init__(self, document: Mapping[str, Any], language: str, texts: Mapping[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]
        self._language = language
        self._texts = texts

    def request(self, schema: Mapping[str, Any]) -> Any:
        """What has to be there, and what the schema itself shows an example of."""
        whole = self._resolved(schema)
        shown = _first(schema) or _first(whole)
        if shown is not None:
            return self._in_language(shown)
        members = whole.get("properties", {})
        wanted = [name for name in members if name in whole.get("required", ()) or _first(members[name]) is not None]
        return {name: self.answer(members[name], name) for name in wanted or list(members)[:1]}

    def answer(self, schema: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
        """All members, down to a depth at which lists are shown empty."""
        if name in self._texts:
            return self._texts[name]
        shown = _first(schema)
        if shown is not None:
            return shown
        if name in _MOSTLY_NULL and _nullable(schema):
            return None
        schema = self._resolved(schema)
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self.answer(_said(schema[several]), name, depth)
        if (shown := _first(schema)) is not None:
            return shown
        if "properties" in schema:
            members = schema["properties"].items()
            if {"code", "params"} <= schema["properties"].keys():  # a reason, not a partner
                return {
                    member: _OF_A_REASON.get(member, self.answer(part, member, depth + 1)) for member, part in members
                }
            return {member: self.answer(part, member, depth + 1) for member, part in members}
        return self._value(schema, name, depth)

    def problem(self, reason: str) -> dict[str, Any]:
        """The error with this reason, as it is answered in this language."""
        status, code = next(((status, code) for status, code, known in ANSWERS if known == reason), (409, reason))
        params = {place: _SAMPLES.get(place, _BY_SHAPE.get(shape, 3)) for place, shape in _places(reason)}
        if reason == "missing_scope":
            params = {"scope": "approve"}
        return {
            "type": f"urn:partnerdesk:problem:{code}",
            "title": sentence(TITLES[status], {}, self._language),
            "status": status,
            "code": code,
            "reason": reason,
            "params": params,
            "detail": sentence(reason, params, self._language),
        }

    def _value(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type")
        if kind == "array":
            return [] if depth > _DEEPEST else [self.answer(schema.get("items", {}), name, depth + 1)]
        if kind == "boolean":
            return bool(schema.get("default", False))
        if kind in ("integer", "number"):
            return _SAMPLES.get(name, 10_000 if name.endswith("_cents") else max(int(schema.get("minimum", 1)), 1))
        if kind == "string":
            return _BY_FORMAT.get(schema.get("format", ""), _SAMPLES.get(name, _text(schema, name)))
        return {}

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        return self._schemas[name] if name else schema

    def _in_language(self, shown: Any) -> Any:
        if not isinstance(shown, dict):
            return shown
        return {name: self._texts.get(name, value) for name, value in shown.items()}


def refusal_of(operation: str, path: str) -> str:
    """The reason that is shown as the example of an error."""
    if operation in _REFUSALS:
        return _REFUSALS[operation]
    return next((reason for part, reason in _ABSENT.items() if part in path), "unauthorized")


def _places(reason: str) -> set[tuple[str, str]]:
    return {(name, shape) for name, shape in places(templates("de").get(reason, ""))}


def _said(parts: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Of several shapes the first that says something; `null` says nothing."""
    return next((part for part in parts if part.get("type") != "null"), parts[0])


def _nullable(schema: Mapping[str, Any]) -> bool:
    return any(part.get("type") == "null" for part in schema.get("anyOf", ()))


def _first(schema: Mapping[str, Any]) -> Any:
    examples = schema.get("examples") or []
    return examples[0] if examples else schema.get("example")


def _text(schema: Mapping[str, Any], name: str) -> str:
    if "pattern" in schema and "\\d" in schema["pattern"]:
        return "10"
    return name or "…"
