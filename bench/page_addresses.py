"""Which addresses `bench pages` asks for: of each route some, with other filters and at other places of the list.

`{name}` stands for a sample out of the books (SAMPLES). A route that stands in none of the three tables is an error.
"""

_SEARCHED = (
    "{number}", "PO-2026-0", "{credit_note}", "GS-2026-1", "{invoice}", "RE-2025-4", "B-4711", "B-47", "pi_4711",
    "119,00", "{gross}", "Anna", "Nowak 1", "P00042", "kunde471@example.org", "kunde47", "Firma 47", "cus_47",
    "albrecht", "gruenwald 471", "unde471@exam", "0042", "po 2026/0042", "1.234,56 €", "1234.56", "nichts davon",
)  # fmt: skip
_OF_SALES = (
    "", "?ab={sale_deep}", "?status=pending", "?status=refunded", "?status=approved&ab={sale_deep}", "?partner=P00001",
    "?partner=P00001&status=refunded", "?partner={leaf}", "?kunde={customer}", "?von=2025-06-01&bis=2025-06-30",
    "?von=2025-06-01&bis=2025-06-30&status=refunded", "?kampagne=kampagne-3", "?kampagne=kampagne-3&status=pending",
    "?kampagne=kampagne-3&partner=P00001&von=2025-02-01", "?bestellung=B-4711", "?bestellung={invoice}",
    "?bestellung=gibt-es-nicht", "?partner=GIBTESNICHT",
)  # fmt: skip
_OF_COMMISSIONS = (
    *(one.replace("{sale_deep}", "{commission_deep}").replace("=refunded", "=reversed") for one in _OF_SALES),
    "?status=paid",
    "?status=in_payout",
    "?status=paid&kampagne=kampagne-2&ab={commission_deep}",
)

