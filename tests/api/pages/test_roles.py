"""Each role at each page: allowed or refused as the table says; a page that the table forgets fails."""

import re
from collections.abc import Set
from importlib import import_module
from pkgutil import walk_packages
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

import api.pages
from ledger.roles import Permission, Role, permissions, scopes
from tests.fixtures.browsers import Browser, Firm

ANYBODY = {
    ("GET", "/login"), ("POST", "/login"), ("GET", "/reset"), ("POST", "/reset"), ("GET", "/reset/{token}"),
    ("POST", "/reset/{token}"), ("GET", "/static/{name}"), ("POST", "/sprache"), ("GET", "/"),
    # A partner's own page, behind its own cookie.
    ("GET", "/p"), ("GET", "/p/{token}"), ("POST", "/p/{token}"), ("POST", "/p/widerspruch"), ("POST", "/p/abmelden"),
    ("POST", "/p/kontoinhaber"),
    ("GET", "/p/belege/{number}"), ("GET", "/p/eigene-belege/{document}.{form}"),
    ("GET", "/oauth/lexoffice/callback"),  # which asks for the session that went out
}  # fmt: skip
LOGGED_IN = {
    ("GET", "/logout"), ("POST", "/logout"), ("GET", "/password"), ("POST", "/password"), ("GET", "/second-factor"),
    ("POST", "/second-factor"), ("GET", "/admin"), ("GET", "/admin/"), ("GET", "/admin/konto"),
    ("GET", "/admin/mandant"), ("POST", "/admin/mandant"),
}  # fmt: skip
NEEDS: dict[tuple[str, str], Permission | tuple[Permission, ...]] = {
    ("GET", "/oauth/lexoffice/start"): Permission.SETTINGS,
    ("POST", "/admin/monat/lauf"): Permission.WRITE,
    ("POST", "/admin/monat/zuordnung"): Permission.STATEMENTS,
    ("POST", "/admin/monat/zuordnung/zuruecknehmen"): Permission.STATEMENTS,
    ("GET", "/admin/kampagnen"): Permission.READ,
    ("POST", "/admin/kampagnen"): Permission.WRITE,
    ("GET", "/admin/kampagnen/-/datei"): Permission.READ,
    ("POST", "/admin/kampagnen/-/datei"): Permission.WRITE,
    ("GET", "/admin/kampagnen/{slug}"): Permission.READ,
    ("POST", "/admin/kampagnen/{slug}"): Permission.WRITE,
    ("POST", "/admin/kampagnen/{slug}/vorgabe"): Permission.WRITE,
    ("POST", "/admin/kampagnen/{slug}/plan"): Permission.WRITE,
    ("GET", "/admin/kampagnen/{slug}/plan/{version}"): Permission.READ,
    ("GET", "/admin/mandanten"): Permission.TENANTS,
    ("POST", "/admin/mandanten"): Permission.TENANTS,
    ("GET", "/admin/benutzer"): Permission.USERS,
    ("POST", "/admin/benutzer"): Permission.USERS,
    ("POST", "/admin/benutzer/{user}/rolle"): Permission.USERS,
    ("POST", "/admin/benutzer/{user}/sperren"): Permission.USERS,
    ("POST", "/admin/benutzer/{user}/entsperren"): Permission.USERS,
    ("POST", "/admin/benutzer/{user}/abmelden"): Permission.USERS,
    ("POST", "/admin/benutzer/{user}/link"): Permission.USERS,
    ("GET", "/admin/schluessel"): Permission.KEYS,
    ("POST", "/admin/schluessel"): Permission.KEYS,
    ("POST", "/admin/schluessel/{key}/widerrufen"): Permission.KEYS,
    ("GET", "/admin/api-anfragen"): Permission.SETTINGS,
    ("GET", "/admin/webhooks"): Permission.SETTINGS,
    ("POST", "/admin/webhooks"): Permission.SETTINGS,
    ("GET", "/admin/webhooks/{endpoint}"): Permission.SETTINGS,
    ("POST", "/admin/webhooks/{endpoint}"): Permission.SETTINGS,
    ("POST", "/admin/webhooks/{endpoint}/geheimnis"): Permission.SETTINGS,
    ("POST", "/admin/webhooks/{endpoint}/neues-geheimnis"): Permission.SETTINGS,
    ("POST", "/admin/webhooks/{endpoint}/einschalten"): Permission.SETTINGS,
    ("POST", "/admin/webhooks/{endpoint}/ausschalten"): Permission.SETTINGS,
    ("POST", "/admin/webhooks/{endpoint}/entfernen"): Permission.SETTINGS,
    ("POST", "/admin/webhooks/{endpoint}/ping"): Permission.SETTINGS,
    ("POST", "/admin/webhooks/{endpoint}/zeitraum"): Permission.SETTINGS,
    ("GET", "/admin/webhooks/{endpoint}/zustellungen/{delivery}"): Permission.SETTINGS,
    ("POST", "/admin/webhooks/{endpoint}/zustellungen/{delivery}/erneut"): Permission.SETTINGS,
    ("POST", "/admin/webhooks/{endpoint}/zustellungen/{delivery}/aufgeben"): Permission.SETTINGS,
    ("GET", "/admin/bankkonten"): Permission.SEE_BANK,
    ("POST", "/admin/bankkonten"): Permission.BANK,
    ("POST", "/admin/bankkonten/{account}/bestaetigen"): Permission.CONFIRM_BANK,
    ("POST", "/admin/bankkonten/{account}/beenden"): Permission.BANK,
    ("GET", "/admin/zahlungslaeufe"): Permission.SEE_BANK,
    ("POST", "/admin/zahlungslaeufe"): Permission.BANK,
    ("GET", "/admin/zahlungslaeufe/{number}"): Permission.SEE_BANK,
    **{
        ("POST", f"/admin/zahlungslaeufe/{{number}}/{act}"): Permission.BANK
        for act in ("datei", "bestaetigen", "tag", "entfernen", "stornieren", "stornieren/zurueckziehen")
    },
    ("POST", "/admin/zahlungslaeufe/{number}/freigeben"): Permission.CONFIRM_BANK,
    ("POST", "/admin/zahlungslaeufe/{number}/stornieren/bestaetigen"): Permission.CONFIRM_BANK,
    ("GET", "/admin/kontoauszuege"): Permission.SEE_BANK,
    ("POST", "/admin/kontoauszuege"): Permission.STATEMENTS,
    ("GET", "/admin/kontoauszuege/dateien"): Permission.SEE_BANK,
    ("POST", "/admin/kontoauszuege/dateien/{file}"): Permission.BANK,
    ("GET", "/admin/kontoauszuege/{statement}"): Permission.SEE_BANK,
    ("GET", "/admin/uebernahme"): (Permission.WRITE, Permission.CONFIRM_BANK),
    ("POST", "/admin/uebernahme"): Permission.WRITE,
    ("GET", "/admin/uebernahme/{import_id}"): (Permission.WRITE, Permission.CONFIRM_BANK),
    ("GET", "/admin/uebernahme/{import_id}/fehler.csv"): Permission.WRITE,
    **{
        ("POST", f"/admin/uebernahme/{{import_id}}/{act}"): Permission.WRITE
        for act in ("spalten", "uebernehmen", "verwerfen")
    },
    ("POST", "/admin/uebernahme/{import_id}/bankverbindungen"): Permission.CONFIRM_BANK,
    ("POST", "/admin/uebernahme/{import_id}/anfangsbestaende"): Permission.APPROVE,
    ("GET", "/admin/partner.csv"): Permission.READ,
    ("POST", "/admin/partner-mit-bankverbindungen.csv"): Permission.BANK,
    ("GET", "/admin/kunden.csv"): Permission.READ,
    ("GET", "/admin/aufgaben.csv"): Permission.READ,
    ("GET", "/admin/auszahlungslaeufe/{run}/zeilen.csv"): Permission.READ,
    ("GET", "/admin/nicht-zugeordnet"): Permission.SEE_BANK,
    ("POST", "/admin/nicht-zugeordnet"): Permission.STATEMENTS,
    ("GET", "/admin/nicht-zugeordnet/{entry}"): Permission.SEE_BANK,
    ("POST", "/admin/nicht-zugeordnet/{entry}/forderung"): Permission.STATEMENTS,
    **{
        ("POST", f"/admin/nicht-zugeordnet/{{entry}}/{act}"): Permission.STATEMENTS
        for act in ("zuordnen", "beiseite", "wieder")
    },
    ("GET", "/admin/belege/{document}.{form}"): Permission.SEE_BANK,
    ("GET", "/admin/auszahlungen/{number}/vorschau.pdf"): Permission.SEE_BANK,
    ("POST", "/admin/auszahlungen/{number}/belege/{document}/{act}"): (Permission.WRITE, Permission.APPROVE),
    ("GET", "/admin/pruefpfad"): Permission.AUDIT,
    ("GET", "/admin/pruefpfad.csv"): Permission.AUDIT,
    **{
        ("GET", f"/admin/berichte{page}"): Permission.READ
        for page in (
            "", "/stichtag", "/stichtag.csv", "/abstimmung", "/abstimmung.csv", "/nummern", "/steuer-13b",
            "/liste/{name}.csv",
            "/partner.{form}", "/jahr.{form}", "/auszahlungen/{number}/gutschrift.pdf",
            "/auszahlungen/{number}/abrechnung.{form}",
        )
    },
    ("GET", "/admin/berichte/auszahlungen/{number}/nachweis.zip"): Permission.AUDIT,
    ("GET", "/admin/benachrichtigungen"): Permission.READ,
    ("POST", "/admin/benachrichtigungen"): Permission.READ,
    ("POST", "/admin/benachrichtigungen/mandant"): Permission.SETTINGS,
    ("GET", "/admin/bankverbindungen"): Permission.CONFIRM_BANK,
    **{
        ("POST", f"/admin/bankverbindungen/{{account}}/{act}"): Permission.CONFIRM_BANK
        for act in ("bestaetigen", "ablehnen", "doppelt")
    },
    **{
        ("GET", f"/admin/{page}"): Permission.READ
        for page in (
            "heute", "monat", "monat/auszahlungen.csv", "in-lexoffice", "uebersicht", "auszahlungen",
            "auszahlungen.csv", "auszahlungen/{number}",
        )
    },
    ("GET", "/admin/freigaben"): Permission.APPROVE,
    ("POST", "/admin/freigaben"): Permission.APPROVE,
    ("GET", "/admin/auszahlungen/neu"): Permission.WRITE,
    ("POST", "/admin/auszahlungen/neu"): Permission.WRITE,
    ("POST", "/admin/auszahlungen/{number}/freigeben"): Permission.APPROVE,
    ("POST", "/admin/auszahlungen/{number}/bezahlt"): Permission.APPROVE,
    ("POST", "/admin/auszahlungen/{number}/ablehnen"): Permission.APPROVE,
    ("POST", "/admin/auszahlungen/{number}/beteiligungen/{hand}/bestaetigen"): Permission.APPROVE,
    ("POST", "/admin/auszahlungen/{number}/beleg-stornieren"): Permission.APPROVE,
    ("POST", "/admin/auszahlungen/{number}/stornos/{reversal}/zuruecknehmen"): Permission.APPROVE,
    ("POST", "/admin/auszahlungen/{number}/erneut/zuruecknehmen"): Permission.APPROVE,
    ("POST", "/admin/zahlungslaeufe/{number}/empfaengerpruefung"): Permission.BANK,
    ("POST", "/admin/zahlungslaeufe/{number}/echtzeit"): Permission.BANK,
    ("POST", "/admin/zahlungslaeufe/{number}/ablehnung/bestaetigen"): Permission.CONFIRM_BANK,
    ("POST", "/admin/bankkonten/{account}/angaben"): Permission.BANK,
    ("POST", "/admin/zahlungslaeufe/{number}/zahlungen/{payout}/pruefung"): Permission.BANK,
    ("POST", "/admin/zahlungslaeufe/{number}/zahlungen/{payout}/pruefung/name"): Permission.BANK,
    ("POST", "/admin/zahlungslaeufe/{number}/zahlungen/{payout}/pruefung/bestaetigen"): Permission.CONFIRM_BANK,
    **{
        ("POST", f"/admin/auszahlungen/{{number}}/{act}"): (Permission.WRITE, Permission.APPROVE)
        for act in (
            "stornieren", "zurueckstellen", "aufnehmen", "notiz", "beleg-senden", "verrechnen", "nicht-verrechnen",
        )
    },
    ("GET", "/admin/auszahlungslaeufe"): Permission.READ,
    ("POST", "/admin/auszahlungslaeufe"): Permission.WRITE,
    ("POST", "/admin/auszahlungslaeufe/kalender"): Permission.SETTINGS,
    ("GET", "/admin/auszahlungslaeufe/{run}"): Permission.READ,
    ("POST", "/admin/auszahlungslaeufe/{run}/abbrechen"): Permission.WRITE,
    ("GET", "/admin/freigaberegeln"): Permission.SETTINGS,
    ("GET", "/admin/firma"): Permission.SETTINGS,
    ("POST", "/admin/firma"): Permission.SETTINGS,
    ("GET", "/admin/buchung"): Permission.SETTINGS,
    ("POST", "/admin/buchung/liste"): Permission.SETTINGS,
    ("POST", "/admin/buchung/{posting_case}/kategorie"): Permission.SETTINGS,
    ("POST", "/admin/buchung/{posting_case}/bestaetigung"): Permission.SETTINGS,
    ("POST", "/admin/buchung/{posting_case}/zuruecknehmen"): Permission.SETTINGS,
    ("POST", "/admin/partner/{code}/vies"): Permission.WRITE,
    ("POST", "/admin/partner/{code}/vies/nachweis"): Permission.WRITE,
    ("GET", "/admin/abrechnungsregeln"): Permission.SETTINGS,
    ("POST", "/admin/abrechnungsregeln"): Permission.SETTINGS,
    ("GET", "/admin/belegregeln"): Permission.SETTINGS,
    **{("POST", f"/admin/belegregeln{act}"): Permission.SETTINGS for act in ("", "/umsatz", "/ab-2028")},
    ("GET", "/admin/partner/{code}/faelligkeit"): Permission.READ,
    ("POST", "/admin/partner/{code}/schlussabrechnung"): Permission.WRITE,
    ("POST", "/admin/partner/{code}/korrektur"): Permission.APPROVE,
    ("POST", "/admin/partner/{code}/korrekturen/{reversal}/zuruecknehmen"): Permission.APPROVE,
    **{("GET", f"/admin/forderungen{at}"): Permission.READ for at in ("", ".csv", "/{claim}")},
    **{("POST", f"/admin/forderungen/{{claim}}/{act}"): Permission.APPROVE for act in ("bezahlt", "ausbuchen")},
    ("POST", "/admin/freigaberegeln"): Permission.SETTINGS,
    ("GET", "/admin/datenschutz"): Permission.SETTINGS,
    ("POST", "/admin/datenschutz"): Permission.SETTINGS,
    **{
        ("POST" if act == "/loeschen" else "GET", f"/admin/datenschutz/{whose}{act}"): Permission.SETTINGS
        for whose in ("partner/{code}", "kunde/{customer}")
        for act in ("", "/auskunft", "/loeschen")
    },
    ("GET", "/admin/zahlungsanbieter"): Permission.READ,
    ("GET", "/admin/zahlungsanbieter/lexoffice"): Permission.READ,
    **{
        ("POST", f"/admin/zahlungsanbieter/lexoffice/{act}"): Permission.SETTINGS
        for act in (
            "schluessel", "schluessel/entfernen", "oauth/trennen", "zugang", "pruefen", "token", "meldungen",
            "token/{webhook_token}/beenden",
            "einstellungen", "hinweis",
        )
    },
    **{
        ("GET", f"/admin/{list_}"): Permission.READ
        for list_ in (
            "transaktionen", "transaktionen.csv", "transaktionen/{sale}", "provisionen", "provisionen.csv", "partner",
            "partner/{code}", "kunden", "kunden/{customer}", "ereignisse", "ereignisse/{event}", "aufgaben",
            "aufgaben/{task}", "suche", "zahlungsanbieter/stripe",
            "zahlungsanbieter/easybill",
        )
    },
    ("POST", "/admin/aufgaben/{task}"): Permission.READ,  # what the task itself needs is asked when it is known
    ("POST", "/admin/kunden/{customer}"): Permission.WRITE,
    ("GET", "/admin/ereignisse/{event}/vorschau"): Permission.WRITE,
    ("POST", "/admin/ereignisse/{event}/verarbeiten"): Permission.WRITE,
    ("POST", "/admin/ereignisse/vorschau"): Permission.WRITE,
    ("POST", "/admin/ereignisse/verarbeiten"): Permission.WRITE,
    ("GET", "/admin/zahlungsanbieter/quellen/{source}"): Permission.READ,
    ("POST", "/admin/zahlungsanbieter/quellen/{source}"): Permission.SETTINGS,
    ("POST", "/admin/zahlungsanbieter/quellen/{source}/entfernen"): Permission.SETTINGS,
    ("POST", "/admin/zahlungsanbieter/quellen/{source}/erzeugen"): Permission.SETTINGS,
    ("POST", "/admin/zahlungsanbieter/quellen/{source}/verwendung"): Permission.SETTINGS,
    ("POST", "/admin/zahlungsanbieter/easybill/schluessel"): Permission.SETTINGS,
    ("POST", "/admin/zahlungsanbieter/easybill/schluessel/entfernen"): Permission.SETTINGS,
    ("POST", "/admin/zahlungsanbieter/easybill/einstellungen"): Permission.SETTINGS,
    ("POST", "/admin/zahlungsanbieter/easybill/adresse"): Permission.SETTINGS,
    ("POST", "/admin/zahlungsanbieter/quellen/{source}/testen"): Permission.SETTINGS,
    ("POST", "/admin/transaktionen/{sale}/partner"): Permission.WRITE,
    ("POST", "/admin/transaktionen/{sale}/weiter"): Permission.WRITE,
    ("GET", "/admin/partner/neu"): Permission.WRITE,
    ("POST", "/admin/partner/neu"): Permission.WRITE,
    ("GET", "/admin/partner/{code}/bearbeiten"): Permission.WRITE,
    ("GET", "/admin/partner/{code}/bankverbindung"): Permission.BANK,
    ("POST", "/admin/partner/{code}/bankverbindung"): Permission.BANK,
    **{
        ("POST", f"/admin/partner/{{code}}/{act}"): Permission.WRITE
        for act in (
            "bearbeiten", "steuerstatus", "sitz", "vereinbarung", "anhalten", "fortsetzen", "zeile", "auszahlung",
            "link",
            "link/{link}/widerrufen", "gutschein", "gutschein/{coupon}/beenden",
        )
    },
}  # fmt: skip

