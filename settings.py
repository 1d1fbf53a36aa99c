"""What the environment decides. Each setting is one variable; a missing or malformed one is named in the error.

Temporal's own variables (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TLS) are not repeated here: whoever
connects to the engine reads them with `temporalio.envconfig`.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ledger.vault import UnusablePayloadKey, UnusableSecretKey, Vault, payload_keys

LEXOFFICE_API = "https://api.lexware.io"
EASYBILL_API = "https://api.easybill.de"
LEXOFFICE_APP = "https://app.lexware.de"
LEXOFFICE_PUBLIC_KEY = "https://developers.lexware.io/webhookSignature/public/public_key.pub"


class UnusableSettings(Exception):
    """A variable is missing or malformed. The text names each of them and quotes no value: it may be a secret."""


def _http_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
        raise ValueError("must be an address such as https://partner.example.com")
    return text.rstrip("/")


def _database_address(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql://")
    return secret


def _secret_key(secret: SecretStr) -> SecretStr:
    try:
        Vault.from_setting(secret.get_secret_value())
    except UnusableSecretKey:
        raise ValueError("must be Fernet keys, separated by commas; `partnerdesk secrets new-key` makes one") from None
    return secret


def _mail_address(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+", text):
        raise ValueError("must be a mail address such as partnerdesk@example.com")
    return text


def _payload_key(secret: SecretStr) -> SecretStr:
    try:
        payload_keys(secret.get_secret_value())
    except UnusablePayloadKey:
        raise ValueError("must be Fernet keys, separated by commas; `plain` may stand in place of the first") from None
    return secret


def _unless_off(word: str | None) -> str | None:
    return None if word is None or word.lower() in ("0", "false", "no", "off") else word


def _comma_separated(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


HttpAddress = Annotated[str, AfterValidator(_http_address)]
DatabaseAddress = Annotated[SecretStr, AfterValidator(_database_address)]
HostName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,253}$|^[0-9A-Fa-f:.]{2,45}$", to_lower=True)]
"""Without port."""
Seconds = Annotated[float, Field(ge=0, le=86_400 * 30)]


class _Environment(BaseSettings):
    # An empty variable is as good as none: compose files pass empty ones for what is not set.
    model_config = SettingsConfigDict(
        env_prefix="PARTNERDESK_", env_ignore_empty=True, frozen=True, extra="ignore", populate_by_name=True
    )

    @classmethod
    def from_environment(cls, **told: Any) -> Self:
        """The settings of this process's environment; what is `told`, and not None, counts before it.

        Raises UnusableSettings.
        """
        try:
            return cls(**{name: value for name, value in told.items() if value is not None})
        except ValidationError as error:
            raise UnusableSettings("\n".join(cls._complaints(error))) from None

    @classmethod
    def _complaints(cls, error: ValidationError) -> list[str]:
        complaints = []
        for fault in error.errors(include_input=False, include_url=False, include_context=False):
            member = str(fault["loc"][0]) if fault["loc"] else "?"
            field = cls.model_fields.get(member)
            alias = field.validation_alias if field is not None else member
            variable = alias if isinstance(alias, str) else f"PARTNERDESK_{member.upper()}"
            what = "is not set" if fault["type"] == "missing" else fault["msg"].removeprefix("Value error, ")
            complaints.append(f"{variable}: {what}")
        return complaints


class OwnerSettings(_Environment):
    """What `partnerdesk migrate` needs, and nothing else has."""

    owner_database_url: DatabaseAddress
    handover_every_seconds: Annotated[float, Field(ge=1, le=3600)] = 10.0
    """How often the hand-over runs (engine.md); a schedule of the engine, set by migrate."""
    sweep_every_seconds: Annotated[float, Field(ge=1, le=86_400)] = 900.0
    """As in Settings."""


class BackupSettings(_Environment):
    """What `partnerdesk backup` needs, and nothing else has."""

    backup_database_url: DatabaseAddress
    """As a superuser: row-level security hides all rows from the owner too."""
    postgres_tools: Path | None = None
    """The folder of pg_dump and pg_restore, of the server's version or newer; else they are looked for on PATH."""
    secret_key: Annotated[SecretStr, AfterValidator(_secret_key)] | None = None
    """As in Settings: whether it opens what a backup holds."""

    @property
    def address(self) -> str:
        return self.backup_database_url.get_secret_value()

    def vault(self) -> Vault | None:
        return None if self.secret_key is None else Vault.from_setting(self.secret_key.get_secret_value())


