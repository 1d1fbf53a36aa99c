"""What somebody who wants to contribute finds at the top of the checkout, and whether it works."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
HOOKS = CHECKOUT / ".pre-commit-config.yaml"
PROJECT: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]


def _hooks() -> list[dict[str, Any]]:
    return [hook for repo in yaml.safe_load(HOOKS.read_text())["repos"] for hook in repo["hooks"]]


def test_pre_commit_takes_its_configuration() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", str(HOOKS)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_hooks_need_nothing_but_the_projects_own_environment() -> None:
    assert {repo["repo"] for repo in yaml.safe_load(HOOKS.read_text())["repos"]} == {"local"}
    for hook in _hooks():
        command = hook["entry"].split()[0]
        assert command.startswith(".venv/bin/"), hook["id"]
        assert (CHECKOUT / command).exists(), hook["id"]
        assert hook["language"] == "unsupported", hook["id"]
        assert not hook.get("additional_dependencies"), hook["id"]


def test_hooks_look_at_what_script_lint_looks_at() -> None:
    lint = re.findall(r'^"\$VENV/bin/([\w-]+)" ?(\w*)', (CHECKOUT / "script/lint").read_text(), re.MULTILINE)
    hooks = re.findall(r"\.venv/bin/([\w-]+) ?(\w*)", "\n".join(hook["entry"] for hook in _hooks()))

    def looks(commands: list[tuple[str, str]]) -> set[str]:
        return {f"ruff {argument}" if name == "ruff" else name for name, argument in commands}

    assert looks(hooks) == looks(lint)


def test_the_licence_is_apache_2_and_packages_carry_it() -> None:
    text = (CHECKOUT / "LICENSE").read_text()
    assert re.search(r"Apache License\s+Version 2\.0, January 2004", text)
    assert "END OF TERMS AND CONDITIONS" in text
    assert PROJECT["license"] == "Apache-2.0"
    for pattern in PROJECT["license-files"]:
        assert list(CHECKOUT.glob(pattern)), pattern


def test_package_change_log_and_image_name_one_version() -> None:
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", (CHECKOUT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == PROJECT["version"]
    compose = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
    assert compose["x-product"]["image"] == f"partnerdesk-payouts:{PROJECT['version']}"