_PLATFORM = {Permission.READ, Permission.AUDIT, Permission.TENANTS}


def pages() -> set[tuple[str, str]]:
    """All that the modules of api/pages serve."""
    modules = [import_module(found.name) for found in walk_packages(api.pages.__path__, "api.pages.")]
    routers = [module.router for module in modules if hasattr(module, "router")]
    return {
        (method, route.path)
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


def suffices(has: Set[Permission], needed: Permission | tuple[Permission, ...]) -> bool:
    """One of several is enough."""
    return needed in has if isinstance(needed, Permission) else not has.isdisjoint(needed)


def fill(path: str) -> str:
    """With ids that exist nowhere."""
    return re.sub(
        r"\{(\w+)(:\w+)?\}",
        lambda name: {"key": "aaaaaaaaaa", "token": "x", "name": "pages.css"}.get(name[1], str(uuid4())),
        path,
    )


async def knock(browser: Browser, method: str, path: str) -> int:
    filled = fill(path)
    answer = await (browser.get(filled) if method == "GET" else browser.post(filled))
    if answer.status_code == 303 and answer.headers["location"].startswith(("/login", "/second-factor")):
        return 401
    return answer.status_code


async def test_every_page_is_in_the_table(firm: Firm) -> None:
    assert pages() == ANYBODY | LOGGED_IN | NEEDS.keys()
    browser = firm.browser()
    for method, path in pages():
        assert await knock(browser, method, path) != 404 or "{token}" in path, path


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_opens_its_pages_and_no_others(firm: Firm, role: Role) -> None:
    browser = await firm.person(role)
    before = len(await firm.rows("SELECT 1 FROM audit_entries"))
    for (method, path), needed in NEEDS.items():
        allowed = suffices(permissions(role), needed)
        status = await knock(browser, method, path)
        assert (status != 403) is allowed, (method, path, status)
    if not any(suffices(permissions(role), needed) for needed in NEEDS.values()):
        assert len(await firm.rows("SELECT 1 FROM audit_entries")) == before


async def test_nobody_opens_nothing(firm: Firm) -> None:
    stranger = firm.browser()
    for method, path in NEEDS.keys() | LOGGED_IN:
        assert await knock(stranger, method, path) == 401, (method, path)


async def test_a_platform_admin_neither_approves_nor_sees_bank_data_nor_lets_anybody_in(firm: Firm) -> None:
    ops = await firm.platform_admin()
    entered = await ops.post("/admin/mandant", {"tenant": firm.tenant.slug})
    assert entered.status_code == 303
    assert "tenant.entered_by_platform" in await firm.actions()
    for (method, path), needed in NEEDS.items():
        assert (await knock(ops, method, path) != 403) is suffices(_PLATFORM, needed), (method, path)
    assert permissions(None, platform_admin=True) == _PLATFORM
    page = (await ops.get("/admin/konto")).text
    assert "Prüfpfad" in page
    assert "IBAN" not in page


async def test_a_tenant_one_does_not_belong_to_is_like_one_that_does_not_exist(firm: Firm, other_firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    answers = [
        await admin.post("/admin/mandant", {"tenant": slug}) for slug in (other_firm.tenant.slug, "gibt-es-nicht")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text
    assert "tenant.entered" not in await other_firm.actions()


async def test_a_member_of_two_tenants_chooses_and_has_the_role_of_each(firm: Firm, other_firm: Firm) -> None:
    browser = await firm.member(Role.ADMIN)
    await other_firm.member(Role.VIEWER, email=browser.email)
    await browser.log_in()
    await browser.enrol()
    assert (await browser.get("/admin")).headers["location"] == "/admin/mandant"
    await browser.post("/admin/mandant", {"tenant": other_firm.tenant.slug})
    assert (await browser.get("/admin/benutzer")).status_code == 403
    await browser.post("/admin/mandant", {"tenant": firm.tenant.slug})
    assert (await browser.get("/admin/benutzer")).status_code == 200


async def test_keys_of_a_role_are_cut_the_same_in_code_and_database(firm: Firm) -> None:
    for role in Role:
        (row,) = await firm.rows("SELECT scopes_of_role($1) AS scopes", role)
        assert frozenset(row["scopes"]) == scopes(role)