class EngineSettings(_Environment):
    """What a client of the engine needs beyond Temporal's own variables."""

    payload_key: Annotated[SecretStr, AfterValidator(_payload_key)] | None = None
    """Fernet keys, separated by commas: what enters a history is encrypted under the first, all decrypt."""
    engine_seconds: Annotated[float, Field(gt=0, le=60)] = 2.0
    """For one announcement or question, while somebody waits (engine.md)."""
    engine_slow_seconds: Annotated[float, Field(gt=0, le=60)] = 0.3
    """A call that takes longer is slow: after one that was given up, or five slow ones in a row, nobody waits for the
    engine for engine_pause_seconds, and then until one quick answer."""
    engine_pause_seconds: Annotated[float, Field(gt=0, le=600)] = 5.0
    engine_metrics: Annotated[
        str | None, StringConstraints(pattern=r"^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\]):\d{1,5}$")
    ] = None
    """HOST:PORT at which API and worker show the figures of Temporal's SDK; on one machine each needs its own."""
    deployment_name: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")] = None
    """Of the workers, where the engine routes workflows by version; with `build_id`. Without them it does not."""
    build_id: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")] = None
    """Which version of the code a worker runs: another one for each that is deployed."""

    @model_validator(mode="after")
    def _require_build_with_deployment(self) -> Self:
        if self.build_id is not None and self.deployment_name is None:
            raise ValueError("PARTNERDESK_DEPLOYMENT_NAME is needed with PARTNERDESK_BUILD_ID")
        return self


