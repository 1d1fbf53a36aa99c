"""docker-compose.yml is a compose file, keeps the house rules, and says the same as the stack of script/dev."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from sandbox.temporal_server import API_QUEUE, DYNAMIC_CONFIG, RETENTION, SEARCH_ATTRIBUTES

CHECKOUT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads(Path(__file__).with_name("compose-spec.json").read_text())
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<rest>[^}]*)\}")
SECRET_NAME = re.compile(r"PASSWORD|PASSWD|PWD|SECRET|TOKEN|API_KEY", re.IGNORECASE)

Compose = dict[str, Any]


@pytest.fixture(scope="module")
def compose() -> Compose:
    loaded: Compose = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
    return loaded


@pytest.fixture(scope="module")
def services(compose: Compose) -> dict[str, dict[str, Any]]:
    return dict(compose["services"])


def jobs(services: dict[str, dict[str, Any]]) -> set[str]:
    """Services that run to their end, because others wait for that."""
    return {
        name
        for service in services.values()
        for name, needed in service.get("depends_on", {}).items()
        if needed["condition"] == "service_completed_successfully"
    }


def environments(services: dict[str, dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [
        (service, name, value)
        for service, described in services.items()
        for name, value in described.get("environment", {}).items()
    ]


def test_the_file_keeps_to_the_compose_specification(compose: Compose) -> None:
    jsonschema.validate(compose, SCHEMA)


def test_the_specification_would_refuse_a_misspelt_word(compose: Compose) -> None:
    broken = json.loads(json.dumps(compose))
    broken["services"]["api"]["helthcheck"] = broken["services"]["api"].pop("healthcheck")
    with pytest.raises(jsonschema.ValidationError, match="helthcheck"):
        jsonschema.validate(broken, SCHEMA)


def test_every_part_of_the_product_is_there(services: dict[str, dict[str, Any]]) -> None:
    assert {"postgres", "temporal", "temporal-ui", "migrate", "api", "worker", "lexoffice", "vies", "bank"} <= set(
        services
    )
    sandboxes = {name for name, service in services.items() if service.get("profiles") == ["sandbox"]}
    assert sandboxes == {"lexoffice", "vies", "bank"}
    assert all("profiles" not in service for name, service in services.items() if name not in sandboxes)


def test_nothing_listens_beyond_this_machine(services: dict[str, dict[str, Any]]) -> None:
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []
    assert "ports" not in services["postgres"]


def test_every_image_is_of_one_version(services: dict[str, dict[str, Any]]) -> None:
    images = {service["image"] for service in services.values()}
    images |= set(re.findall(r"^FROM (\S+)", (CHECKOUT / "Dockerfile").read_text(), re.MULTILINE))
    assert [image for image in images if not re.search(r":\d+\.\d+(\.\d+)?(-|$)", image)] == []


def test_server_and_schema_tool_are_of_the_same_version(services: dict[str, dict[str, Any]]) -> None:
    versions = {services[name]["image"].split(":")[1] for name in ("temporal", "temporal-schema", "temporal-namespace")}
    assert len(versions) == 1


def test_what_serves_is_watched_and_what_is_waited_for_can_be_waited_for(services: dict[str, dict[str, Any]]) -> None:
    serving = set(services) - jobs(services)
    assert {name for name in serving if "healthcheck" not in services[name]} == set()
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in services, f"{name} waits for {needed}, which does not exist"
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[needed], f"{name} waits for the health of {needed}"


def test_jobs_are_tried_again_and_services_stay_up(services: dict[str, dict[str, Any]]) -> None:
    one_shot = jobs(services)
    for name, service in services.items():
        assert service["restart"] == ("on-failure:5" if name in one_shot else "unless-stopped"), name


def test_no_secret_stands_in_the_file(services: dict[str, dict[str, Any]]) -> None:
    for service, name, value in environments(services):
        if SECRET_NAME.search(name):
            assert VARIABLE.fullmatch(value), f"{service}: {name} has a value of its own"
        # What is left of an address once the variables are taken out.
        assert not re.search(r"://[^/@:]*:[^/@]+@", VARIABLE.sub("", value)), f"{service}: {name} holds a password"


def test_what_is_secret_is_demanded_and_never_has_a_default(services: dict[str, dict[str, Any]]) -> None:
    variables = {m["name"]: m["rest"] for _, _, value in environments(services) for m in VARIABLE.finditer(value)}
    assert {
        name for name, rest in variables.items() if SECRET_NAME.search(name) and rest[:2] not in (":?", ":-")
    } == set()
    # Optional ones are empty without a value; there is no password that everybody has.
    assert {name: rest for name, rest in variables.items() if rest.startswith(":-") and rest != ":-"} == {}


def test_the_example_names_every_variable_and_gives_none_a_value(services: dict[str, dict[str, Any]]) -> None:
    used = {m["name"] for _, _, value in environments(services) for m in VARIABLE.finditer(value)}
    lines = (CHECKOUT / "deploy/example.env").read_text().splitlines()
    named = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(named) == used
    assert set(named.values()) == {""}


def test_only_the_migration_may_change_the_schema(services: dict[str, dict[str, Any]]) -> None:
    owners = {service for service, name, _ in environments(services) if name == "PARTNERDESK_OWNER_DATABASE_URL"}
    assert owners == {"migrate"}
    for service, name, value in environments(services):
        assert name != "PARTNERDESK_DATABASE_URL" or "//partnerdesk_app:" in value, service


def test_our_image_runs_without_rights(services: dict[str, dict[str, Any]]) -> None:
    for name in ("migrate", "api", "worker", "lexoffice", "vies", "bank"):
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["read_only"] is True
    last_stage = (CHECKOUT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER \d+$", last_stage, re.MULTILINE)
    assert "requirements.lock" not in last_stage


def test_our_image_holds_compiled_code() -> None:
    """It cannot write any, and without it each start of a workflow would compile the workflow's module."""
    installs = re.findall(r"uv pip install[^&\n]*", (CHECKOUT / "Dockerfile").read_text())
    assert len(installs) == 2
    assert all("--compile-bytecode" in install for install in installs)


