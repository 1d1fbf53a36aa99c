"""Who may know whom: each contract of pyproject.toml is broken by an import that it forbids."""

import shutil
import subprocess
import sys
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.configuration import configure
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract

from tests.stack.single_files import FILES, ForbiddenWithFiles, LayersWithFiles

CHECKOUT = Path(__file__).resolve().parents[2]
configure()

WRONG: dict[str, list[tuple[str, str]]] = {
    "Imports point one way": [
        ("chaos.monkey", "bench.rig"),
        ("cli", "bench.rig"),
        ("commands.keys", "cli"),
        ("worker", "commands.keys"),
        ("api.app", "worker"),
        ("engine.announcing", "api.http.rows"),
        ("settings", "engine.connect"),
        ("workflows.payout", "settings"),
        ("activities.models", "workflows.messages"),
        ("ledger.tasks", "activities.models"),
        ("lexoffice.client", "ledger.money"),
        ("vies.client", "ledger.money"),
        ("words.formats", "logs"),
        ("logs", "settings"),
        ("bankstatements.reading", "ledger.money"),
        ("easybill.client", "ledger.money"),
        ("easybill.client", "lexoffice.wire"),
        ("httpcalls.exchange", "lexoffice.wire"),
    ],
    "The wings of the ledger stand on each other": [
        ("ledger.reports.today", "ledger.booking.invoices"),
        ("ledger.bank.bank_runs", "ledger.booking.outcome"),
        ("ledger.payouts.due", "ledger.bank.bank_runs"),
        ("ledger.commissions.earnings", "ledger.payouts.due"),
        ("ledger.commissions.earnings", "ledger.inbox.events"),
        ("ledger.sales.transactions", "ledger.commissions.earnings"),
        ("ledger.tax.tax_facts", "ledger.documents.intents"),
        ("ledger.programme.partners", "ledger.sales.customers"),
        ("ledger.access.users", "ledger.connections.connections"),
        ("ledger.mail.outbox", "ledger.access.users"),
        ("ledger.audit.audit", "ledger.mail.outbox"),
        ("ledger.tasks", "ledger.audit.audit"),
    ],
    "The rooms of activities stand on each other": [
        ("activities.sweep.sweeping", "activities.doctor.views"),
        ("activities.creation.searching", "activities.notifications.fetching"),
        ("activities.payouts.payouts", "activities.creation.creating"),
        ("activities.judging.evidence", "activities.payouts.payouts"),
        ("activities.books.registry", "activities.judging.evidence"),
        ("activities.gateway.oauth_access", "activities.judging.evidence"),
        ("activities.models", "activities.gateway.oauth_access"),
    ],
    "JSON API, pages and webhooks do not know each other": [
        ("api.pages.sales.customers", "api.v1.customers"),
        ("api.v1.customers", "api.pages.sales.customers"),
        ("api.webhooks.sources", "api.v1.customers"),
        ("api.actions.rechecks", "api.v1.customers"),
        ("api.http.rows", "api.actions.rechecks"),
    ],
    "Pages of one room do not know those of another": [
        ("api.pages.sales.customers", "api.pages.reports.search"),
        ("api.pages.words.bank_words", "api.pages.bank.bank_runs"),
        ("api.pages.frame.plots", "api.pages.words.bank_words"),
    ],
    "No circle anywhere": [
        ("ledger.payouts.payouts", "ledger.payouts.approval_rule"),
        ("workflows.messages", "workflows.payout"),
    ],
    "The worker has no doors of people and callers": [("worker", "api.v1.customers"), ("engine.connect", "api.app")],
    "cli.py only gathers commands": [("cli", "ledger.money")],
    "Settings know how a secret key is read, and nothing else": [("settings", "ledger.money")],
    "Workflows ask no outside system": [("workflows.payout", "lexoffice.client"), ("workflows.payout", "vies.client")],
    "The sandbox shares nothing with the client": [("sandbox.stack", "lexoffice.client")],
    "The sandbox's easybill shares nothing with its client": [("sandbox.easybill.app", "easybill.client")],
    "The sandbox's VIES shares nothing with its client": [("sandbox.vies.app", "vies.client")],
    "The sandbox knows of the product where its roles stand": [("sandbox.stack", "ledger.money")],
    "The product knows neither its sandbox nor who measures and breaks it": [
        ("api.app", "sandbox.stack"),
        ("worker", "chaos.monkey"),
        ("commands.keys", "bench.rig"),
    ],
    "Who reads statements of a bank knows nobody who asks": [
        ("bankstatements.reading", "lexoffice.wire"),
        ("bankstatements.mt940", "ledger.bank.bank_ids"),
    ],
    "The sandbox's bank shares nothing with the reader of statements": [
        ("sandbox.waiting", "bankstatements.values"),
    ],
    "The words know no code of ours": [("words.formats", "ledger.money"), ("words.formats", "cli")],
    "The ledger and the clients name codes and render none": [("ledger.tasks", "words.catalogue")],
}


