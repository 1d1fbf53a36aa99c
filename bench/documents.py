"""Rendering documents of our own: CPU for each, documents a second, and whether memory stays flat over many."""

import argparse
import asyncio
import os
import time
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.figures import aim, percentile
from bench.machine import resident_mib
from bench.rig import say
from ledger.documents.own import issuing
from ledger.documents.own.content import OwnDocument, OwnDocumentKind, OwnLine, OwnParty
from ledger.vat import Vat, VatCategory

ABOUT = "documents of our own: XML, gate and PDF, as the worker renders them, and memory over many"
_AT_ONCE = 2
_LOOKS = 10
_WARM = 20

_REVERSE = Vat(
    category=VatCategory.REVERSE_CHARGE,
    rate=Decimal(0),
    reason="Steuerschuldnerschaft des Leistungsempfängers (reverse charge)",
    reason_english="Reverse charge: VAT is owed by the recipient of the service",
    code="VATEX-EU-AE",
)
_REGULAR = Vat(category=VatCategory.STANDARD, rate=Decimal("19.00"))


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--documents", type=int, default=10_000, help="rendered one after the other for the memory")


async def run(options: argparse.Namespace, state: Path) -> Mapping[str, Any]:
    """The figures. Needs no server: a document is a pure function of its content."""
    del state
    many = 300 if options.quick else options.documents
    for place in range(_WARM):
        _render(place, 5)
    by_lines = {str(lines): _cpu(lines, 5 if options.quick else 40) for lines in (1, 10, 50, 250)}
    say(f"Rendering {many} documents …")
    rate, cpu, memory = await _many(many)
    grown = memory[-1] - memory[len(memory) // 5]
    return {
        "cpu_ms_by_lines": by_lines,
        "documents": many,
        "documents_per_second": round(rate, 1),
        "cpu_ms_each": round(cpu, 1),
        "resident_mib": [round(one) for one in memory],
        "aims": [
            aim("CPU of a document of 10 lines, ms (median)", by_lines["10"]["median"], at_most=150),
            aim("memory grown after the first fifth, MiB", grown, at_most=20),
        ],
    }


def _cpu(lines: int, times: int) -> dict[str, float]:
    spent = []
    for place in range(times):
        begun = time.process_time()
        _render(place, lines)
        spent.append((time.process_time() - begun) * 1000)
    return {"median": round(percentile(spent, 50), 1), "p95": round(percentile(spent, 95), 1)}


async def _many(wanted: int) -> tuple[float, float, list[float]]:
    """Documents a second, CPU ms each, and resident memory as it goes: in threads, two at once, as in the worker."""
    memory = [resident_mib(os.getpid())]
    begun, cpu = time.perf_counter(), time.process_time()
    done = 0
    while done < wanted:
        until = min(wanted, done + max(wanted // _LOOKS, 1))
        for first in range(done, until, _AT_ONCE):
            places = range(first, min(first + _AT_ONCE, until))
            await asyncio.gather(*(asyncio.to_thread(_render, place, 1 + place % 20) for place in places))
        done = until
        memory.append(resident_mib(os.getpid()))
        say(f"{done} documents, {memory[-1]:.0f} MiB")
    return wanted / (time.perf_counter() - begun), (time.process_time() - cpu) * 1000 / wanted, memory


def _render(place: int, lines: int) -> None:
    issuing.render(_document(place, lines), must_be_e_invoice=True)


def _document(place: int, lines: int) -> OwnDocument:
    """Every third partner is abroad; each has another name, so that nothing is remembered from the one before."""
    abroad = place % 3 == 0
    seller = OwnParty(
        name=f"Öhlinger & Söhne {place}", street=f"Ring {place}", zip="1010", city="Wien",
        country_code="AT" if abroad else "DE", code=f"P{place}", vat_id="ATU13585627" if abroad else "DE129273398",
    )  # fmt: skip
    return OwnDocument(
        kind=OwnDocumentKind.SELF_BILLED,
        number=f"GU-2026-{place + 1:05}",
        issued_on=date(2026, 11, 2),
        period_from=date(2026, 10, 1),
        period_to=date(2026, 10, 31),
        seller=seller,
        buyer=OwnParty(
            name="Muster GmbH", street="Allee 2", zip="10115", city="Berlin", country_code="DE", vat_id="DE136695976"
        ),
        lines=tuple(
            OwnLine(text=f"Vermittlungsprovision {line}", note=f"Rechnung RE-{place}-{line}", net_cents=100 + line)
            for line in range(lines)
        ),
        vat=_REVERSE if abroad else _REGULAR,
        payout_number=f"PO-2026-{place + 1:04}",
        agreement="2026-01",
        sentences=("Gutschrift gemäß § 14 Abs. 2 Satz 5 UStG",),
        sentences_english=("Self-billing invoice according to § 14 (2) sentence 5 UStG",) if abroad else (),
        payment_terms="Der Betrag wird überwiesen, sobald dieser Beleg zugegangen ist.",
    )
