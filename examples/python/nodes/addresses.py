"""Addresses of peers, as they are judged: docs/protocol.md, section 10.3."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def plain(text: str) -> IPv4Address | IPv6Address:
    """An IPv4 address inside IPv6 is the IPv4 address that it holds."""
    address = ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(4096)
def source_of(text: str) -> str:
    """An IPv4 address or an IPv6 /64."""
    return _network(text, 32, 64)


@lru_cache(4096)
def block_of(text: str) -> str:
    """An IPv4 /24 or an IPv6 /48."""
    return _network(text, 24, 48)


def _network(text: str, v4: int, v6: int) -> str:
    address = plain(text)
    return str(ip_network((address, v4 if address.version == 4 else v6), strict=False))