PAGES: dict[str, tuple[str, ...]] = {
    "/admin/heute": ("",),
    "/admin/monat": ("", "?monat={month}"),
    "/admin/monat/auszahlungen.csv": ("?monat={month}",),
    "/admin/in-lexoffice": ("", "?monat={month}"),
    "/admin/uebersicht": ("",),
    "/admin/freigaben": ("", "?alle=1", "?ab={approval_deep}"),
    "/admin/auszahlungen": (
        "", "?ab={payout_deep}", "?status=paid", "?status=paid&ab={payout_deep}", "?status=awaiting_approval",
        "?status=rejected", "?status=returned", "?status=outcome_unknown", "?partner=P00001",
        "?partner=P00001&status=cancelled", "?partner={leaf}", "?von=2025-06-01&bis=2025-06-30",
        "?von=2025-06-01&bis=2026-06-30&status=paid", "?von=2024-12-01&bis=2026-12-31&ab={payout_deep}",
        "?auszahlungslauf={run}", "?auszahlungslauf={first_run}&status=paid",
        "?lauf={bank_run}", "?lauf={bank_run}&status=paid", "?lauf=ZL-1999-0001", "?nummer={number}",
        "?nummer={credit_note}", "?nummer=GS-1999-1",
    ),
    "/admin/auszahlungen/neu": ("",),
    "/admin/auszahlungen/{number}": (
        "{number}", "{longest}", "{longest}?ab=400", "{awaiting}", "{unknown}", "{open}", "{rejected}",
    ),
    "/admin/auszahlungslaeufe": ("",),
    "/admin/auszahlungslaeufe/{run}": ("{run}", "{run}?ab={run_deep}", "{run}?zeige=wartet", "{first_run}"),
    "/admin/zahlungslaeufe": ("",),
    "/admin/zahlungslaeufe/{number}": ("{bank_run}", "{bank_run}?ab=4000"),
    "/admin/kontoauszuege": (
        "", "?ab={statement_deep}", "?offen=1", "?art=statement&von=2025-06-01&bis=2025-06-30", "?art=preview",
        "?konto={own_account}&offen=1&ab={statement_deep}",
    ),
    "/admin/kontoauszuege/dateien": ("", "?ab={statement_file_deep}"),
    "/admin/kontoauszuege/{statement}": ("{statement}", "{statement}?ab={entry_deep}"),
    "/admin/nicht-zugeordnet": (
        "", "?ab={entry_deep}", "?vorschlag=1", "?status=matched", "?status=matched&ab={entry_deep}",
        "?status=matched&von=2025-06-01&bis=2025-06-30", "?status=set_aside", "?konto={own_account}&vorschlag=1",
    ),
    "/admin/nicht-zugeordnet/{entry}": ("{entry}", "{entry}?suche=nowak", "{entry}?suche={number}", "{entry_matched}"),
    "/admin/aufgaben": ("", "?ab={task_deep}", "?status=erledigt", "?status=erledigt&ab={task_old}", "?art=returned",
                        "?art=outcome_unknown&status=erledigt"),
    "/admin/aufgaben/{task}": ("{task}", "{task_unknown}", "{task_resolved}"),
    "/admin/transaktionen": _OF_SALES,
    "/admin/transaktionen/{sale}": ("{sale}", "{sale_refunded}", "{sale_pending}", "{sale_of_nobody}"),
    "/admin/provisionen": _OF_COMMISSIONS,
    "/admin/partner": ("", "?ab=P09000", "?status=inactive", "?sponsor=P00001", "?name=nowak", "?name=nowak&ab=P05000",
                       "?name=9999", "?name=nirgends", "?angehalten=1", "?status=inactive&name=kaya"),
    "/admin/partner/neu": ("",),
    "/admin/partner/{code}": ("P00001", "P00002", "P00004", "{leaf}", "{stopped}"),
    "/admin/partner/{code}/bearbeiten": ("P00001/bearbeiten",),
    "/admin/partner/{code}/bankverbindung": ("P00001/bankverbindung",),
    "/admin/partner/{code}/faelligkeit": ("P00001/faelligkeit", "{leaf}/faelligkeit"),
    "/admin/kampagnen": ("",),
    "/admin/kampagnen/{slug}": ("kampagne-1",),
    "/admin/kampagnen/{slug}/plan/{version}": ("kampagne-1/plan/2",),
    "/admin/kampagnen/-/datei": ("",),
    "/admin/kunden": ("", "?ab={customer_deep}", "?partner=P00003", "?name=firma+4711", "?name=kunde47",
                      "?name=nichts"),
    "/admin/kunden/{customer}": ("{customer}",),
    "/admin/ereignisse": (
        "", "?ab={event_deep}", "?status=failed", "?status=skipped&ab={event_deep}", "?status=processed",
        "?typ=invoice.created", "?typ=payment.changed&status=failed", "?typ=payment.changed&ab={event_deep}",
        "?anbieter=stripe", "?anbieter=stripe&status=failed", "?anbieter=lexoffice&status=unchanged",
        "?beleg={credit_note}", "?beleg={invoice}", "?beleg={resource}", "?von=2025-06-01&bis=2025-06-02",
        "?von=2025-06-01&bis=2025-06-30&status=failed&anbieter=stripe", "?beleg=gibt-es-nicht",
    ),
    "/admin/ereignisse/{event}": ("{event}", "{event_failed}", "{event_old}"),
    "/admin/ereignisse/{event}/vorschau": ("{event_failed}/vorschau",),
    "/admin/suche": tuple(f"?q={words}" for words in _SEARCHED),
    "/admin/pruefpfad": (
        "", "?ab={audit_deep}", "?was=payout.reject", "?was=payout.reject&ab={audit_deep}", "?wer={person}",
        "?wer=key:books", "?art=payout", "?art=payout&kennung={number}", "?kennung={number}",
        "?von=2025-06-01&bis=2025-06-30", "?von=2025-06-01&bis=2025-06-30&was=payout.reject",
        "?wer={person}&was=payout.reject&von=2025-06-01&bis=2025-06-30",
    ),
    "/admin/berichte": ("",),
    "/admin/zahlungsanbieter": ("",),
    "/admin/zahlungsanbieter/lexoffice": ("",),
    "/admin/zahlungsanbieter/stripe": ("",),
    "/admin/zahlungsanbieter/quellen/{source}": ("custom", "digistore24", "copecart"),
    "/admin/zahlungsanbieter/easybill": ("",),
    "/admin/bankkonten": ("",),
    "/admin/bankverbindungen": ("",),
    "/admin/benutzer": ("",),
    "/admin/schluessel": ("",),
    "/admin/freigaberegeln": ("",),
    "/admin/abrechnungsregeln": ("",),
    "/admin/belegregeln": ("",),
    "/admin/buchung": ("",),
    "/admin/firma": ("",),
    "/admin/benachrichtigungen": ("",),
    "/admin/konto": ("",),
    "/admin/mandant": ("",),
    "/admin/datenschutz": ("",),
    "/admin/datenschutz/kunde/{customer}": ("{customer}",),
    "/admin/datenschutz/partner/{code}": ("P00001", "{leaf}"),
    "/p": ("", "?ab={own_deep}"),
    "/api/v1/me": ("",),
    "/api/v1/tenant": ("",),
    "/api/v1/audit": ("", "?cursor={audit_deep}", "?action=payout.reject", "?subject=payout&subject_id={number}"),
    "/api/v1/audit/head": ("",),
    "/api/v1/partners": ("", "?limit=200", "?cursor={partner_deep}", "?status=inactive", "?sponsor=P00001"),
    "/api/v1/partners/{code}": ("P00002", "P00001", "{leaf}"),
    "/api/v1/partners/{code}/due": ("P00001/due", "{leaf}/due"),
    "/api/v1/partners/{code}/vat-checks": ("P00001/vat-checks", "{leaf}/vat-checks"),
    "/api/v1/customers": ("", "?cursor={customer_deep}", "?partner=P00003"),
    "/api/v1/customers/{customer_id}": ("{customer}",),
    "/api/v1/campaigns": ("",),
    "/api/v1/campaigns/{slug}": ("kampagne-1",),
    "/api/v1/campaigns/{slug}/plans": ("kampagne-1/plans",),
    "/api/v1/campaigns/{slug}/plan-example": ("kampagne-1/plan-example?base_cents=10000",),
    "/api/v1/transactions": (
        "", "?limit=200", "?cursor={sale_seq}", "?state=refunded", "?state=pending",
        "?state=refunded&cursor={sale_seq}",
        "?partner=P00001", "?partner={leaf}&state=refunded", "?sold_from=2025-06-01&sold_before=2025-07-01",
        "?sold_from=2025-06-01&sold_before=2025-07-01&state=refunded&partner=P00001",
    ),
    "/api/v1/transactions/{transaction_id}": ("{sale}",),
    "/api/v1/commissions": (
        "", "?limit=200", "?cursor={commission_seq}", "?state=pending", "?state=paid",
        "?state=reversed&cursor={commission_seq}",
        "?partner=P00001", "?partner={leaf}&state=approved", "?transaction={sale}",
        "?served_from=2025-06-01&served_before=2025-07-01",
        "?served_from=2025-06-01&served_before=2025-07-01&state=reversed",
    ),
    "/api/v1/payouts": ("", "?limit=200", "?cursor={payout_seq}", "?state=returned", "?state=awaiting_approval",
                        "?partner=P00001", "?partner={leaf}&state=cancelled", "?payout_run={first_run}",
                        "?state=rejected&cursor={payout_seq}"),
    "/api/v1/payouts/{number}": ("{number}", "{longest}"),
    "/api/v1/payout-runs": ("",),
    "/api/v1/own-documents": ("",),
    "/api/v1/payout-runs/{run}": ("{run}",),
    "/api/v1/payout-runs/{run}/rows": ("{run}/rows", "{run}/rows?paid=false", "{run}/rows?cursor={run_deep}"),
    "/api/v1/events": ("", "?limit=200", "?cursor={event_old}", "?state=failed", "?state=failed&cursor={event_old}",
                       "?resource={resource}"),
    "/api/v1/events/{event}": ("{event}", "{event_failed}"),
    "/api/v1/tasks": ("", "?state=resolved", "?state=resolved&cursor={task_old}", "?kind=returned"),
    "/api/v1/tasks/{task_id}": ("{task}",),
    "/api/v1/providers/lexoffice": ("",),
    "/api/v1/providers/lexoffice/subscriptions": ("",),
    "/api/v1/providers/lexoffice/webhook-tokens": ("",),
    "/api/v1/providers/stripe": ("",),
    "/api/v1/providers/{source}": ("custom", "digistore24", "copecart"),
    "/api/v1/providers/easybill": ("",),
    "/api/v1/bank-accounts": ("",),
    "/api/v1/bank-runs": ("",),
    "/api/v1/bank-statements": ("",),
    "/api/v1/bank-entries": ("", "?state=matched", "?state=matched&cursor={entry_deep}"),
    "/api/v1/document-settings": ("",),
    "/api/v1/posting-categories": ("",),
}  # fmt: skip

