"""Who speaks to the engine speaks alike: one plugin carries converter, interceptors and what activities tell."""

import ast
from pathlib import Path

from cryptography.fernet import Fernet
from temporalio.client import Client
from temporalio.worker import Replayer, Worker

from activities.failures import ExplainFailures
from engine.payloads import EncryptedPayloads
from engine.plugin import plugin
from sandbox.temporal_server import TemporalAddresses
from workflows.registered import WORKFLOWS

CHECKOUT = Path(__file__).resolve().parents[2]
BARE = {"bench/bare_engine.py", "bench/bare_worker.py"}
"""What the engine costs without the product has nothing of the product."""


async def test_a_worker_has_from_its_client_what_activities_tell_and_only_once(temporal: TemporalAddresses) -> None:
    client = await Client.connect(
        temporal.address, namespace=temporal.namespace, plugins=[plugin(Fernet.generate_key().decode())]
    )
    assert isinstance(client.data_converter.payload_codec, EncryptedPayloads)
    made = Worker(client, task_queue="any", workflows=WORKFLOWS)
    kinds = [type(interceptor) for interceptor in made.config(active_config=True).get("interceptors", ())]
    assert kinds == [ExplainFailures]


def test_a_replayer_reads_what_the_client_wrote() -> None:
    config = Replayer(workflows=WORKFLOWS, plugins=[plugin(Fernet.generate_key().decode())]).config(active_config=True)
    assert isinstance(config["data_converter"].payload_codec, EncryptedPayloads)


def test_whoever_connects_or_replays_has_the_plugin() -> None:
    folders = ("engine", "api", "commands", "bench", "chaos")
    files = [CHECKOUT / "worker.py", *(file for folder in folders for file in (CHECKOUT / folder).rglob("*.py"))]
    without = [
        f"{file.relative_to(CHECKOUT)}:{call.lineno}"
        for file in files
        if str(file.relative_to(CHECKOUT)) not in BARE
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in ("Client.connect", "Replayer")
        and "plugins" not in {keyword.arg for keyword in call.keywords}
    ]
    assert without == []
