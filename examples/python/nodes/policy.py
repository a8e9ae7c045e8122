"""Who may come in at the server, and with what: docs/protocol.md, sections 5 and 6."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from client_data.settings import Settings
from frames.ending import Status, refusal
from frames.key_exchange import Lifetimes
from frames.relay import Relay, parse_node
from frames.request import Request
from nodes.handshake import SUITE

DEFAULT_ROUTE = IPv4Network("0.0.0.0/0")


@dataclass
class Initiator:
    """What the configuration says of one initiator."""

    name: str
    publicKey: bytes
    suites: list[str] = field(default_factory=lambda: ["x25519", "hybrid"])
    address: IPv4Address | None = None
    networks: list[IPv4Network] = field(default_factory=list)


class Policy:
    def __init__(self, config: dict[str, Any]) -> None:
        self.names: list[str] = config["names"]
        self.transforms: list[int] = config["transforms"]
        self.bounds = Lifetimes(**config.get("lifetime", {}))
        self.adapter: dict[str, Any] = config["adapter"]
        self.data: dict[str, Any] = config.get("clientData", {})
        self.initiators = [Initiator(**one) for one in config["initiators"]]
        self.leased = {one.name: one.address for one in self.initiators if one.address}

    def authorize(self, request: Request, key: bytes, relay: Relay) -> Initiator:
        """REQ-08, REQ-16, HS-07, HS-08: one and the same refusal."""
        destination, _ = parse_node(relay.path[-1])
        if request.suite != SUITE or request.destination != destination or destination not in self.names:
            raise refusal("the suite, or the destination name")
        for one in self.initiators:
            if one.name == request.initiator and one.publicKey == key and "x25519" in one.suites:
                return one
        raise refusal("the name, the key or the suite of the initiator")

    def transform(self, request: Request) -> int:
        """RESP-07: the first of the initiator's that this server allows."""
        for one in request.transforms:
            if one in self.transforms:
                return one
        raise refusal("no common transform", Status.NO_COMMON_TRANSFORM)

    def lease(self, name: str) -> IPv4Address:
        """SRV-19: an address belongs to a name. CD-15: three of a virtual LAN are no client's."""
        if name not in self.leased and "pool" in self.data:
            first, last = self.data["pool"]
            lan: IPv4Network = self.adapter["address"].network
            taken = {*self.leased.values(), self.adapter["address"].ip, lan.network_address, lan.broadcast_address}
            free = (IPv4Address(one) for one in range(int(first), int(last) + 1) if IPv4Address(one) not in taken)
            address = next(free, None)
            if address is not None:
                self.leased[name] = address
        if name not in self.leased:
            raise refusal("no address is left", Status.NO_ADDRESS_LEFT)
        return self.leased[name]

    def settings(self, address: IPv4Address, lifetimes: Lifetimes) -> Settings:
        adapter, data = self.adapter, self.data
        routes = data.get("routes", [])
        return Settings(
            address,
            adapter["address"].network,
            adapter["address"].ip,
            data.get("leaseSeconds", max(60, lifetimes.seconds)),
            adapter["clientPhysical"],
            adapter["serverPhysical"],
            DEFAULT_ROUTE in routes,
            routes,
            data.get("dns", []),
            data.get("domain"),
            data.get("search", []),
            adapter.get("mtu", 1400),
        )
