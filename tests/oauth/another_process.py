"""`python -m tests.oauth.another_process TENANT_ID SLUG TIMES`: a worker's door, in a process of its own.

Says "ready", waits for a line, asks lexoffice for the profile TIMES times at once, and prints what came of it.
"""

import asyncio
import json
import sys
from uuid import UUID

from activities.gateway.lexoffice_gateway import LexofficeDoor
from api.actions.authorization import oauth_access
from ledger.database import Ledger
from ledger.types import Tenant, TenantId
from settings import Settings


async def main(tenant: Tenant, times: int) -> None:
    settings = Settings.from_environment()
    ledger = await Ledger.open(settings.database_url.get_secret_value(), most_connections=4)
    door = LexofficeDoor(
        ledger,
        settings.vault(),
        base_url=settings.lexoffice_base_url,
        pace_per_second=0,
        oauth=oauth_access(settings, ledger),
    )

    async def ask() -> str:
        try:
            async with door.reading(tenant) as lexoffice:
                return str((await lexoffice.profile()).organization_id)
        except Exception as error:
            return type(error).__name__

    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps(await asyncio.gather(*(ask() for _ in range(times)))), flush=True)
    await door.close()
    await ledger.close()


if __name__ == "__main__":
    asyncio.run(main(Tenant(id=TenantId(UUID(sys.argv[1])), slug=sys.argv[2]), int(sys.argv[3])))
