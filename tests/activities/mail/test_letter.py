"""What mails say: in both languages, with nothing from outside that could begin a header, a link or a tag."""

from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.mail.letter import Attachment, Letter, message, reachable, written
from ledger.mail.mail_kinds import MailKind
from ledger.reasons import Reason
from workflows.mail import MAILS

URL = "https://partner.example.com"
AT = datetime(2026, 11, 22, 15, 5, tzinfo=UTC)
EVIL = '<b>Ä & "ö"</b>\r\nBcc: dieb@x.example\r\n\r\n=> Hier klicken | https://boese.example/'


def facts(kind: MailKind, outside: str = "Ärger & Söhne", **members: Any) -> dict[str, Any]:
    why = Reason.of("as_it_was_written", text=outside)
    account = {
        "partner_code": "ANNA",
        "partner": outside,
        "last4": "2051",
        "recorded_at": AT,
        "recorded_by": outside,
        "usable_from": AT,
    }
    known: dict[MailKind, dict[str, Any]] = {
        MailKind.APPROVAL_WAITS: {
            "count": 1,
            "total": 123_456,
            "payouts": [{"number": "PO-2026-0001", "partner": outside, "gross_cents": 123_456}],
            "more": 0,
        },
        MailKind.TASK_CREATED: {"count": 2, "tasks": [{"subject": outside, "reason": why}], "more": 1},
        MailKind.PARTNER_DOCUMENT: {
            "partner": outside,
            "title": "Gutschrift",
            "number": outside,
            "payout": "PO-2026-0001",
            "gross_cents": 119_000,
            "period_from": date(2026, 10, 1),
            "period_to": date(2026, 10, 31),
            "attached": False,
        },
        MailKind.OWN_DOCUMENT: {
            "partner": outside,
            "title": "Gutschrift",
            "title_english": "Self-billing invoice",
            "number": "GU-2026-00001",
            "issued_on": date(2026, 11, 2),
            "payout": "PO-2026-0001",
            "gross_cents": 119_000,
            "period_from": date(2026, 10, 1),
            "period_to": date(2026, 10, 31),
            "has_xml": True,
            "in_english_too": False,
        },
        MailKind.BANK_DETAILS_CHANGED: {
            "partner_code": "ANNA",
            "partner": outside,
            "last4": "2051",
            "recorded_at": AT,
            "usable_from": AT,
            "recorded_by": outside,
            "in_force": False,
            "is_confirmed": False,
            "to_partner": False,
            "single": None,
            "waiting": [account],
            "waiting_count": 2,
            "confirmed": [account | {"confirmed_by": outside, "confirmed_at": AT, "usable_from": None}],
            "confirmed_count": 1,
        },
        MailKind.BANK_DETAILS_WANTED: {
            "payout": "PO-2026-0001",
            "partner": outside,
            "amount_cents": 119_000,
            "booked_on": date(2026, 11, 20),
            "last4": "2051",
            "reason": why,
        },
        MailKind.COMMISSION_STATEMENT: {
            "partner": outside,
            "first_day": date(2026, 7, 1),
            "last_day": date(2026, 9, 30),
            "earned_cents": 12_300,
            "expected_cents": 500,
            "open_cents": 12_300,
            "lines": [
                {
                    "service_date": date(2026, 7, 1),
                    "order_reference": outside,
                    "invoice_number": None,
                    "level": 1,
                    "net_cents": 12_300,
                    "state": "approved",
                }
            ],
            "more": 3,
        },
        MailKind.CONNECTION_BROKEN: {"endpoint": None, "provider": "lexoffice", "reason": why},
        MailKind.RESET_LINK: {"until": AT, "link": f"{URL}/reset/abc"},
        MailKind.INVITATION: {"until": AT, "link": f"{URL}/reset/abc"},
        MailKind.DAILY: {
            "today": date(2026, 11, 22), "since": AT, "digest": True, "head": "ab" * 32, "links": 17, "approvals": 2,
            "approvals_cents": 200, "tasks": 1, "accounts": 0, "to_pay": 0, "to_pay_cents": 0, "paid": 1,
            "paid_cents": 100, "requested": 2, "sales": 3, "failed": 0,
        },
    }  # fmt: skip
    return {"company": outside, "email": "anna@acme.example", "at": AT, **known.get(kind, {}), **members}


