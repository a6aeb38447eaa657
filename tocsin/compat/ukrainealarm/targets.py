"""Where a webhook may lead: to public addresses, and to those that the settings allow.

A name says nothing of where it leads, and may lead elsewhere the next time: what counts is the address that a
connection is made to, and each is looked at right before it is made.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from tocsin import limits

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as seen through a translator (RFC 6052)."""


class Refused(Exception):
    """Nothing is delivered there; says why."""


class Unresolved(Refused):
    """The name leads nowhere, for now at least."""


def public(address: Address) -> bool:
    """Whether it is an address on the open internet, and so is the one that it stands for, where it stands for one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return public(address.ipv4_mapped)
        if address in NAT64:
            return public(IPv4Address(int(address) & 0xFFFFFFFF))
        if any(one is not None and not public(one) for one in (address.sixtofour, *(address.teredo or ()))):
            return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_loopback
        and not address.is_link_local
        and not address.is_unspecified
    )


class Targets(AbstractResolver):
    """Resolves the names of webhooks, for their check and for their connections alike."""

    def __init__(self, allowed: Sequence[Network] = ()) -> None:
        self.allowed = tuple(allowed)
        """Networks that are no public ones and may be delivered to all the same."""

    def allows(self, address: Address) -> bool:
        plain = address.ipv4_mapped if isinstance(address, IPv6Address) and address.ipv4_mapped else address
        return public(address) or any(plain.version == net.version and plain in net for net in self.allowed)

    def parse(self, text: str | None) -> URL:
        """The URL, if its form is one to deliver to. Errors: `Refused`."""
        if not text:
            raise Refused("The webHookUrl field is required.")
        if len(text) > limits.WEBHOOK_URL_CHARS:
            raise Refused(f"A URL has at most {limits.WEBHOOK_URL_CHARS} characters.")
        try:
            url = URL(text.strip())
            port = url.port
        except ValueError as error:
            raise Refused(f"This is no URL: {error}") from error
        if url.scheme not in ("http", "https") or not url.host or not port:
            raise Refused("A webhook is an absolute http or https URL.")
        if url.user is not None or url.password is not None:
            raise Refused("A webhook's URL names no user.")
        self.require(url)
        return url.with_fragment(None)

    def require(self, url: URL) -> None:
        """Refuse a URL that names an address, and one that may not be delivered to. Errors: `Refused`.

        Whoever connects does not ask for an address to be resolved, so this is asked before each delivery.
        """
        try:
            address = ip_address(str(url.host).partition("%")[0])
        except ValueError:
            return
        self._require(address)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """All addresses of a name, each of which may be delivered to. Errors: `Refused`."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(limits.WEBHOOK_RESOLVE_S):
                found = await self.look_up(loop, host, port, family)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise Unresolved(f"{host} cannot be resolved: {error}") from error
        results = []
        for one_family, address in found:
            self._require(ip_address(address.partition("%")[0]))
            results.append(
                ResolveResult(
                    hostname=host,
                    host=address,
                    port=port,
                    family=one_family,
                    proto=socket.IPPROTO_TCP,
                    flags=int(socket.AI_NUMERICHOST | socket.AI_NUMERICSERV),
                )
            )
        if not results:
            raise Unresolved(f"{host} has no address")
        return results

    async def look_up(
        self, loop: asyncio.AbstractEventLoop, host: str, port: int, family: socket.AddressFamily
    ) -> list[tuple[int, str]]:
        """Family and address of each, as the system knows them."""
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        return [(one_family, str(address[0])) for one_family, _, _, _, address in found]

    async def close(self) -> None:
        """There is nothing to close."""

    def _require(self, address: Address) -> None:
        if not self.allows(address):
            raise Refused(f"{address} is not on the public internet.")


def networks(text: str) -> tuple[Network, ...]:
    """Networks or single addresses, with commas between them. Errors: `ValueError`."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