OF_THE_WHOLE_BOOKS: dict[str, tuple[str, ...]] = {
    # What P00002's third of all commissions makes of pages that are quick for everybody else.
    "/admin/auszahlungen/{number}": ("{giant}",),
    "/admin/partner/{code}/faelligkeit": ("P00002/faelligkeit",),
    "/api/v1/payouts/{number}": ("{giant}",),
    "/admin/berichte/stichtag": ("?tag=2026-06-30",),
    "/admin/berichte/stichtag.csv": ("?tag=2026-06-30",),
    "/admin/berichte/abstimmung": ("?monat={month}",),
    "/admin/berichte/abstimmung.csv": ("?monat={month}",),
    "/admin/berichte/steuer-13b": ("?monat={month}",),
    "/admin/berichte/nummern": ("", "?jahr=2026"),
    "/admin/berichte/liste/{name}.csv": ("payouts.csv",),
    "/admin/berichte/partner.{form}": ("csv?partner=P00001&von=2025-01-01&bis=2025-12-31",),
    "/admin/berichte/jahr.{form}": ("csv?partner=P00001&jahr=2025",),
    "/admin/datenschutz/kunde/{customer}/auskunft": ("{customer}/auskunft",),
    "/admin/datenschutz/partner/{code}/auskunft": ("{leaf}/auskunft",),
    "/admin/auszahlungen.csv": ("",),
    "/admin/transaktionen.csv": ("",),
    "/admin/provisionen.csv": ("",),
    "/admin/pruefpfad.csv": ("",),
    "/admin/berichte/auszahlungen/{number}/gutschrift.pdf": ("{with_paper}/gutschrift.pdf",),
    "/admin/berichte/auszahlungen/{number}/abrechnung.{form}": ("{longest}/abrechnung.pdf", "{longest}/abrechnung.csv"),
    "/admin/berichte/auszahlungen/{number}/nachweis.zip": ("{with_paper}/nachweis.zip",),
    "/api/v1/payout-runs/{run}/differences": ("{run}/differences",),
    "/api/v1/bank-runs/candidates": ("",),
    "/api/v1/bank-runs/{number}": ("{bank_run}",),
    "/api/v1/bank-runs/{number}/payee-checks": ("{bank_run}",),
    "/api/v1/reports/open-commissions": ("?on=2026-06-30",),
    "/api/v1/reports/reconciliation": ("?month={month}",),
    "/api/v1/months/{month}": ("{month}",),
    "/api/v1/months/{month}/vouchers": ("{month}/vouchers",),
    "/api/v1/months/{month}/payouts.csv": ("{month}/payouts.csv",),
    "/api/v1/reports/numbers": ("",),
    "/api/v1/reports/reverse-charge": ("?month={month}",),
    "/api/v1/reports/{name}.csv": ("payouts.csv",),
    "/api/v1/reports/payouts/{number}/credit-note.pdf": ("{with_paper}/credit-note.pdf",),
    "/api/v1/reports/payouts/{number}/statement.{form}": ("{longest}/statement.pdf",),
    "/api/v1/reports/payouts/{number}/evidence.zip": ("{with_paper}/evidence.zip",),
    "/api/v1/reports/partners/{code}/yearly-statement.{form}": ("P00001/yearly-statement.csv?year=2025",),
    "/api/v1/reports/partners/{code}/statement.{form}": (
        "P00001/statement.csv?first_day=2025-01-01&last_day=2025-12-31",
    ),
}  # fmt: skip
"""Reports, files, and what a machine asks for at once: they may take longer, and are timed once each."""