def every_letter(outside: str) -> list[tuple[str, Letter]]:
    made = []
    for kind in MailKind:
        for language in ("de", "en"):
            for to_partner in (False, True):
                said = written(kind, language, facts(kind, outside, to_partner=to_partner), public_url=URL)
                made.append((f"{kind} {language}", said))
    return made


def read(letter: Letter, *attachments: Attachment) -> EmailMessage:
    made = message(letter, sender="a@x.example", to="b@x.example", id="17", at=AT, attachments=attachments)
    again = message_from_bytes(made.as_bytes(policy=SMTP), policy=default)
    assert isinstance(again, EmailMessage)
    return again


def test_every_kind_has_words_in_both_languages_and_a_name_in_summaries() -> None:
    folder = Path("activities/letters")
    for language in ("de", "en"):
        assert {file.stem for file in (folder / language).iterdir()} == set(MailKind)
    assert MAILS.keys() == set(MailKind)
    for name, said in every_letter("Ärger & Söhne"):
        assert said.subject, name
        assert "{{" not in said.text, name
        assert not any(line.startswith("=>") for line in said.text.splitlines()), name


@pytest.mark.parametrize("kind", [MailKind.TASK_CREATED, MailKind.CONNECTION_BROKEN])
@pytest.mark.parametrize(
    ("reason", "german", "english"),
    [
        (
            Reason.of("connection_broken"),
            "Die Verbindung zur Buchhaltung ist unterbrochen. Bitte",
            "The connection to the books is broken. Please",
        ),
        (Reason.of("from_a_later_version", cents=1), "from_a_later_version", "from_a_later_version"),
    ],
)
def test_a_reason_is_said_in_the_readers_language_and_an_unknown_one_as_its_code(
    kind: MailKind, reason: Reason, german: str, english: str
) -> None:
    told = {"reason": reason, "tasks": [{"subject": "ANNA", "reason": reason}]}
    for language, said in (("de", german), ("en", english)):
        letter = written(kind, language, facts(kind) | told, public_url=URL)
        assert said in letter.text
        assert said in letter.html


def test_a_webhook_that_takes_nothing_is_named_by_its_host_and_led_to() -> None:
    endpoint = {"id": "0193", "host": "hooks.example", "since": AT, "is_off": False}
    for language, subject, end in (
        ("de", "Der Webhook an hooks.example nimmt nichts an", "wird sie ausgeschaltet"),
        ("en", "The webhook at hooks.example takes nothing", "will be switched off"),
    ):
        told = facts(MailKind.CONNECTION_BROKEN, endpoint=endpoint)
        said = written(MailKind.CONNECTION_BROKEN, language, told, public_url=URL)
        assert said.subject.startswith(subject)
        assert end in said.text
        assert f"{URL}/admin/webhooks/0193" in said.text
        assert "lexoffice" not in said.text


def test_what_comes_from_outside_begins_no_header_no_link_and_no_tag() -> None:
    for name, said in every_letter(EVIL):
        sent = read(said)
        assert sent.keys() == [
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
        ], name  # fmt: skip
        assert sent["To"] == "b@x.example"
        assert "\n" not in said.subject
        assert "<b>" not in said.html, name
        assert 'href="https://boese' not in said.html, name
        assert all(not line.startswith(("Bcc:", "https://boese")) for line in said.text.splitlines()), name


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_a_mail_with_one_recipient(outside: str) -> None:
    for kind in (MailKind.PARTNER_DOCUMENT, MailKind.TASK_CREATED):
        said = written(kind, "de", facts(kind, outside), public_url=URL)
        sent = read(said)
        assert (sent["To"], sent.get_all("Bcc")) == ("b@x.example", None)
        # What has no letters in it may leave out its paragraph; nothing may add one.
        assert said.html.count("<p") <= written(kind, "de", facts(kind, "X"), public_url=URL).html.count("<p")


