"""Puts the parts of the sandbox together and serves them."""

from __future__ import annotations

import sys
from pathlib import Path

import uvloop

from sandbox import serving

from .app import Application
from .delivery import Courier
from .office import Defaults, Office, Reach
from .signature import Signer
from .store import Store


def serve(
    folder: Path,
    *,
    host: str,
    port: int,
    key_bits: int,
    time_scale: float,
    defaults: Defaults,
    reach: Reach,
    access_token_seconds: int,
    desk_url: str = "",
) -> None:
    store = Store(folder)
    signer = Signer(folder, key_bits)
    listener = serving.listen(host, port)

    async def run() -> None:
        office = Office(
            store, signer, Courier(store, signer, time_scale), defaults, reach, access_token_seconds, desk_url
        )
        await serving.serve(Application(office), listener)

    uvloop.run(run())
    sys.stdout.flush()
