"""What is the same for everybody who speaks to the engine: client, worker, replayer, benches and chaos.

Whoever has it reads and writes payloads alike, and its activities tell log and metrics how they ended. A worker gets it
from its client.
"""

from temporalio.plugin import SimplePlugin

from activities.failures import ExplainFailures
from engine.payloads import data_converter


def plugin(payload_key: str | None = None) -> SimplePlugin:
    """`payload_key`: as PARTNERDESK_PAYLOAD_KEY has it; None encrypts nothing. Raises UnusablePayloadKey."""
    return SimplePlugin("partnerdesk", data_converter=data_converter(payload_key), interceptors=[ExplainFailures()])