def test_amounts_and_days_are_those_of_the_language() -> None:
    german = written(MailKind.APPROVAL_WAITS, "de", facts(MailKind.APPROVAL_WAITS), public_url=URL)
    english = written(MailKind.APPROVAL_WAITS, "en", facts(MailKind.APPROVAL_WAITS), public_url=URL)
    assert "1.234,56\xa0€" in german.text
    assert "€1,234.56" in english.text
    account = written(MailKind.BANK_DETAILS_CHANGED, "de", facts(MailKind.BANK_DETAILS_CHANGED), public_url=URL)
    assert "22.11.2026 16:05" in account.text  # Berlin


def test_a_partner_abroad_reads_it_in_german_and_english() -> None:
    said = written(MailKind.OWN_DOCUMENT, "de", facts(MailKind.OWN_DOCUMENT), public_url=URL, outside=True, also="en")
    assert said.subject == "Gutschrift GU-2026-00001 von Ärger & Söhne"
    german, english = said.text.index("Guten Tag"), said.text.index("Hello")
    assert german < said.text.index("1.190,00\xa0€") < english < said.text.index("€1,190.00")
    assert "Self-billing invoice GU-2026-00001" in said.html


def test_a_partner_who_died_is_not_asked_for_bank_details() -> None:
    """The heirs read it, or somebody whom the bank took for dead."""
    for language, heirs in (("de", "bitten wir die Erben"), ("en", "we ask the heirs")):
        for reason, is_said in ((Reason.of("return_holder_died"), True), (Reason.of("return_account_closed"), False)):
            told = facts(MailKind.BANK_DETAILS_WANTED, reason=reason)
            said = written(MailKind.BANK_DETAILS_WANTED, language, told, public_url=URL, outside=True)
            assert (heirs in said.text) is is_said


def test_links_lead_to_our_pages_only() -> None:
    said = written(MailKind.APPROVAL_WAITS, "de", facts(MailKind.APPROVAL_WAITS), public_url=URL)
    assert f"{URL}/admin/freigaben" in said.text
    assert f'<a href="{URL}/admin/freigaben">' in said.html
    link = written(MailKind.RESET_LINK, "de", facts(MailKind.RESET_LINK), public_url=URL)
    assert f'<a href="{URL}/reset/abc">' in link.html


def test_a_second_attempt_is_the_same_mail() -> None:
    said = written(MailKind.TASK_CREATED, "de", facts(MailKind.TASK_CREATED), public_url=URL)
    one, two = read(said), read(said)
    assert one["Message-ID"] == two["Message-ID"] == "<17@x.example>"
    assert one["Date"] == two["Date"]


def test_a_pdf_goes_along() -> None:
    said = written(MailKind.PARTNER_DOCUMENT, "de", facts(MailKind.PARTNER_DOCUMENT), public_url=URL)
    [file] = read(said, Attachment(name="GS-2026-0001.pdf", content=b"%PDF-1.7")).iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("GS-2026-0001.pdf", "application/pdf")


@pytest.mark.parametrize(
    ("written_as", "taken_as"),
    [
        ("anna@partner.example", "anna@partner.example"),
        (" anna+x@münchen.example ", "anna+x@xn--mnchen-3ya.example"),
        ("anna@localhost", "anna@localhost"),
        # IDNA 2008: another domain than strasse.de, and somebody else's.
        ("chef@straße.de", "chef@xn--strae-oqa.de"),
        ("chef@βόλος.example", "chef@xn--nxasmm1c.example"),
        ("anna@MÜNCHEN.example", "anna@xn--mnchen-3ya.example"),
        ("anna@münchen。example", "anna@xn--mnchen-3ya.example"),
        ("anna@☃.example", None),
        ("a@x.example,b@x.example", None),
        ("a@x.example\r\nRCPT TO:<b@x.example>", None),
        ("Anna <anna@x.example>", None),
        ('"a b"@x.example', None),
        ("anna", None),
        ("", None),
        ("@x.example", None),
        ("ännä@x.example", None),
    ],
)
def test_only_one_plain_address_is_written_to(written_as: str, taken_as: str | None) -> None:
    assert reachable(written_as) == taken_as
