"""What each operation of the JSON API needs. An operation that is missing here fails tests/security/test_access.py.

`scopes`: any of these is enough. `body`: one that the right caller would succeed with; names in braces are objects of
the tenant (premises.Premises.names).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

from tests.fixtures.premises import address, bank_day, objects_in

READ, WRITE, APPROVE, BANK = frozenset({"read"}), frozenset({"write"}), frozenset({"approve"}), frozenset({"bank"})
STATEMENTS = frozenset({"statements"})
ANY_KEY = frozenset({"read", "write", "approve", "bank", "statements"})

OPEN = frozenset({"healthz", "readyz", "metrics"})
"""For operators, without anything of a tenant."""
BY_TOKEN = frozenset(
    {
        "receive_lexoffice_event",
        "receive_easybill_event",
        "receive_stripe_event",
        "receive_custom_event",
        "receive_digistore24_event",
        "receive_copecart_event",
    }
)
"""Opened by a token or a signature instead of a key."""


@dataclass(frozen=True)
class Need:
    scopes: frozenset[str]
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    absent: bool = False
    """There is no such thing yet, for whoever may look: 404 is what the right caller hears, too."""


_REASON = {"reason": "Darum."}
_SALE = {"external_id": "b-1", "gross_cents": 11_900, "tax_cents": 1_900, "sold_at": "2026-10-05T10:00:00Z"}
_INVOICE = {"name": "Kunde AG", "city": "Bonn", "zip": "53111", "street": "Weg 2"}
NEEDS: dict[str, Need] = {
    "me": Need(ANY_KEY),
    "get_tenant": Need(READ),
    "change_tenant": Need(WRITE, {"city": "Bremen"}),
    "list_partners": Need(READ),
    "create_partner": Need(WRITE, {"code": "NEU", "name": "Neu", "sponsor_code": "{code}"}),
    "get_partner": Need(READ),
    "change_partner": Need(WRITE, {"city": "Bremen"}),
    "accept_agreement": Need(WRITE, {"version": "2", "accepted_at": "2026-06-01T00:00:00Z"}),
    "record_tax_status": Need(WRITE, {"status": "private", "valid_from": "2026-06-01"}),
    "list_vat_checks": Need(READ),
    "check_vat_id": Need(WRITE),
    "record_vat_proof": Need(WRITE, {"request_id": "WAPIAAAAX1", "request_date": "2026-06-01"}),
    "save_bank_details": Need(BANK, {"account_holder": "Dieb", "iban": "DE89370400440532013000"}),
    "confirm_bank_details": Need(BANK, {"account": "{account}"}),
    "refuse_bank_details": Need(BANK, {"account": "{account}", **_REASON}),
    "list_coupons": Need(READ),
    "add_coupon": Need(WRITE, {"code": "NEU10"}),
    "end_coupon": Need(WRITE),
    "list_customers": Need(READ),
    "create_customer": Need(WRITE, {"external_id": "neu", "assigned_partner_code": "{code}"}),
    "get_customer": Need(READ),
    "assign_customer": Need(WRITE, {"assigned_partner_code": None, "reason": "Vertrag"}),
    "export_partner_data": Need(WRITE),
    "erase_partner_data": Need(WRITE, _REASON | {"confirm": "{code}"}),
    "export_customer_data": Need(WRITE),
    "erase_customer_data": Need(WRITE, _REASON | {"confirm": "{customer_id}"}),
    "get_retention": Need(WRITE),
    "change_retention": Need(WRITE, {"days": {"ignored_events": 14}}),
    "list_campaigns": Need(READ),
    "create_campaign": Need(WRITE, {"slug": "neu", "name": "Neu"}),
    "get_campaign": Need(READ),
    "add_plan": Need(WRITE, {"levels": [{"level": 1, "percent": "9"}], "valid_from": "2027-01-01T00:00:00Z"}),
    "make_default_campaign": Need(WRITE),
    "change_campaign": Need(WRITE, {"hold_days": 30}),
    "list_plans": Need(READ),
    "plan_example": Need(READ),
    "try_plan": Need(READ, {"levels": [{"level": 1, "percent": "9"}]}),
    "preview_plan_file": Need(READ, {"csv": "kampagne;stufe;prozent\n{slug};1;9\n"}),
    "list_payout_runs": Need(READ),
    "begin_payout_run": Need(WRITE, {"cut_off": "2026-01-01"}),
    "get_payout_run": Need(READ),
    "list_payout_run_rows": Need(READ),
    "list_payout_run_differences": Need(READ),
    "cancel_payout_run": Need(WRITE, _REASON),
    "import_plans": Need(WRITE, {"csv": "kampagne;gueltig_ab;stufe;prozent\n{slug};01.02.2027;1;9\n"}),
    "get_due": Need(READ),
    "begin_final_settlement": Need(WRITE),
    "take_back_final_settlement": Need(WRITE),
    "list_transactions": Need(READ),
    "get_transaction": Need(READ),
    "release_transaction": Need(WRITE, _REASON),
    "create_transaction": Need(WRITE, _SALE),
    "create_transactions": Need(WRITE, {"items": [_SALE]}),
    "refund_transaction": Need(WRITE, {"reference": "r-1", "cents": 1}),
    "assign_transaction": Need(WRITE, {"partner_code": "{code}"}),
    "write_invoice": Need(WRITE, _INVOICE),
    "list_commissions": Need(READ),
    "list_payouts": Need(READ),
    "request_payout": Need(WRITE, {"partner": "{code}"}),
    "get_payout": Need(READ),
    "confirm_hand": Need(APPROVE),
    "approve_payout": Need(APPROVE, {"content_hash": "{content_hash}"}),
    "reject_payout": Need(APPROVE, _REASON),
    "cancel_payout": Need(WRITE | APPROVE, _REASON),
    "list_events": Need(READ),
    "get_event": Need(READ),
    "replay_event": Need(WRITE),
    "list_tasks": Need(READ),
    "get_task": Need(READ),
    # The task of the premises is about a payout; others take `write`.
    "resolve_task": Need(APPROVE, {"action": "done", **_REASON}),
    "get_lexoffice": Need(READ),
    "put_lexoffice": Need(WRITE, {"effective_from": "2026-02-01"}),
    "generate_webhook_token": Need(WRITE),
    "list_webhook_tokens": Need(READ),
    "end_webhook_token": Need(WRITE),
    "test_lexoffice": Need(WRITE),
    "remove_lexoffice_key": Need(WRITE),
    "disconnect_lexoffice_oauth": Need(WRITE),
    "get_source": Need(READ),
    "put_source": Need(WRITE, {"awaits_invoice": True}),
    "generate_custom_secret": Need(WRITE),
    "test_source": Need(WRITE),
    "get_easybill": Need(READ),
    "put_easybill": Need(WRITE, {"plan": "BUSINESS", "effective_from": "2026-02-01"}),
    "generate_easybill_address": Need(WRITE),
    "remove_easybill_key": Need(WRITE),
    "get_stripe": Need(READ),
    "put_stripe": Need(WRITE, {"signing_secret": "whsec_0123456789abcdef0123456789abcdef"}),
    "get_lexoffice_subscriptions": Need(READ),
    "set_up_lexoffice_subscriptions": Need(WRITE),
    "list_audit_entries": Need(APPROVE),
    "get_audit_head": Need(APPROVE),
    "list_bank_accounts": Need(BANK),
    "record_bank_account": Need(BANK, {"account_holder": "Dieb", "iban": "DE02120300000000202051"}),
    "confirm_bank_account": Need(BANK),
    "end_bank_account": Need(BANK, _REASON),
    "list_bank_run_candidates": Need(BANK),
    "list_bank_runs": Need(BANK),
    "list_api_requests": Need(READ),
    "list_webhook_endpoints": Need(READ),
    "add_webhook_endpoint": Need(WRITE, {"url": "https://example.com/neu"}),
    "get_webhook_endpoint": Need(READ),
    "change_webhook_endpoint": Need(WRITE, {"url": "https://example.com/anders"}),
    "remove_webhook_endpoint": Need(WRITE),
    "get_webhook_secret": Need(WRITE),
    "rotate_webhook_secret": Need(WRITE),
    "switch_webhook_endpoint_on": Need(WRITE),
    "switch_webhook_endpoint_off": Need(WRITE),
    "ping_webhook_endpoint": Need(WRITE),
    "replay_webhook_events": Need(WRITE, {"since": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}),
    "list_webhook_deliveries": Need(READ),
    "get_webhook_delivery": Need(READ),
    "replay_webhook_event": Need(WRITE),
    "skip_webhook_event": Need(WRITE),
    "bring_bank_statements": Need(STATEMENTS, {"files": [{"name": "a.xml", "content": "PERvY3VtZW50Lz4="}]}),
    "list_bank_statements": Need(BANK),
    "bring_import": Need(WRITE, {"name": "a.csv", "content": "UGFydG5lcmNvZGU7TmFtZTtTdGF0dXMKTkVVMjtOZXU7Cg=="}),
    "list_imports": Need(WRITE),
    "get_import": Need(WRITE),
    "choose_import_columns": Need(WRITE, {"columns": ["code", "name", None]}),
    "get_import_problems": Need(WRITE),
    "take_import_over": Need(WRITE, {"leave_out_wrong": True}),
    "discard_import": Need(WRITE),
    "get_import_bank_details": Need(BANK),
    "confirm_import_bank_details": Need(BANK, {"seen": "{content_hash}"}),
    "get_import_balances": Need(APPROVE),
    "confirm_import_balances": Need(APPROVE, {"seen": "{content_hash}"}),
    "list_bank_entries": Need(BANK),
    # The booking of the premises is a debit: it repays nothing.
    "assign_bank_entry_to_claim": Need(BANK, {"claim": "{claim}"}),
    "assign_bank_entry": Need(BANK, {"payout": "PO-2020-9999"}, absent=True),
    "set_bank_entry_aside": Need(BANK, _REASON),
    "take_bank_entry_up": Need(BANK),
    "create_bank_run": Need(BANK, {"account": "{bank_account}", "payouts": ["{number}"]}),
    "get_bank_run": Need(BANK),
    "approve_bank_run": Need(BANK, {"content_hash": "{content_hash}"}),
    "reschedule_bank_run": Need(BANK, {"execution_date": bank_day().isoformat()}),
    "drop_bank_run_payment": Need(BANK, _REASON, absent=True),
    "download_bank_file": Need(BANK),
    "cancel_bank_run": Need(BANK, _REASON),
    "confirm_bank_run": Need(BANK),
    "confirm_cancel_bank_run": Need(BANK),
    "withdraw_cancel_bank_run": Need(BANK),
    "get_document_settings": Need(READ),
    "change_document_settings": Need(WRITE, {"buyer_reference": "2026-7"}),
    "answer_turnover": Need(WRITE, {"above_limit": False}),
    "confirm_credit_notes": Need(WRITE, _REASON),
    "decide_seat": Need(WRITE, {"rendered_from": "DE", **_REASON}),
    "record_payment": Need(APPROVE, {"paid_on": bank_day().isoformat(), "reference": "Auszug 7"}),
    "preview_own_document": Need(READ),
    "preview_own_document_pdf": Need(READ),
    "reverse_document": Need(APPROVE, {"ground": "error", **_REASON}),
    "get_reversal": Need(READ, absent=True),
    "confirm_reversal": Need(APPROVE, absent=True),
    "refuse_reversal": Need(APPROVE, _REASON, absent=True),
    "withdraw_reversal": Need(APPROVE, _REASON, absent=True),
    "ask_for_correction": Need(APPROVE, {"tax_case": "regular", **_REASON}),
    "list_claims": Need(READ),
    "set_claims_off": Need(WRITE | APPROVE),
    "take_set_offs_off": Need(WRITE | APPROVE, _REASON),
    "get_claim": Need(READ),
    "settle_claim": Need(APPROVE, {"day": "2026-06-01", "reference": "Auszug 12"}),
    "write_claim_off": Need(APPROVE, _REASON),
    "confirm_write_off": Need(APPROVE),
    "refuse_write_off": Need(APPROVE, _REASON),
    "note_bank_account_terms": Need(BANK, {"takes_instant": True}, absent=True),
    "choose_instant_bank_run": Need(BANK, {"instant": False}),
    "confirm_bank_rejection": Need(BANK),
    "note_name_check": Need(BANK, {"wanted": True}),
    "list_payee_checks": Need(BANK),
    "record_payee_check": Need(BANK, {"result": "match"}, absent=True),
    "confirm_payee_check": Need(BANK, absent=True),
    "take_payee_name": Need(BANK, absent=True),
    "withdraw_further_attempt": Need(APPROVE, _REASON),
    "get_posting_categories": Need(READ),
    "read_posting_categories": Need(WRITE),
    "choose_posting_category": Need(WRITE, {"category_id": "{resource}"}),
    "confirm_thirteen_b": Need(WRITE, {"voucher_number": "GU-2026-00001", "shown": "Kz 46 und 47"}),
    "withdraw_thirteen_b": Need(WRITE),
    "report_reverse_charge": Need(READ),
    "get_month": Need(READ),
    "list_month_vouchers": Need(READ),
    "assign_month_vouchers": Need(BANK, {"assigned_to": "Steuerbüro Meier"}),
    "withdraw_month_vouchers": Need(BANK),
    "export_month": Need(READ),
    "list_own_documents": Need(READ),
    "report_bounce": Need(WRITE, {"number": "{own_document}"}),
    "get_own_document": Need(READ),
    "get_own_document_pdf": Need(READ),
    "get_own_document_xml": Need(READ),
    "get_own_document_report": Need(READ),
    "send_own_document_again": Need(WRITE, _REASON),
    "hand_own_document_over": Need(WRITE, {"note": "Am 2.11. mit der Post."}),
    "report_open_commissions": Need(READ, query={"on": "2026-11-01"}),
    "report_reconciliation": Need(READ),
    "report_numbers": Need(READ),
    "export_list": Need(READ),
    "get_credit_note_file": Need(READ, absent=True),
    "get_payout_statement": Need(READ, absent=True),
    "get_payout_evidence": Need(APPROVE),
    "get_partner_statement": Need(READ),
    "get_yearly_statement": Need(READ, query={"year": "2026"}),
}

_REQUIRED = {"month": "2026-11", "first_day": "2026-11-01", "last_day": "2026-11-30"}
"""What a query must say, whoever asks."""
_NAMED_BY_QUERY = {
    "partner": "code",
    "sponsor": "code",
    "transaction": "transaction_id",
    "resource": "resource",
    "campaign": "slug",
}
"""Filters of lists that name an object."""


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    named: tuple[str, ...]
    """Objects in the address."""
    filters: Mapping[str, str] = field(default_factory=dict)
    required: Mapping[str, str] = field(default_factory=dict)

    @property
    def need(self) -> Need:
        return NEEDS[self.id]

    @property
    def names_something(self) -> bool:
        return bool(self.named or self.filters) or "{" in repr(self.need.body).replace("{'", "")

    def address(self, names: Mapping[str, str]) -> str:
        return address(self.path, names)

    def query(self, names: Mapping[str, str]) -> dict[str, str]:
        return {
            **self.required,
            **self.need.query,
            **{parameter: names[kind] for parameter, kind in self.filters.items()},
        }

    def body(self, names: Mapping[str, str]) -> Any:
        return _filled(self.need.body, names)


def described(app: FastAPI) -> list[Operation]:
    """Every operation of the OpenAPI document."""
    return list(_operations(app.openapi()))


def of_keys(app: FastAPI) -> list[Operation]:
    """Those that an API key opens. What the table does not know fails in a test of its own."""
    return [operation for operation in described(app) if operation.id in NEEDS]


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parameters = operation.get("parameters", [])
            yield Operation(
                id=operation["operationId"],
                method=method.upper(),
                path=path,
                named=tuple(objects_in(path)),
                required={
                    one["name"]: _REQUIRED.get(one["name"], "")
                    for one in parameters
                    if one["in"] == "query" and one.get("required")
                },
                filters={
                    one["name"]: _NAMED_BY_QUERY[one["name"]]
                    for one in parameters
                    if one["in"] == "query" and one["name"] in _NAMED_BY_QUERY
                },
            )


def _filled(body: Any, names: Mapping[str, str]) -> Any:
    match body:
        case dict():
            return {member: _filled(value, names) for member, value in body.items()}
        case list():
            return [_filled(value, names) for value in body]
        case str():
            return body.format(**names)
        case _:
            return body
