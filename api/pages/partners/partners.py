"""Admin → Partner: the list, and of each who it is, what it is owed, and where it stands in the sponsor tree."""

from datetime import UTC, datetime, time
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response
from pydantic import SecretStr

from api.actions.rechecks import announce_rechecks
from api.http.language import said
from api.pages.frame.actor_names import names
from api.pages.frame.languages import N_, _
from api.pages.frame.list_filters import PAGE_LENGTH, Asked, campaign_choices
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.frame.words import STATES
from api.pages.partners import partner_forms
from api.pages.words import claim_words, country_words, vat_words
from api.pages.words.task_words import of_kind
from ledger import clock, tasks
from ledger.bank import partner_accounts
from ledger.database import TenantTransaction
from ledger.payouts import claims, partner_balance, rechecks
from ledger.payouts.claims import ClaimFilter
from ledger.programme import campaigns, coupons, partner_links, partner_list, partners
from ledger.programme.partner_list import PartnerFilter
from ledger.programme.partners import Partner
from ledger.refusals import AlreadyExists, NotAcceptable, NotAllowedNow, NotFound, Refused
from ledger.roles import Permission
from ledger.tasks import Task
from ledger.tax import seat_decisions, tax_statuses, vat_checks, vat_proofs
from ledger.types import BERLIN, CampaignId, TaxStatus

PAGE = "/admin/partner"
_MOST_QUESTIONS = 20
_MOST_CLAIMS = 20
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]
Writer = Annotated[Visit, may(Permission.WRITE, page=PAGE)]
Code = Annotated[str, Path(max_length=40)]

TAX_STATUSES = {
    TaxStatus.REGULAR: N_("Regelbesteuert"),
    TaxStatus.SMALL_BUSINESS: N_("Kleinunternehmer (§ 19 UStG)"),
    TaxStatus.PRIVATE: N_("Privatperson"),
    TaxStatus.EU_BUSINESS: N_("Unternehmen in der EU"),
    TaxStatus.THIRD_COUNTRY: N_("Unternehmen im Drittland"),
    TaxStatus.SMALL_BUSINESS_EU: N_("Kleinunternehmer aus einem anderen EU-Staat (EX-Nummer)"),
}
_MOST_CHECKS = 10
HINTS = {
    "angelegt": N_("Der Partner ist angelegt."),
    "gespeichert": N_("Gespeichert."),
    "steuer": N_("Der Steuerstatus ist festgehalten."),
    "vereinbarung": N_("Die Vereinbarung ist festgehalten."),
    "vies": N_("Die Nummer wird bei VIES geprüft."),
    "nachweis": N_("Der Nachweis ist festgehalten."),
    "bank": N_("Die Bankverbindung ist festgehalten. Sie gilt, sobald eine zweite Person sie bestätigt hat."),
    "angehalten": N_("Die Auszahlungen an diesen Partner sind angehalten."),
    "fortgesetzt": N_("Die Auszahlungen an diesen Partner gehen weiter."),
    "zeile": N_("Die Zeile ist geschrieben. Sie zählt, sobald eine zweite Person sie bestätigt hat."),
    "widerrufen": N_("Der Link ist widerrufen."),
    "gutschein": N_("Der Gutscheincode ist geändert; er gilt für Verkäufe von jetzt an."),
}


@router.get(PAGE)
async def partners_page(visit: Reader) -> Response:
    asked = Asked(visit, PAGE, "status", "sponsor", "name", "angehalten")
    status = asked.text("status")
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        sponsor = await asked.partner(tx, "sponsor")
        found, following = (
            ([], None)
            if asked.wrong
            else await partner_list.list_partners(
                tx,
                PartnerFilter(
                    status="active" if status == "active" else "inactive" if status == "inactive" else None,
                    sponsor_id=sponsor,
                    stopped=bool(asked.text("angehalten")),
                    name=asked.text("name"),
                ),
                after=asked.cursor or None,
                limit=PAGE_LENGTH,
            )
        )
    return visit.page(
        "partners.html",
        asked=asked,
        partners=found,
        first=asked.first,
        following=asked.following(following),
        states=[(state, _(word)) for state, (word, _tone) in STATES["partner"].items()],
        tax_statuses=TAX_STATUSES,
        may_write=visit.person.may(Permission.WRITE),
        may_bank=visit.person.may(Permission.BANK),
    )


