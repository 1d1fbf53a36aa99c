"""What script/cluster runs is what docker-compose.yml runs."""

from pathlib import Path

import yaml

from sandbox.engine_programs import SERVER_VERSION, UI_VERSION

CHECKOUT = Path(__file__).resolve().parents[2]


def test_server_schema_tool_and_ui_are_of_the_versions_of_the_containers() -> None:
    services = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]
    # A digest may follow the version.
    images = {
        name: services[name]["image"].partition("@")[0] for name in ("temporal", "temporal-schema", "temporal-ui")
    }
    assert images == {
        "temporal": f"temporalio/server:{SERVER_VERSION}",
        "temporal-schema": f"temporalio/admin-tools:{SERVER_VERSION}",
        "temporal-ui": f"temporalio/ui:{UI_VERSION}",
    }
