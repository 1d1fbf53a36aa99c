"""Each setting is documented, and one that an operator may have to change can be set for the containers, too."""

from pathlib import Path

import pytest
import yaml
from pydantic_settings import BaseSettings

from settings import BackupSettings, OwnerSettings, Settings

CHECKOUT = Path(__file__).resolve().parents[2]
FOR_SCRIPT_DEV = {
    "PARTNERDESK_EVENTS_OUT_LOOPBACK",
    "PARTNERDESK_MAIL_FOLDER",
    "PARTNERDESK_OPERATORS_DOORS",
    "PARTNERDESK_TRUST_ENGINE_SIGNALS",
}
LEFT_AS_THEY_ARE = {
    "PARTNERDESK_BUILD_ID",
    "PARTNERDESK_DEPLOYMENT_NAME",
    "PARTNERDESK_QUEUES",
    "LEXOFFICE_PUBLIC_KEY_FILE",
    "PARTNERDESK_ACQUIRE_SECONDS",
    "PARTNERDESK_BODY_BYTES",
    "PARTNERDESK_CONNECTIONS",
    "PARTNERDESK_HEADER_BYTES",
    "PARTNERDESK_HEADER_SECONDS",
    "PARTNERDESK_CERTAIN_SECONDS",
    "PARTNERDESK_CREATE_SECONDS",
    "PARTNERDESK_DATABASE_CONNECTIONS",
    "PARTNERDESK_ENGINE_SECONDS",
    "PARTNERDESK_ENGINE_SLOW_SECONDS",
    "PARTNERDESK_ENGINE_PAUSE_SECONDS",
    "PARTNERDESK_EVENTS_OUT_OFF_SECONDS",
    "PARTNERDESK_EVENTS_OUT_WAITS_SECONDS",
    "PARTNERDESK_EVENTS_OUT_WARN_SECONDS",
    "PARTNERDESK_FIGURES_SECONDS",
    "PARTNERDESK_HANDOVER_AFTER_SECONDS",
    "PARTNERDESK_HANDOVER_EVERY_SECONDS",
    "PARTNERDESK_KEEP_ALIVE_SECONDS",
    "PARTNERDESK_LOG_FORMAT",
    "PARTNERDESK_LOG_LEVEL",
    "PARTNERDESK_LOOK_AGAIN_SECONDS",
    "PARTNERDESK_MAIL_BUNDLE_SECONDS",
    "PARTNERDESK_QUIET_SECONDS",
    "PARTNERDESK_REQUEST_SECONDS",
    "PARTNERDESK_STATEMENT_SECONDS",
    "PARTNERDESK_SWEEP_EVERY_SECONDS",
    "PARTNERDESK_SWEEP_OPEN_EVERY_SECONDS",
    "PARTNERDESK_UNCLEAR_OUTCOME_SECONDS",
    "PARTNERDESK_UNPROVEN_AN_HOUR",
    "PARTNERDESK_UPLOAD_BYTES",
}
"""Times and bounds whose defaults fit a machine with containers; who needs others writes an override file."""


def variables(*of: type[BaseSettings]) -> set[str]:
    return {
        field.validation_alias if isinstance(field.validation_alias, str) else f"PARTNERDESK_{name.upper()}"
        for settings in of
        for name, field in settings.model_fields.items()
    }


@pytest.mark.parametrize("variable", sorted(variables(Settings, OwnerSettings, BackupSettings)))
def test_each_setting_is_explained(variable: str) -> None:
    assert f"`{variable}`" in (CHECKOUT / "docs/connecting.md").read_text()


def test_what_an_operator_may_have_to_set_reaches_the_containers() -> None:
    services = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]
    example = (CHECKOUT / "deploy/example.env").read_text()
    in_containers = {name for name in services["worker"]["environment"] if name in services["api"]["environment"]}
    in_containers |= set(services["migrate"]["environment"])
    assert variables(Settings, OwnerSettings) - in_containers == FOR_SCRIPT_DEV | LEFT_AS_THEY_ARE
    for name in (
        "PARTNERDESK_RECOVERY",
        "PARTNERDESK_TRUSTED_PROXIES",
        "PARTNERDESK_LEXOFFICE_PACE",
        "PARTNERDESK_STATEMENT_FOLDER",
    ):
        assert f"\n{name}=" in example