@router.get(f"{PAGE}/neu")
async def new_page(visit: Writer) -> Response:
    return await _form(visit, None, {"country_code": "DE", "status": "active"})


@router.post(f"{PAGE}/neu")
async def create(visit: Writer) -> Response:
    try:
        new = partner_forms.new_partner(visit.form)
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            made = await partners.create(tx, new, by=visit.person.actor)
    except (NotAcceptable, AlreadyExists) as refused:
        return await _form(visit, None, dict(visit.form), wrong=refused)
    return RedirectResponse(f"{PAGE}/{made.code}?hinweis=angelegt", status_code=303)


@router.get(PAGE + "/{code}")
async def partner_page(code: Code, visit: Reader) -> Response:
    return await shown(visit, code, hint=visit.request.query_params.get("hinweis", ""))


@router.get(PAGE + "/{code}/bearbeiten")
async def edit_page(code: Code, visit: Writer) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        partner = await of_code(tx, code)
    return await _form(visit, partner, partner_forms.typed_of(partner))


@router.post(PAGE + "/{code}/bearbeiten")
async def edit(code: Code, visit: Writer) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        partner = await of_code(tx, code)
    try:
        change = partner_forms.partner_change(visit.form)
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await partners.change(tx, partner.id, change, by=visit.person.actor)
            touched = await rechecks.want_for_partner(tx, partner.id)
    except (NotAcceptable, AlreadyExists) as refused:
        return await _form(visit, partner, {"code": partner.code, **visit.form}, wrong=refused)
    await announce_rechecks(visit.doors, visit.tenant, touched)
    return go(partner, "gespeichert")


@router.post(PAGE + "/{code}/steuerstatus")
async def record_tax_status(code: Code, visit: Writer) -> Response:
    try:
        new = partner_forms.tax_status(visit.form)
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            partner = await of_code(tx, code)
            await tax_statuses.record_tax_status(tx, partner.id, new, by=visit.person.actor)
            touched = await rechecks.want_for_partner(tx, partner.id)
    except NotAcceptable as refused:
        return await shown(visit, code, wrong=refused, where="steuer")
    await announce_rechecks(visit.doors, visit.tenant, touched)
    return go(partner, "steuer")


@router.post(PAGE + "/{code}/sitz")
async def decide_seat(code: Code, visit: Writer) -> Response:
    """From where the partner renders its services, where address and VAT number disagree."""
    try:
        new = partner_forms.seat_decision(visit.form)
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            partner = await of_code(tx, code)
            await seat_decisions.decide_seat(tx, partner.id, new, by=visit.person.actor)
            touched = await rechecks.want_for_partner(tx, partner.id)
    except (NotAcceptable, NotAllowedNow) as refused:
        return await shown(visit, code, wrong=refused, where="sitz")
    await announce_rechecks(visit.doors, visit.tenant, touched)
    return go(partner, "gespeichert")


@router.post(PAGE + "/{code}/vereinbarung")
async def accept_agreement(code: Code, visit: Writer) -> Response:
    """The agreement on self-billing, § 14 Abs. 2 Satz 5 UStG."""
    try:
        version, day = partner_forms.agreement(visit.form)
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            partner = await of_code(tx, code)
            await partners.accept_agreement(
                tx,
                partner.id,
                version=version,
                accepted_at=datetime.combine(day, time(), BERLIN),
                by=visit.person.actor,
            )
            touched = await rechecks.want_for_partner(tx, partner.id)
    except NotAcceptable as refused:
        return await shown(visit, code, wrong=refused, where="vereinbarung")
    await announce_rechecks(visit.doors, visit.tenant, touched)
    return go(partner, "vereinbarung")