class Settings(EngineSettings):
    """What API, worker and commands need. Times are in seconds."""

    database_url: DatabaseAddress
    """As the role partnerdesk_app (ledger/roles.sql)."""
    secret_key: Annotated[SecretStr, AfterValidator(_secret_key)]
    """One Fernet key, or several separated by commas: the first encrypts, all decrypt."""
    public_url: HttpAddress = "http://127.0.0.1:8000"
    """Where the outside reaches us. A host {slug}.<this host> belongs to that tenant."""
    hosts: Annotated[tuple[HostName, ...], NoDecode, BeforeValidator(_comma_separated)] = ()
    """Further names under which the API is reached, besides that of `public_url`, its tenants' and this machine's."""
    operators_doors: bool = False
    """/metrics, /docs and what is missing at /readyz are shown at the API's own port, to anybody. For `script/dev`, or
    behind a proxy that lets nobody else in; elsewhere they have a port of their own (`--health-port`)."""
    trust_engine_signals: bool = False
    """A signal from the Temporal UI or CLI counts as a decision by its sender. For `script/dev` only."""

    temporal_ui_url: HttpAddress | None = None
    """Where operators see the engine's own pages; without it no page links to them."""
    codec_server: bool = False
    """Open encrypted payloads for operators who look at them there (api/codec_server.py)."""

    lexoffice_base_url: Annotated[HttpAddress, Field(validation_alias="LEXOFFICE_BASE_URL")] = LEXOFFICE_API
    lexoffice_app_url: Annotated[HttpAddress, Field(validation_alias="LEXOFFICE_APP_URL")] = LEXOFFICE_APP
    lexoffice_public_key_url: Annotated[HttpAddress, Field(validation_alias="LEXOFFICE_PUBLIC_KEY_URL")] = (
        LEXOFFICE_PUBLIC_KEY
    )
    lexoffice_public_key_file: Annotated[Path | None, Field(validation_alias="LEXOFFICE_PUBLIC_KEY_FILE")] = None
    easybill_base_url: Annotated[HttpAddress, Field(validation_alias="EASYBILL_BASE_URL")] = EASYBILL_API
    easybill_pace: Annotated[float | None, Field(ge=0, le=100)] = None
    """Requests per second and account, instead of what its plan allows; 0 is without limit, for a sandbox."""
    vies_base_url: Annotated[HttpAddress | None, Field(validation_alias="VIES_BASE_URL")] = None
    """The EU's register of VAT ids, https://ec.europa.eu/taxation_customs/vies/rest-api. Without it none is asked for:
    what is wanted waits, and whoever approves reads it there (docs/deployment.md)."""
    vies_pace: Annotated[float, Field(gt=0, le=10)] = 0.5
    """Questions a second to VIES, over all tenants and workers."""
    lexoffice_oauth_client_id: Annotated[str | None, Field(validation_alias="LEXOFFICE_OAUTH_CLIENT_ID")] = None
    lexoffice_oauth_client_secret: Annotated[
        SecretStr | None, Field(validation_alias="LEXOFFICE_OAUTH_CLIENT_SECRET")
    ] = None
    lexoffice_pace: Annotated[float, Field(ge=0, le=100)] = 1.9
    """Requests per second and organisation; lexoffice allows 2. 0 is without limit, for a sandbox without one."""
    lexoffice_vouchers_count: bool = True
    """Whether vouchers count towards the 18 created documents a minute: lexoffice's limit names outgoing ones only."""

    quiet_seconds: Seconds = 1.5
    """One click in lexoffice sends two or three notifications: fetch after this much silence."""
    look_again_seconds: Annotated[tuple[Seconds, ...], NoDecode, BeforeValidator(_comma_separated)] = (10.0, 120.0)
    """lexoffice lags: a fetch that does not show what was announced is repeated after these times."""
    create_seconds: Annotated[float, Field(gt=0, le=35)] = 35.0
    """How long a request that creates a document may take; lexoffice's gateway gives up after 30."""
    certain_seconds: Annotated[float, Field(gt=0, le=3600)] = 45.0
    """How long after sending such a request nothing of it can still be carried out: an intent's deadline."""
    unclear_outcome_seconds: Seconds = 900.0
    """How long after an intent's deadline its document may first be created again (rules.md, States)."""
    handover_after_seconds: Seconds = 10.0
    """How old what was not announced to the engine must be before the hand-over announces it (engine.md)."""

    sweep_every_seconds: Annotated[float, Field(ge=1, le=86_400)] = 900.0
    """How often each tenant's documents are compared with lexoffice; a schedule of the engine per tenant."""
    sweep_open_every_seconds: Seconds = 3600.0
    """How often a sweep also looks at all open documents, and after the event subscriptions."""
    unproven_an_hour: Annotated[int, Field(ge=0, le=100_000)] = 600
    """How many documents that the ledger does not know are fetched an hour and tenant because of notifications; what
    comes after them waits for the sweep. 0 is without a bound."""
    recovery: Annotated[str | None, Field(max_length=100), AfterValidator(_unless_off)] = None
    """Set after a restore from backup: nothing is created at lexoffice until `partnerdesk doctor` has compared the
    numbers under this very word. Use a new one for each recovery, such as the day."""

    request_seconds: Annotated[float, Field(gt=0, le=60)] = 4.0
    """In all, for one request; lexoffice gives up after 5 s. Requests that ask lexoffice itself get longer."""
    acquire_seconds: Annotated[float, Field(gt=0, le=60)] = 1.0
    statement_seconds: Annotated[float, Field(gt=0, le=60)] = 1.0
    database_connections: Annotated[int, Field(ge=1, le=500)] = 10
    """Most connections of one process; the API opens two more for files of whole lists."""
    keep_alive_seconds: Annotated[int, Field(ge=1, le=3600)] = 75
    """How long a connection without a request stays open: longer than a proxy before us keeps it (60 s are usual), or
    that one sends a request into a connection that is just being closed."""
    connections: Annotated[int, Field(ge=10, le=100_000)] = 512
    """Most connections of one process at once. One more ends the one that asks nothing and has waited longest."""
    header_bytes: Annotated[int, Field(ge=4096, le=1_000_000)] = 32_000
    """Request line and headers together."""
    header_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    """From the first byte of a request, or from a new connection, until its headers are complete."""
    body_bytes: Annotated[int, Field(ge=1024)] = 1_000_000
    upload_bytes: Annotated[int, Field(ge=1024, le=100_000_000)] = 48_000_000
    """Of a request that brings statements of the bank; two of these are read at a time."""
    requests_a_minute: Annotated[int, Field(ge=0, le=1_000_000)] = 1200
    """Of one API key, over all processes; more are answered with 429. 0 is without a bound."""
    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = 0
    """How many of our own proxies append to X-Forwarded-For. With 0 the header is not believed."""

    smtp_host: Annotated[str | None, Field(max_length=253)] = None
    """The server that takes our mail. Without one, and without `mail_folder`, no mail is sent."""
    smtp_port: Annotated[int, Field(ge=1, le=65_535)] = 587
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """starttls (587) and tls (465) check the server's certificate; none is for a server on the same machine."""
    mail_sender: Annotated[str | None, AfterValidator(_mail_address)] = None
    """Whom mails are from, such as partnerdesk@example.com. Needed with `smtp_host`."""
    statement_folder: Path | None = None
    """Where EBICS clients drop statements of the bank, in a folder for each tenant; of the worker."""
    mail_folder: Path | None = None
    """Write mails into this folder as .eml files instead of sending them. For `script/dev`."""
    mail_bundle_seconds: Seconds = 300.0
    """How long a new approval or task waits for others, so that several are one mail."""

    events_out_loopback: bool = False
    """Let endpoints of events out lie on this machine, by plain HTTP as well. For development and tests only."""
    events_out_waits_seconds: Annotated[tuple[Seconds, ...], NoDecode, BeforeValidator(_comma_separated)] = (
        *(5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0),
    )
    """Until an event that an endpoint did not take is tried again, each a fifth more or less; the last one for ever."""
    events_out_warn_seconds: Seconds = 345_600.0
    """After an endpoint took nothing for so long admins get a mail."""
    events_out_off_seconds: Seconds = 432_000.0
    """And after so long it is switched off; what is due is kept."""

    figures_seconds: Annotated[float, Field(ge=0, le=60)] = 5.0
    """How long /metrics shows what the ledger told, before it asks anew."""
    queues: Annotated[
        tuple[Literal["payouts", "lexoffice", "easybill", "mail", "events-out", "vies"], ...],
        NoDecode,
        BeforeValidator(_comma_separated),
    ] = ()
    """The task queues that a worker takes from; without a word all of them."""

    log_format: Literal["json", "console"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _require_certain_after_answer(self) -> Self:
        if self.certain_seconds <= self.create_seconds:
            raise ValueError("PARTNERDESK_CERTAIN_SECONDS must be more than PARTNERDESK_CREATE_SECONDS")
        return self

    @model_validator(mode="after")
    def _require_answer_after_engine(self) -> Self:
        if self.request_seconds <= self.engine_seconds:
            raise ValueError("PARTNERDESK_REQUEST_SECONDS must be more than PARTNERDESK_ENGINE_SECONDS")
        return self

    @model_validator(mode="after")
    def _require_sendable_mail(self) -> Self:
        if self.smtp_host and not self.mail_sender:
            raise ValueError("PARTNERDESK_MAIL_SENDER is needed with PARTNERDESK_SMTP_HOST")
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError("PARTNERDESK_SMTP_USER and PARTNERDESK_SMTP_PASSWORD are set together")
        if self.smtp_security == "none" and self.smtp_user:
            raise ValueError("PARTNERDESK_SMTP_SECURITY=none would send the password readable to anybody between")
        return self

    @model_validator(mode="after")
    def _require_something_to_open(self) -> Self:
        if self.codec_server and (self.temporal_ui_url is None or self.payload_key is None):
            raise ValueError("PARTNERDESK_CODEC_SERVER needs PARTNERDESK_TEMPORAL_UI_URL and PARTNERDESK_PAYLOAD_KEY")
        return self

    @property
    def sends_mail(self) -> bool:
        return self.mail_folder is not None or self.smtp_host is not None

    @property
    def unclear_outcome(self) -> timedelta:
        return timedelta(seconds=self.unclear_outcome_seconds)

    @property
    def unproven_bound(self) -> int | None:
        return self.unproven_an_hour or None

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """Lower case, without port."""
        return urlsplit(self.public_url).hostname or ""

    def vault(self) -> Vault:
        return Vault.from_setting(self.secret_key.get_secret_value())