CONFIGURATION = read_configuration(str(CHECKOUT / "pyproject.toml"))
SESSION: dict[str, Any] = CONFIGURATION["session_options"]
CONTRACTS: list[dict[str, Any]] = CONFIGURATION["contracts_options"]
KINDS = {
    kind.type_name: kind
    for kind in (
        AcyclicSiblingsContract,
        ForbiddenContract,
        ForbiddenWithFiles,
        IndependenceContract,
        LayersContract,
        LayersWithFiles,
    )
}


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*SESSION["root_packages"], cache_dir=None)


def kept(contract: dict[str, Any], importing: tuple[str, str] | None = None) -> bool:
    told = deepcopy(graph())
    made = KINDS[contract["type"]](contract["name"], SESSION, contract)
    if importing:
        importer, imported = importing
        for module in importing:
            assert module in told.modules or (CHECKOUT / f"{module}.py").exists(), f"{module} is not there"
            told.add_module(module)
        told.add_import(importer=importer, imported=imported, line_number=1, line_contents=f"import {imported}")
    return made.check(told, False).kept


def test_every_contract_is_tried() -> None:
    assert {contract["name"] for contract in CONTRACTS} == WRONG.keys()


@pytest.mark.parametrize(
    ("contract", "importing"),
    [
        pytest.param(contract, importing, id=f"{contract['name']}: {importing[0]} {importing[1]}")
        for contract in CONTRACTS
        for importing in WRONG.get(contract["name"], [])
    ],
)
def test_a_wrong_import_breaks_its_contract(contract: dict[str, Any], importing: tuple[str, str]) -> None:
    assert not kept(contract, importing)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["name"])
def test_the_house_as_it_is_keeps_every_contract(contract: dict[str, Any]) -> None:
    assert kept(contract)


def test_a_wrong_line_in_a_file_fails_the_check_that_script_lint_runs(tmp_path: Path) -> None:
    for name in (*SESSION["root_packages"], "tests/stack"):
        shutil.copytree(CHECKOUT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.png"))
    for name in (*(f"{name}.py" for name in FILES), "pyproject.toml", "tests/__init__.py"):
        shutil.copy(CHECKOUT / name, tmp_path / name)
    for name, line in (
        ("worker.py", "import api.v1.customers"),
        ("ledger/payouts/due.py", "import ledger.bank.bank_runs"),
    ):
        with (tmp_path / name).open("a") as file:
            file.write(f"\n{line}\n")
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    told = subprocess.run([*command, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    broken = {line.removesuffix(" BROKEN") for line in told.stdout.splitlines() if line.endswith(" BROKEN")}
    assert told.returncode == 1, told.stdout + told.stderr
    assert broken == {
        "The wings of the ledger stand on each other",
        "The worker has no doors of people and callers",
        "No circle anywhere",
    }