async def of_code(tx: TenantTransaction, code: str) -> Partner:
    found = await partners.find_by_code(tx, code)
    if found is None:
        raise NotFound("partner_not_found")
    return found


def go(partner: Partner, hint: str) -> Response:
    return RedirectResponse(f"{PAGE}/{partner.code}?hinweis={hint}", status_code=303)


async def shown(
    visit: Visit,
    code: str,
    *,
    hint: str = "",
    wrong: Refused | None = None,
    where: str = "",
    link: SecretStr | None = None,
) -> Response:
    """A partner's page. `where` names the form that was refused: it keeps what was typed; `link` is shown once."""
    tenant, person = visit.tenant, visit.person
    async with visit.doors.ledger.transaction(tenant, person=person.user_id) as tx:
        partner = await of_code(tx, code)
        below, more_below = await partner_list.below(tx, partner.id)
        context = {
            "balance": await partner_balance.of_partner(tx, partner.id),
            "tax_records": await tax_statuses.tax_statuses(tx, partner.id),
            "tax_now": await tax_statuses.tax_status_on(tx, partner.id, clock.today()),
            "seat_question": await seat_decisions.find_question(tx, partner.id),
            "seat_decisions": await seat_decisions.list_seat_decisions(tx, partner.id),
            "vat_proof": await vat_proofs.of_partner(tx, partner.id),
            "vat_checks": (await vat_checks.list_of_partner(tx, partner.id))[:_MOST_CHECKS],
            "account": await partner_accounts.bank_details_of(tx, partner.id),
            "pending_account": await partner_accounts.pending_of(tx, partner.id),
            "above": await partner_list.above(tx, partner.id),
            "below": below,
            "more_below": more_below,
            "payouts": await partner_list.payouts_of(tx, partner.id),
            "claims": (await claims.list_claims(tx, ClaimFilter(partner_id=partner.id), limit=_MOST_CLAIMS))[0],
            "stop": await partner_list.stop_of(tx, partner.id),
            "links": await partner_links.list_links(tx, partner.id),
            "coupons": await coupons.list_of_partner(tx, partner.id),
            "name_of": await names(tx),
            "campaign": await _campaign(tx, partner.campaign_id),
            "questions": await _questions(tx, partner),
        }
    return visit.page(
        "partner.html",
        status=422 if wrong else 200,
        wrong=wrong and said(wrong),
        where=where,
        typed=visit.form if wrong else {},
        message=HINTS.get(hint),
        partner=partner,
        link=f"{visit.doors.settings.public_url}/p/{link.get_secret_value()}" if link else None,
        now=datetime.now(UTC),
        today=clock.today(),
        tax_statuses=TAX_STATUSES,
        countries=country_words.choices(),
        vat_words=vat_words,
        claim_words=claim_words,
        asks_vies=visit.doors.settings.vies_base_url is not None,
        may_write=person.may(Permission.WRITE),
        may_see_bank=person.may(Permission.SEE_BANK),
        may_bank=person.may(Permission.BANK),
        may_confirm_bank=person.may(Permission.CONFIRM_BANK),
        may_settings=person.may(Permission.SETTINGS),
        of_kind=of_kind,
        **context,
    )


async def _questions(tx: TenantTransaction, partner: Partner) -> list[Task]:
    """By the id; the release before 1.0 asked one by the code."""
    return [
        question
        for named in (str(partner.id), partner.code)
        for question in await tasks.list_open_about(tx, subject="partner", subject_id=named, at_most=_MOST_QUESTIONS)
    ]


async def _campaign(tx: TenantTransaction, wanted: CampaignId | None) -> campaigns.Campaign | None:
    return None if wanted is None else await campaigns.get(tx, wanted)


async def _form(
    visit: Visit, partner: Partner | None, typed: dict[str, str], *, wrong: Refused | None = None
) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        choices = await campaign_choices(tx)
    return visit.page(
        "partner_form.html",
        status=422 if wrong else 200,
        wrong=wrong and said(wrong),
        partner=partner,
        typed=typed,
        campaigns=choices,
        countries=country_words.choices(),
    )