ELSEWHERE: dict[str, str] = {
    "/p/belege/{number}": "a stored file",
    "/p/eigene-belege/{document}.{form}": "a stored file",
    "/admin/belege/{document}.{form}": "a stored file",
    "/admin/auszahlungen/{number}/vorschau.pdf": "the bench's books have no own documents",
    "/api/v1/payouts/{number}/preview": "the bench's books have no own documents",
    "/api/v1/payouts/{number}/preview.pdf": "the bench's books have no own documents",
    "/api/v1/own-documents/{document}": "the bench's books have none",
    "/api/v1/reversals/{id}": "the bench's books have none",
    "/api/v1/own-documents/{document}/document.pdf": "a stored file",
    "/api/v1/own-documents/{document}/document.xml": "a stored file",
    "/api/v1/own-documents/{document}/report": "a stored file",
    "/p/{token}": "before anybody is known",
    "/login": "before anybody is known",
    "/reset": "before anybody is known",
    "/reset/{token}": "before anybody is known",
    "/logout": "a form",
    "/password": "a form",
    "/second-factor": "a form",
    "/": "leads on",
    "/admin": "leads on",
    "/admin/": "leads on",
    "/admin/mandanten": "of platform admins: tenants, not books",
    "/static/{name}": "a file",
    "/docs": "a file",
    "/docs/style.css": "a file",
    "/openapi.json": "a file",
    "/healthz": "a probe",
    "/readyz": "a probe",
    "/metrics": "a probe",
    "/oauth/lexoffice/start": "leads to lexoffice",
    "/oauth/lexoffice/callback": "comes from lexoffice",
    "/api/webhooks/{tenant}/lexoffice": "a provider's door",
    "/api/v1/retention": "of a key that may write",
    "/api/v1/customers/{customer_id}/personal-data": "of a key that may write",
    "/api/v1/partners/{code}/personal-data": "of a key that may write",
}

