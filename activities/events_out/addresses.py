"""Where an endpoint's name leads, and whether that is anywhere in the public internet.

A tenant names the address, and we call it from inside our network: nothing there may be reached by it. A name is
resolved once, all that it leads to is checked, and the connection goes to what was checked, so that a name which leads
elsewhere a moment later changes nothing.
"""

import asyncio
import ipaddress
import socket
from concurrent.futures import Executor
from typing import Final

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


async def resolve(host: str, port: int, *, threads: Executor, loopback: bool = False) -> str:
    """The address to connect to. Raises AddressRefused where any of those that the name has is not public.

    `threads`: where the resolver waits. `loopback`: 127.0.0.0/8 and ::1 may be called, for development and tests.
    """
    try:
        found = await asyncio.get_running_loop().run_in_executor(
            threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
    except (OSError, UnicodeError):
        raise AddressRefused("name_not_resolved") from None
    addresses = [str(entry[4][0]) for entry in found]
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
