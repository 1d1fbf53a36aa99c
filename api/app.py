"""The application: what its doors need is opened when it starts and closed when it stops."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from socket import socket

import structlog
from fastapi import FastAPI

import traces
from api import codec_server, health
from api.actions.authorization import oauth_access
from api.http import docs_page, problems
from api.http.background import repeating
from api.http.described import describe
from api.http.edge import Edge, Hosts, Limits, Records, Uploads
from api.http.figures import Figures
from api.http.metrics import Metrics
from api.http.parts import Parts
from api.http.quota import AGREED_EVERY_S, Quota
from api.http.recognition import Recognition
from api.http.request_log import WRITTEN_EVERY_S, RequestLog
from api.http.signing_key import SigningKey
from api.operator_doors import doors_for_operators, serve_doors
from api.pages import routes as pages
from api.pages.frame.visits import PATHS_OF_FILES
from api.pages.settings import lexoffice_oauth
from api.v1 import routes as v1
from api.v1 import told_events
from api.v1.once import AnsweredBefore, answer_again
from api.webhooks import easybill, lexoffice, sources
from engine import connect
from engine.announcer import Announcer
from engine.outside import surroundings
from httpcalls.transports import shared_transport
from ledger.access import api_quota
from ledger.access.api_keys import recognise_api_key
from ledger.connections.webhook_tokens import recognise_webhook_token
from ledger.database import Ledger
from ledger.migrations.needed import needed_schema
from settings import Settings
from workflows.messages import Pace

log = structlog.get_logger("api")

PATHS_OF_UPLOADS = ("/api/v1/bank-statements", "/api/v1/imports", *PATHS_OF_FILES)
_PATHS_OF_MANY_ROWS = (
    "/api/v1/bank-runs",
    "/api/v1/bank-statements",
    "/api/v1/imports",
    *PATHS_OF_FILES,
    "/api/v1/reports/",
    "/admin/zahlungslaeufe",
    "/admin/berichte",
)
_MANY_ROWS_S = 60.0
"""A file of 10,000 payments is written and checked, a year of sales is read, a bundle is packed."""
_PATHS_OF_WHOLE_FILES = ("/uebernehmen", "/take-over", "/bankverbindungen", "/bank-details/confirm")
_WHOLE_FILE_S = 300.0
"""2,000 partners with account and tax status in one transaction: some 40 statements each."""
# Read a thousand rows at a time, each in a transaction of its own: a long one holds nobody up.
_WHOLE_LIST_S = 900.0
# Of each of these thousand: a busy database may not answer within the second that a page has, and the status of a file
# that has begun cannot be changed any more.
_SOME_ROWS_S = 30.0
_FILES_AT_ONCE = 2
# Doors that ask lexoffice itself while the caller waits.
_PATHS_THAT_ASK_LEXOFFICE = ("/api/v1/providers/", "/admin/zahlungsanbieter/", "/oauth/lexoffice/")
_ASKING_LEXOFFICE_S = 15.0

_DESCRIPTION = """
Provisionen von Partnern als Auszahlungen mit Gutschriften in lexoffice.

**Anmelden:** `X-API-Key: pdk_…` (`partnerdesk api-key create`). Rechte: `read` liest, `write` ändert, `approve`
entscheidet über Auszahlungen, `bank` hält Bankverbindungen fest und bestätigt sie. `approve` und `write` schließen sich
aus; ein Schlüssel gilt höchstens 12 Monate.

**Wiederholen:** Jeder POST nimmt `Idempotency-Key`. Derselbe Schlüssel mit demselben Inhalt liefert die gespeicherte
Antwort, mit anderem Inhalt 422.

**Blättern:** Listen haben `limit` und `cursor`; `next_cursor` der Antwort führt zur nächsten Seite. `updated_since`
lässt, was seither neu ist oder sich geändert hat.

**Was die API nicht kennt, lehnt sie ab:** ein Bestandteil des Inhalts oder ein Parameter, der hier nicht beschrieben
ist, wird mit 422 beantwortet, mit `extra_forbidden` und der Stelle in `fields`.

**Fehler** sind `application/problem+json`; `code` bleibt gleich, `reason` und `params` sagen es genauer, `title` und
`detail` sind für Menschen: deutsch oder englisch nach `Accept-Language`.

