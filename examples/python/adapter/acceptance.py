"""What of the client data may take effect at the client: docs/protocol.md, section 11."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, ip_network
from typing import Any

from adapter.datagrams import BROADCAST, RESERVED
from client_data.settings import Settings


class Refused(Exception):
    """The client's or the server's own address: there is no adapter."""


def accept(offered: Settings, user: dict[str, Any], connected: list[IPv4Network]) -> tuple[Settings, list[str]]:
    """What is accepted, and in words what is not."""
    refused: list[str] = []
    for address in (offered.address, offered.server):
        if any(address in network for network in RESERVED) or _inside(offered.lan, connected):
            raise Refused(f"address {address} of {offered.lan}")
    if offered.server not in offered.lan:
        raise Refused(f"the server's address {offered.server} is not in {offered.lan}")
    accepted = [ip_network(text) for text in user.get("prefixes", ["0.0.0.0/0", "::/0"])]
    prefixes = [prefix for prefix in accepted if isinstance(prefix, IPv4Network)]
    default = user.get("defaultRoute", False)
    routes = []
    for route in offered.routes:
        if route.prefixlen == 0:
            fine = default
        else:
            fine = not any(route.overlaps(network) for network in RESERVED) and not _inside(route, connected)
        if fine and any(route.subnet_of(prefix) for prefix in prefixes):
            routes.append(route)
        else:
            refused.append(f"route {route}")
    changes: dict[str, Any] = {"routes": routes, "gateway": offered.gateway and any(r.prefixlen == 0 for r in routes)}
    changes["dns"] = [server for server in offered.dns if user.get("dns", True) and _may_answer(server, offered.lan)]
    refused += [f"DNS server {server}" for server in offered.dns if server not in changes["dns"]]
    if offered.mtu is not None and offered.mtu < 1280:
        refused.append(f"an MTU of {offered.mtu}")
        changes["mtu"] = None
    return replace(offered, **changes), refused


def _may_answer(server: IPv4Address, lan: IPv4Network) -> bool:
    """CD-17: at a reserved address it is the machine itself who answers, or its own link."""
    broadcast = {BROADCAST, lan.broadcast_address} if lan.prefixlen < 31 else {BROADCAST}
    return server not in broadcast and not any(server in network for network in RESERVED)


def _inside(network: IPv4Network, connected: list[IPv4Network]) -> bool:
    return any(network.subnet_of(subnet) for subnet in connected)
