"""What client data means to the adapter of the client: [EP] fig. 23, 508; docs/protocol.md, section 6."""

import struct
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from client_data.encoding import ClientData
from client_data.options import decode_routes, encode_route, joined
from client_data.search_list import read_domain, read_search_list, write_search_list
from frames.ending import Ending, refusal


@dataclass
class Settings:
    """What client data means to the adapter of the client."""

    address: IPv4Address
    lan: IPv4Network
    server: IPv4Address
    lease: int
    client_physical: bytes
    server_physical: bytes
    gateway: bool = False
    routes: list[IPv4Network] = field(default_factory=list)
    dns: list[IPv4Address] = field(default_factory=list)
    domain: str | None = None
    search: list[str] = field(default_factory=list)
    mtu: int | None = None

    def encode(self) -> bytes:
        """In the order of CD-13."""
        own, server = self.client_physical, self.server_physical
        options = [
            (50, self.address.packed),
            (1, self.lan.netmask.packed),
            (54, self.server.packed),
            (51, struct.pack(">I", self.lease)),
        ]
        if self.gateway:
            options.append((3, self.server.packed))
        if self.routes:
            options.append((121, b"".join(encode_route(route, self.server) for route in self.routes)))
        if self.dns:
            options.append((6, b"".join(server.packed for server in self.dns)))
        if self.domain:
            options.append((15, self.domain.encode()))
        if self.search:
            options.append((119, write_search_list(self.search)))
        if self.mtu:
            options.append((26, struct.pack(">H", self.mtu)))
        options.append((43, b"\x01\x06" + own + b"\x02\x06" + server))
        return ClientData(options, []).encode()

    @staticmethod
    def decode(octets: bytes) -> "Settings":
        try:
            return Settings._read(joined(ClientData.decode(octets).dhcp))
        except (KeyError, ValueError, Ending, struct.error) as fault:
            raise refusal(f"client data cannot be read: {fault}") from fault

    @staticmethod
    def _read(value: dict[int, bytes]) -> "Settings":
        address, server = IPv4Address(value[50]), IPv4Address(value[54])
        lan = IPv4Network((address, str(IPv4Address(value[1]))), strict=False)
        if lan.netmask.packed != value[1] or lan.prefixlen == 0:
            raise ValueError("no subnet mask")
        if value.get(121) == b"":
            raise ValueError("no route in option 121")
        routes = decode_routes(value.get(121, b""))
        if any(gateway != server for _, gateway in routes) or value.get(3, server.packed) != server.packed:
            raise ValueError("a gateway that is not the server's adapter")
        own, others = decode_physical(value[43])
        (lease,) = struct.unpack(">I", value[51])
        if lease == 0:
            raise ValueError("a lease of 0")
        mtu = struct.unpack(">H", value[26])[0] if 26 in value else None
        if mtu is not None and mtu < 68:
            raise ValueError(f"an MTU of {mtu}")
        dns = value.get(6)
        if dns is not None and (not dns or len(dns) % 4):
            raise ValueError("DNS servers of another length")
        return Settings(
            address,
            lan,
            server,
            lease,
            own,
            others,
            3 in value,
            [route for route, _ in routes],
            [IPv4Address(dns[i : i + 4]) for i in range(0, len(dns or b""), 4)] if dns else [],
            read_domain(value[15]) if 15 in value else None,
            read_search_list(value[119]) if 119 in value else [],
            mtu,
        )


def decode_physical(octets: bytes) -> tuple[bytes, bytes]:
    """Option 43: sub-options 1 and 2, locally administered unicast addresses that differ (CD-05)."""
    found: dict[int, bytes] = {}
    while octets:
        code, size = octets[0], octets[1] if len(octets) > 1 else 0
        if code in found or len(octets) < 2 + size:
            raise ValueError("sub-options are cut, or stand twice")
        found[code], octets = octets[2 : 2 + size], octets[2 + size :]
    own, server = found[1], found[2]
    if own == server or any(len(one) != 6 or one[0] & 3 != 2 for one in (own, server)):
        raise ValueError("no reserved physical addresses")
    return own, server