def test_every_file_that_is_mounted_exists_and_is_read_only(services: dict[str, dict[str, Any]]) -> None:
    mounted = [volume for service in services.values() for volume in service.get("volumes", []) if volume[0] == "."]
    assert mounted
    for volume in mounted:
        source, _, mode = volume.split(":")
        assert (CHECKOUT / source).is_file(), source
        assert mode == "ro", source


def test_the_engine_is_configured_as_in_script_dev() -> None:
    settings = yaml.safe_load((CHECKOUT / "deploy/temporal/dynamicconfig.yaml").read_text())
    assert {name: json.dumps(values[0]["value"]) for name, values in settings.items()} == DYNAMIC_CONFIG
    constrained = {
        v["constraints"]["taskQueueName"] for values in settings.values() for v in values if "constraints" in v
    }
    assert constrained == {API_QUEUE}
    script = (CHECKOUT / "deploy/temporal/setup-namespace.sh").read_text()
    assert f"for attribute in {' '.join(SEARCH_ATTRIBUTES)}; do" in script
    assert f"--retention {RETENTION}" in script
    assert f"--task-queue {API_QUEUE} " in script


def test_the_engine_has_512_shards_and_a_ui_that_only_shows(services: dict[str, dict[str, Any]]) -> None:
    assert services["temporal"]["environment"]["NUM_HISTORY_SHARDS"] == "512"
    assert services["temporal-ui"]["environment"]["TEMPORAL_DISABLE_WRITE_ACTIONS"] == "true"


@pytest.mark.parametrize("script", sorted((CHECKOUT / "deploy").rglob("*.sh")), ids=lambda script: str(script.name))
def test_the_scripts_are_understood_by_a_plain_shell(script: Path) -> None:
    subprocess.run(["sh", "-n", script], check=True)
