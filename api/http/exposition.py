"""Figures as Prometheus reads them: with exemplars for whoever takes OpenMetrics, else as plain text."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from prometheus_client import REGISTRY, CollectorRegistry, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector


class Exposition(NamedTuple):
    """The body of an answer, and its content type."""

    body: bytes
    media_type: str


class _Together(Collector):
    def __init__(self, registries: Iterable[CollectorRegistry]) -> None:
        self._registries = tuple(registries)

    def collect(self) -> Iterator[Metric]:
        for registry in self._registries:
            yield from registry.collect()


def exposition(accept: str, *of_an_application: CollectorRegistry) -> Exposition:
    """What this process counts, and what `of_an_application` is its own. `accept`: the header of who asks."""
    try:
        encode, media_type = choose_encoder(accept)
    except (ValueError, TypeError):  # a version that is none
        encode, media_type = choose_encoder("")
    return Exposition(encode(_Together((*of_an_application, REGISTRY))), media_type)