**Geld** ist in ganzen Cent (EUR).
"""


def create_app(settings: Settings, *, operators_at: socket | None = None) -> FastAPI:
    """`operators_at`: where the doors for operators are served while the application runs."""
    metrics = Metrics()
    requests = RequestLog(metrics.requests_unlogged.inc)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _opened(settings, metrics, requests) as app.state.parts, _for_operators(app, operators_at):
            log.info("started")
            yield
        log.info("stopped")

    app = FastAPI(
        title="PartnerDesk Payouts",
        version="1",
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # ours needs no script from another host
        openapi_url=None,
        redoc_url=None,
        webhooks=told_events.described(),
        redirect_slashes=False,  # it would lead to whatever host the caller names, and turn https into http
    )
    problems.register(app)
    app.add_exception_handler(AnsweredBefore, answer_again)
    # First what comes most often: routes are tried in this order. Each as it was made: `include_router` would analyse
    # it anew, and once more with the first request, 0.7 s in all.
    for router in (
        lexoffice.router,
        sources.router,
        easybill.router,
        *v1.ROUTERS,
        health.router,
        docs_page.router,
        *pages.ROUTERS,
        lexoffice_oauth.router,
        *((codec_server.router,) if settings.codec_server else ()),
    ):
        app.router.routes.extend(router.routes)
    describe(app)
    app.add_middleware(
        Edge,
        records=Records(metrics, requests),
        limits=Limits(
            settings.body_bytes,
            settings.request_seconds,
            lambda path: _seconds(path, settings),
            uploads=Uploads(PATHS_OF_UPLOADS, settings.upload_bytes),
        ),
        https=settings.https,
        hosts=Hosts(settings.public_host, settings.hosts),
        trusted_proxies=settings.trusted_proxies,
    )
    if traces.is_on():
        from api.http.traced import Traced

        app.add_middleware(Traced)
    return app


@asynccontextmanager
async def _for_operators(app: FastAPI, listening: socket | None) -> AsyncIterator[None]:
    if listening is None:
        yield
        return
    parts: Parts = app.state.parts
    doors = doors_for_operators(
        ready=lambda: health.readiness(parts.ledger, parts.engine, parts.needed_schema),
        figures=parts.figures.shown,
        more=docs_page.for_operators(app),
    )
    async with serve_doors(doors, parts.settings, listening):
        yield


@asynccontextmanager
async def _opened(settings: Settings, metrics: Metrics, requests: RequestLog) -> AsyncIterator[Parts]:
    vault = settings.vault()
    # Nothing is tried here: an API that starts while a part is away answers 503 and says so at /readyz.
    ledger = await Ledger.open(
        settings.database_url.get_secret_value(),
        least_connections=0,
        most_connections=settings.database_connections,
        acquire_timeout=settings.acquire_seconds,
        statement_timeout=settings.statement_seconds,
    )
    files = await Ledger.open(
        settings.database_url.get_secret_value(),
        least_connections=0,
        most_connections=_FILES_AT_ONCE,
        acquire_timeout=_SOME_ROWS_S,
        statement_timeout=_SOME_ROWS_S,
    )
    client = await connect.open_client(lazy=True, shows_metrics=True)
    announcer = Announcer(
        client,
        ledger,
        Pace(quiet=settings.quiet_seconds, look_again=settings.look_again_seconds),
        count_failed=lambda kind: metrics.announcements_failed.labels(kind).inc(),
        sweep_every=timedelta(seconds=settings.sweep_every_seconds),
        around=surroundings(settings),
    )
    transport = shared_transport()
    oauth = oauth_access(settings, ledger)
    quota = None
    if settings.requests_a_minute:
        quota = Quota(settings.requests_a_minute, lambda minute, made: api_quota.add(ledger, minute, made))
    parts = Parts(
        settings=settings,
        ledger=ledger,
        files=files,
        vault=vault,
        engine=client,
        announcer=announcer,
        metrics=metrics,
        figures=Figures(metrics, ledger, client, kept_seconds=settings.figures_seconds),
        api_keys=Recognition(vault, lambda presented: recognise_api_key(ledger, vault, presented)),
        webhook_tokens=Recognition(vault, lambda presented: recognise_webhook_token(ledger, vault, presented)),
        quota=quota,
        signing_key=SigningKey(settings.lexoffice_public_key_url, settings.lexoffice_public_key_file),
        transport=transport,
        oauth=oauth,
        needed_schema=needed_schema(),
    )
    async with AsyncExitStack() as beside:
        await beside.enter_async_context(repeating(lambda: requests.write(ledger), every_s=WRITTEN_EVERY_S))
        if quota is not None:
            await beside.enter_async_context(repeating(quota.agree, every_s=AGREED_EVERY_S))
        yield parts
    # Requests have ended by now; what they announced is written down before the pool goes.
    await announcer.close()
    await oauth.close()
    await transport.aclose()
    await files.close()
    await ledger.close()


def _seconds(path: str, settings: Settings) -> float:
    """How long a request may take in all."""
    if path.endswith(".csv"):
        return _WHOLE_LIST_S
    if path.startswith(("/admin/uebernahme/", "/api/v1/imports/")) and path.endswith(_PATHS_OF_WHOLE_FILES):
        return _WHOLE_FILE_S
    if path.startswith(_PATHS_OF_MANY_ROWS):
        return _MANY_ROWS_S
    return _ASKING_LEXOFFICE_S if path.startswith(_PATHS_THAT_ASK_LEXOFFICE) else settings.request_seconds
