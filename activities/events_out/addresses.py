"""Where an endpoint's name leads, and whether that is anywhere in the public internet.

A tenant names the address, and we call it from inside our network: nothing there may be reached by it. A name is
resolved once, all that it leads to is checked, and the connection goes to what was checked, so that a name which leads
elsewhere a moment later changes nothing.
"""

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Final

NAMES_AT_ONCE: Final = 128
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_TRANSLATED: Final = (
    ipaddress.ip_network("64:ff9b::/96"),  # RFC 6052, to IPv4
    ipaddress.ip_network("64:ff9b:1::/48"),  # RFC 8215
    ipaddress.ip_network("2002::/16"),  # RFC 3056, 6to4
    ipaddress.ip_network("2001::/32"),  # RFC 4380, Teredo
    ipaddress.ip_network("::/96"),  # RFC 4291, IPv4-compatible
)
"""IPv6 that a gateway may turn into any IPv4 address."""
_PASSES_AS_PUBLIC: Final = (
    ipaddress.ip_network("168.63.129.16/32"),  # Azure's own
    ipaddress.ip_network("192.0.0.0/24"),  # RFC 6890; 192.0.0.192 tells of machines at Oracle
    ipaddress.ip_network("192.88.99.0/24"),  # RFC 7526, gateways from 6to4
    ipaddress.ip_network("3fff::/20"),  # RFC 9637, documentation
)
"""What `is_global` of Python 3.11 lets through."""


class AddressRefused(Exception):
    """The endpoint's name leads to where we call nobody, or to nothing. `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Names:
    """Looks names up, each in one thread at a time: who asks for a name that is being asked for waits for that answer.

    A name whose servers do not answer holds its thread for as long as the resolver is patient, longer than a call
    lasts. So it holds one, however often it is called meanwhile, and NAMES_AT_ONCE names would have to do so at once
    before another one waits for them.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(NAMES_AT_ONCE, thread_name_prefix="endpoint-names")
        self._asked: dict[str, asyncio.Future[list[str]]] = {}

    def close(self) -> None:
        """Give the threads back; nobody waits for a resolver."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def addresses_of(self, host: str) -> list[str]:
        """All that the name leads to. Raises what the resolver raises (OSError, UnicodeError)."""
        asked = self._asked.get(host)
        if asked is None:
            asked = asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host)
            self._asked[host] = asked
            asked.add_done_callback(lambda answered: self._forget(host, answered))
        return await asyncio.shield(asked)  # whoever gives up leaves it to the others

    def _forget(self, host: str, answered: "asyncio.Future[list[str]]") -> None:
        del self._asked[host]
        if not answered.cancelled():
            answered.exception()  # seen, also where nobody waits any more


def _look_up(host: str) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


async def resolve(host: str, *, names: Names, loopback: bool = False) -> str:
    """The address to connect to. Raises AddressRefused where any of those that the name has is not public.

    `loopback`: 127.0.0.0/8 and ::1 may be called, for development and tests.
    """
    try:
        addresses = await names.addresses_of(host)
    except (OSError, UnicodeError):
        raise AddressRefused("name_not_resolved") from None
    if not addresses:
        raise AddressRefused("name_not_resolved")
    if not all(_may_be_called(address, loopback=loopback) for address in addresses):
        raise AddressRefused("address_not_public")
    return addresses[0]


def _may_be_called(text: str, *, loopback: bool) -> bool:
    try:
        address = ipaddress.ip_address(text)  # a scope (fe80::1%eth0) is link-local, whatever it names
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return loopback
    return _is_public(address)


def _is_public(address: _Address) -> bool:
    if any(address.version == net.version and address in net for net in (*_TRANSLATED, *_PASSES_AS_PUBLIC)):
        return False
    site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or site_local)