_ONE_OF = "SELECT {} FROM payouts WHERE tenant_id = $1 AND state = '{}' ORDER BY seq DESC LIMIT 1"
_MICROSECONDS = "(extract(epoch FROM {}) * 1000000)::bigint || '_' || {}"
SAMPLES: dict[str, str] = {
    "number": _ONE_OF.format("number", "paid"),
    "awaiting": _ONE_OF.format("number", "awaiting_approval"),
    "unknown": _ONE_OF.format("number", "outcome_unknown"),
    "open": _ONE_OF.format("number", "credit_note_open"),
    "rejected": _ONE_OF.format("number", "rejected"),
    "gross": "SELECT replace((gross_cents / 100.0)::numeric(12, 2)::text, '.', ',') FROM payouts"
    " WHERE tenant_id = $1 ORDER BY seq LIMIT 1",
    "longest": "SELECT p.number FROM payouts p JOIN payout_lines l ON l.tenant_id = p.tenant_id AND l.payout_id = p.id"
    " WHERE p.tenant_id = $1 AND p.state = 'paid'"
    " AND p.partner_id NOT IN (SELECT id FROM partners WHERE tenant_id = $1 AND code IN ('P00001', 'P00002'))"
    " GROUP BY p.number ORDER BY count(*) DESC LIMIT 1",
    "giant": "SELECT p.number FROM payouts p JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id"
    " WHERE p.tenant_id = $1 AND p.state = 'paid' AND q.code = 'P00002' ORDER BY p.seq DESC LIMIT 1",
    "with_paper": "SELECT p.number FROM payouts p JOIN credit_note_papers c ON c.payout_id = p.id"
    " WHERE p.tenant_id = $1 ORDER BY p.seq DESC LIMIT 1",
    "month": "SELECT to_char(max(paid_on) - 100, 'YYYY-MM') FROM payouts WHERE tenant_id = $1",
    "payout_deep": f"SELECT {_MICROSECONDS.format('created_at', 'seq')} FROM payouts"
    " WHERE tenant_id = $1 ORDER BY seq OFFSET (SELECT count(*) / 10 FROM payouts WHERE tenant_id = $1) LIMIT 1",
    "payout_seq": "SELECT min(seq) + count(*) / 10 FROM payouts WHERE tenant_id = $1",
    "approval_deep": f"SELECT {_MICROSECONDS.format('created_at', 'seq')} FROM payouts"
    " WHERE tenant_id = $1 AND state = 'awaiting_approval' ORDER BY created_at LIMIT 1 OFFSET (SELECT count(*) / 2"
    " FROM payouts WHERE tenant_id = $1 AND state = 'awaiting_approval')",
    "run": "SELECT id FROM payout_runs WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1",
    "first_run": "SELECT id FROM payout_runs WHERE tenant_id = $1 ORDER BY seq LIMIT 1",
    "run_deep": "SELECT min(r.seq) + count(*) * 9 / 10 FROM payout_run_rows r WHERE r.tenant_id = $1 AND r.run_id ="
    " (SELECT id FROM payout_runs WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1) AND r.reason IS NULL",
    "own_account": "SELECT id FROM tenant_bank_accounts WHERE tenant_id = $1",
    "statement": "SELECT id FROM bank_statements WHERE tenant_id = $1 ORDER BY seq DESC OFFSET 1 LIMIT 1",
    "statement_deep": "SELECT min(seq) + count(*) / 10 FROM bank_statements WHERE tenant_id = $1",
    "statement_file_deep": "SELECT min(seq) + count(*) / 10 FROM statement_files WHERE tenant_id = $1",
    "entry": "SELECT id FROM bank_entries WHERE tenant_id = $1 AND state = 'unresolved' ORDER BY seq DESC LIMIT 1",
    "entry_matched": "SELECT id FROM bank_entries WHERE tenant_id = $1 AND state = 'matched' ORDER BY seq LIMIT 1",
    "entry_deep": "SELECT min(seq) + count(*) / 10 FROM bank_entries WHERE tenant_id = $1 AND concerns_us",
    "bank_run": "SELECT number FROM bank_runs WHERE tenant_id = $1 ORDER BY payments DESC LIMIT 1",
    "credit_note": "SELECT voucher_number FROM external_documents WHERE tenant_id = $1 AND payout_id IS NOT NULL"
    " ORDER BY created_at DESC LIMIT 1",
    "invoice": "SELECT voucher_number FROM external_documents WHERE tenant_id = $1 AND transaction_id IS NOT NULL"
    " ORDER BY created_at DESC LIMIT 1",
    "resource": "SELECT resource_id FROM events WHERE tenant_id = $1 AND provider = 'lexoffice'"
    " ORDER BY id DESC LIMIT 1",
    "sale": "SELECT transaction_id FROM commissions WHERE tenant_id = $1 AND level = 3 AND state = 'paid' LIMIT 1",
    "sale_refunded": "SELECT id FROM transactions WHERE tenant_id = $1 AND state = 'refunded' LIMIT 1",
    "sale_pending": "SELECT id FROM transactions WHERE tenant_id = $1 AND state = 'pending' LIMIT 1",
    "sale_of_nobody": "SELECT id FROM transactions WHERE tenant_id = $1 AND partner_id IS NULL LIMIT 1",
    "sale_seq": "SELECT min(seq) + count(*) / 10 FROM transactions WHERE tenant_id = $1",
    "sale_deep": f"SELECT {_MICROSECONDS.format('sold_at', 'seq')} FROM transactions WHERE tenant_id = $1"
    " ORDER BY seq LIMIT 1 OFFSET (SELECT count(*) / 10 FROM transactions WHERE tenant_id = $1)",
    "commission_seq": "SELECT min(seq) + count(*) / 10 FROM commissions WHERE tenant_id = $1",
    "commission_deep": "SELECT (service_date - '0001-01-01'::date + 1) || '_' || seq FROM commissions"
    " WHERE tenant_id = $1 ORDER BY seq LIMIT 1 OFFSET (SELECT count(*) / 10 FROM commissions WHERE tenant_id = $1)",
    "customer": "SELECT customer_id FROM transactions WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1",
    "customer_deep": "SELECT min(seq) + count(*) / 10 FROM customers WHERE tenant_id = $1",
    "leaf": "SELECT max(code) FROM partners WHERE tenant_id = $1 AND status = 'active'",
    "stopped": "SELECT max(code) FROM partners WHERE tenant_id = $1 AND payouts_stopped_at IS NOT NULL",
    "partner_deep": "SELECT min(seq) + count(*) / 10 FROM partners WHERE tenant_id = $1",
    "own_deep": "SELECT max(o.seq) FROM payouts o JOIN partners p ON p.tenant_id = o.tenant_id AND p.id = o.partner_id"
    " WHERE o.tenant_id = $1 AND p.code = 'P00001'",
    "event": "SELECT id FROM events WHERE tenant_id = $1 AND state = 'processed' ORDER BY id DESC LIMIT 1",
    "event_failed": "SELECT id FROM events WHERE tenant_id = $1 AND state = 'failed'"
    " AND event_type = 'payment.changed' ORDER BY id DESC LIMIT 1",
    "event_old": "SELECT min(id) + count(*) / 10 FROM events WHERE tenant_id = $1",
    "event_deep": f"SELECT {_MICROSECONDS.format('received_at', 'id')} FROM events WHERE tenant_id = $1"
    " ORDER BY id LIMIT 1 OFFSET (SELECT count(*) / 10 FROM events WHERE tenant_id = $1)",
    "task": "SELECT id FROM tasks WHERE tenant_id = $1 AND state = 'open' AND kind <> 'outcome_unknown' LIMIT 1",
    "task_unknown": "SELECT id FROM tasks WHERE tenant_id = $1 AND kind = 'outcome_unknown' LIMIT 1",
    "task_resolved": "SELECT id FROM tasks WHERE tenant_id = $1 AND state = 'resolved' LIMIT 1",
    "task_deep": "SELECT min(seq) + count(*) / 2 FROM tasks WHERE tenant_id = $1 AND state = 'open'",
    "task_old": "SELECT min(seq) + count(*) / 10 FROM tasks WHERE tenant_id = $1",
    "audit_deep": "SELECT min(seq) + count(*) / 10 FROM audit_entries WHERE tenant_id = $1",
    "person": "SELECT actor FROM audit_entries WHERE tenant_id = $1 AND action = 'payout.approve' LIMIT 1",
}
"""SQL for one value out of the tenant $1's books. A position `deep` is one that a tenth of the list lies behind."""


def forgotten(routes: set[str]) -> set[str]:
    """Routes that no table knows, and such in the tables that there are no longer."""
    return routes ^ (PAGES.keys() | OF_THE_WHOLE_BOOKS.keys() | ELSEWHERE.keys())


def addresses(table: dict[str, tuple[str, ...]], samples: dict[str, str]) -> list[tuple[str, str]]:
    """Route and address of each."""
    found = []
    for route, tails in table.items():
        begin = route.partition("{")[0]
        found += [(route, begin + tail.format(**samples)) for tail in tails]
    return found
