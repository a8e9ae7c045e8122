"""The five frames and what is inside them: docs/protocol.md, sections 2 to 6 and 8.

Each frame has one valid encoding. So a decoder reads the fields, encodes them again, and compares.
"""

import ipaddress
import re
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from ipaddress import IPv4Address, IPv4Network

VERSION = 1
DEFAULT_PORT = 3265


class Type(IntEnum):
    RELAY = 1
    REQUEST = 2
    RESPONSE = 3
    DATA = 4
    CLOSE = 5


# Section 3.1: the least and the most octets of each type.
BOUNDS = {
    Type.RELAY: (16, 4608),
    Type.REQUEST: (260, 4096),
    Type.RESPONSE: (204, 16384),
    Type.DATA: (16, 131072),
    Type.CLOSE: (8, 40),
}


class Status(IntEnum):
    """Section 3.4."""

    END_SESSION = 1
    KEY_EXPIRED = 2
    NOT_AUTHORIZED = 3
    INTEGRITY_FAILURE = 4
    PROTOCOL_ERROR = 5
    UNSUPPORTED_VERSION = 6
    NO_COMMON_TRANSFORM = 7
    NEXT_NODE_UNREACHABLE = 8
    NOT_ON_PATH = 9
    NO_ADDRESS_LEFT = 10
    TIMEOUT = 11
    RESOURCE_LIMIT = 12
    SHUTTING_DOWN = 13
    SUPERSEDED = 14


class Ending(Exception):
    """Why a tunnel connection ends: the status of the CLOSE frame, if there is one, and who ended it."""

    def __init__(self, status: int | None, by: str, reason: str) -> None:
        super().__init__(reason)
        self.status, self.by, self.reason = status, by, reason


def refusal(reason: str, status: Status = Status.PROTOCOL_ERROR) -> Ending:
    """The peer has erred: this end sends a CLOSE."""
    return Ending(status, "self", reason)


def broken(reason: str) -> Ending:
    """The connection broke: no CLOSE goes either way."""
    return Ending(None, "network", reason)


def header(kind: Type, length: int) -> bytes:
    return struct.pack(">IBB", length, kind, VERSION)


# --- Section 2: framing ---


class Deframer:
    """Cuts a stream into frames, and judges each by its first 6 octets, before the rest has come."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.authorized = False

    def next(self) -> bytes | None:
        """The next whole frame, or None until more octets have come."""
        if len(self.buffer) < 6:
            return None
        length = self._judge()
        if len(self.buffer) < length:
            return None
        frame = bytes(self.buffer[:length])
        del self.buffer[:length]
        return frame

    def _judge(self) -> int:
        """In the order of FRAME-10. In Authorized each fault of a DATA frame is one: DATA-10."""
        length, kind, version = struct.unpack_from(">IBB", self.buffer)
        data = self.authorized and kind == Type.DATA
        fault = Status.INTEGRITY_FAILURE if data else Status.PROTOCOL_ERROR
        if length < 6:
            raise refusal(f"a frame of {length} octets", fault)
        if version != VERSION:
            raise refusal(f"version {version}", Status.UNSUPPORTED_VERSION)
        if kind not in BOUNDS:
            raise refusal(f"a frame of unknown type {kind}")
        least, most = BOUNDS[Type(kind)]
        if not least <= length <= most:
            raise refusal(f"a {Type(kind).name} frame of {length} octets", fault)
        return length


# --- Section 4: RELAY ---

_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")


def parse_node(text: str) -> tuple[str, int | None]:
    """A node's name and its port, if it has one."""
    name, colon, port = text.partition(":")
    if not (_NAME.fullmatch(name) and len(name) <= 253):
        raise refusal(f"no name of a node: {text!r}")
    if colon and not (_PORT.fullmatch(port) and int(port) < 65536):
        raise refusal(f"no port: {text!r}")
    return name, int(port) if colon else None


@dataclass
class Relay:
    origin: str
    path: list[str]

    def encode(self) -> bytes:
        names = [name.encode() + b"\0" for name in [self.origin, *self.path]]
        indexes = [sum(map(len, names[:i])) for i in range(len(names))]
        body = struct.pack(">HBB", indexes[0], len(self.path), 0)
        body += b"".join(struct.pack(">H", index) for index in indexes[1:]) + b"".join(names)
        return header(Type.RELAY, 6 + len(body)) + body

    @staticmethod
    def decode(frame: bytes) -> "Relay":
        hops = frame[8]
        if not 1 <= hops <= 16:
            raise refusal(f"a RELAY frame of {hops} hops")
        names = frame[10 + 2 * hops :].decode("latin-1").split("\0")[:-1]
        if len(names) != hops + 1:
            raise refusal(f"a RELAY frame of {hops} hops has {len(names)} names")
        for name in names:
            parse_node(name)
        relay = Relay(names[0], names[1:])
        if relay.encode() != frame:
            raise refusal("a RELAY frame that is not the one encoding of its names")
        return relay

    def place(self, names: list[str], last: bool) -> int:
        """Where this node is on the path: the server last, a relay before (RELAY-07 to RELAY-11)."""
        here = [i for i, node in enumerate(self.path) if parse_node(node)[0] in names]
        if len(here) != 1 or (here[0] == len(self.path) - 1) != last:
            raise refusal("this node is not at its place on the path", Status.NOT_ON_PATH)
        return here[0]


# --- Section 5.2: key exchange data ---


@dataclass
class Lifetimes:
    seconds: int = 3600
    frames: int = 2**32
    octets: int = 2**40

    def lower(self, other: "Lifetimes") -> "Lifetimes":
        return Lifetimes(
            min(self.seconds, other.seconds),
            min(self.frames, other.frames),
            min(self.octets, other.octets),
        )


@dataclass
class KeyExchangeData:
    lifetimes: Lifetimes
    compression: bytes | None = None
    options: int = 0
    freshness: int | None = None
    unknown: dict[int, bytes] = field(default_factory=dict)

    def algorithms(self) -> list[bytes]:
        ids = self.compression or b""
        return [ids[i : i + 2] for i in range(0, len(ids), 2)]

    def encode(self) -> bytes:
        life = self.lifetimes
        entries = {1: struct.pack(">IQQ", life.seconds, life.frames, life.octets)}
        if self.freshness is not None:
            entries[4] = struct.pack(">Q", self.freshness)
        entries |= self.unknown
        return b"".join(struct.pack(">HH", i, len(entries[i])) + entries[i] for i in sorted(entries))

    @staticmethod
    def decode(octets: bytes) -> "KeyExchangeData":
        entries: dict[int, bytes] = {}
        last = -1
        while octets:
            if len(octets) < 4:
                raise refusal("key exchange data is cut")
            entry, length = struct.unpack_from(">HH", octets)
            value, octets = octets[4 : 4 + length], octets[4 + length :]
            if len(value) < length or entry <= last:
                raise refusal("key exchange data is cut, or its entries do not ascend")
            last, entries[entry] = entry, value
        if len(entries.get(1, b"")) != 20:
            raise refusal("key exchange data has no lifetimes")
        lifetimes = Lifetimes(*struct.unpack(">IQQ", entries.pop(1)))
        if 0 in (lifetimes.seconds, lifetimes.frames, lifetimes.octets):
            raise refusal("a bound of the lifetimes is 0")
        compression, options, freshness = (entries.pop(i, None) for i in (2, 3, 4))
        if compression is not None and (not compression or len(compression) % 2):
            raise refusal("compression of another length")
        if options is not None and len(options) != 2:
            raise refusal("options of another length")
        if freshness is not None and len(freshness) != 8:
            raise refusal("freshness of another length")
        if any(entry >= 0x8000 for entry in entries):
            raise refusal("an unknown entry that may not be skipped")
        return KeyExchangeData(
            lifetimes,
            compression,
            int.from_bytes(options or b""),
            None if freshness is None else int.from_bytes(freshness),
            entries,
        )


# --- Section 5.1: the opened frames ---

REQUEST_HEADER = 18
RESPONSE_HEADER = 14
REQUEST_TOKENS = 32 + 48 + 16  # e, s and the tag of the payload
RESPONSE_TOKENS = 32 + 16
NO_CLIENT_DATA = bytes(4)


def _pad(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 128)


def is_grease(transform: int) -> bool:
    return transform & 0x0F0F == 0x0A0A and transform >> 12 == transform >> 4 & 15


def _until_nul(octets: bytes, start: int) -> str:
    return octets[start : octets.find(b"\0", start)].decode("latin-1")


@dataclass
class Request:
    suite: int
    key_exchange_data: bytes
    transforms: list[int]
    destination: str
    client_data: bytes
    initiator: str

    def encode(self) -> bytes:
        """The opened frame O. Its `length` is that of the frame on the wire."""
        transforms = b"".join(struct.pack(">H", one) for one in self.transforms)
        destination = self.destination.encode("latin-1") + b"\0"
        offer_at = REQUEST_HEADER + len(self.key_exchange_data)
        destination_at = offer_at + len(transforms)
        data_at = destination_at + len(destination)
        name_at = data_at + len(self.client_data)
        name = self.initiator.encode("latin-1") + b"\0"
        body = _pad(self.key_exchange_data + transforms + destination + self.client_data + name)
        offsets = (name_at, destination_at, REQUEST_HEADER, offer_at, self.suite << 8, data_at)
        length = 2 * REQUEST_HEADER + len(body) + REQUEST_TOKENS  # the header is in the clear, and sealed
        return header(Type.REQUEST, length) + struct.pack(">6H", *offsets) + body

    @staticmethod
    def decode(opened: bytes) -> "Request":
        if len(opened) < REQUEST_HEADER:
            raise refusal("an opened REQUEST is cut")
        name_at, destination_at, exchange_at, offer_at, flags, data_at = struct.unpack_from(">6H", opened, 6)
        if not exchange_at <= offer_at < destination_at < data_at <= name_at < len(opened):
            raise refusal("offsets of REQUEST are out of order")
        offer = opened[offer_at:destination_at]
        request = Request(
            flags >> 8,
            opened[exchange_at:offer_at],
            [int.from_bytes(offer[i : i + 2]) for i in range(0, len(offer), 2)],
            opened[destination_at : data_at - 1].decode("latin-1"),
            opened[data_at:name_at],
            _until_nul(opened, name_at),
        )
        if request.encode() != opened:
            raise refusal("a REQUEST that is not the one encoding of its fields")
        if not re.fullmatch(r"[ -~]{1,255}", request.initiator):
            raise refusal("no name of an initiator")
        if parse_node(request.destination)[1] is not None:
            raise refusal("a destination name with a port")
        KeyExchangeData.decode(request.key_exchange_data)
        ClientData.decode(request.client_data)
        return request


@dataclass
class Response:
    suite: int
    key_exchange_data: bytes
    transform: int
    client_data: bytes

    def encode(self) -> bytes:
        transform_at = RESPONSE_HEADER + len(self.key_exchange_data)
        body = _pad(self.key_exchange_data + struct.pack(">H", self.transform) + self.client_data)
        offsets = (RESPONSE_HEADER, transform_at, self.suite << 8, transform_at + 2)
        length = 2 * RESPONSE_HEADER + len(body) + RESPONSE_TOKENS
        return header(Type.RESPONSE, length) + struct.pack(">4H", *offsets) + body

    @staticmethod
    def decode(opened: bytes) -> "Response":
        if len(opened) < RESPONSE_HEADER:
            raise refusal("an opened RESPONSE is cut")
        exchange_at, transform_at, flags, data_at = struct.unpack_from(">4H", opened, 6)
        if not exchange_at <= transform_at <= data_at - 2 <= len(opened) - 2:
            raise refusal("offsets of RESPONSE are out of order")
        response = Response(
            flags >> 8,
            opened[exchange_at:transform_at],
            int.from_bytes(opened[transform_at : transform_at + 2]),
            opened[data_at : data_at + ClientData.length(opened[data_at:])],
        )
        if response.encode() != opened:
            raise refusal("a RESPONSE that is not the one encoding of its fields")
        KeyExchangeData.decode(response.key_exchange_data)
        ClientData.decode(response.client_data)
        return response

    def judge(self, request: Request) -> None:
        """What REQUEST does not allow: RESP-01, RESP-04, RESP-05, RESP-09."""
        asked = KeyExchangeData.decode(request.key_exchange_data)
        granted = KeyExchangeData.decode(self.key_exchange_data)
        if self.suite != request.suite:
            raise refusal("RESPONSE has another suite")
        if self.transform not in request.transforms or is_grease(self.transform):
            raise refusal(f"RESPONSE has transform {self.transform:04x}, which was not offered")
        if granted.lifetimes.lower(asked.lifetimes) != granted.lifetimes:
            raise refusal("RESPONSE has a longer lifetime than REQUEST")
        if granted.options & ~asked.options or set(granted.algorithms()) - set(asked.algorithms()):
            raise refusal("RESPONSE has options or compression that REQUEST did not ask for")


# --- Section 6: client data ---


@dataclass
class ClientData:
    """The two lists of options: pairs of code and value, as they stand."""

    dhcp: list[tuple[int, bytes]]
    neighbour: list[tuple[int, bytes]]

    @staticmethod
    def length(octets: bytes) -> int:
        """How many of these octets are client data."""
        if len(octets) < 4:
            raise refusal("client data is cut")
        first = 2 + int.from_bytes(octets[:2])
        return first + 2 + int.from_bytes(octets[first : first + 2])

    def encode(self) -> bytes:
        lists = [b"", b"".join(bytes([code, len(value) // 8 + 1]) + value for code, value in self.neighbour)]
        if self.dhcp:
            lists[0] = encode_options(self.dhcp)
        return b"".join(struct.pack(">H", len(octets)) + octets for octets in lists)

    @staticmethod
    def decode(octets: bytes) -> "ClientData":
        if ClientData.length(octets) != len(octets):
            raise refusal("the lengths of client data do not agree with its octets")
        end = 2 + int.from_bytes(octets[:2])
        dhcp, rest = octets[2:end], octets[end + 2 :]
        neighbour: list[tuple[int, bytes]] = []
        while rest:
            size = rest[1] * 8 if len(rest) > 1 else 0
            if not 0 < size <= len(rest):
                raise refusal("options of neighbour discovery are cut")
            neighbour.append((rest[0], rest[2:size]))
            rest = rest[size:]
        if dhcp == b"\xff":
            raise refusal("an n4 that is not 0, and no DHCP option")
        return ClientData(decode_options(dhcp, pad=False) if dhcp else [], neighbour)


def encode_options(options: list[tuple[int, bytes]]) -> bytes:
    """DHCP options, the end option behind them; a value of more than 255 octets is split (RFC 3396)."""
    out = b""
    for code, value in options:
        for start in range(0, max(len(value), 1), 255):
            piece = value[start : start + 255]
            out += bytes([code, len(piece)]) + piece
    return out + b"\xff"


def decode_options(octets: bytes, pad: bool) -> list[tuple[int, bytes]]:
    """DHCP options up to the end option. Without `pad` nothing else may stand there."""
    options: list[tuple[int, bytes]] = []
    at = 0
    while True:
        if at >= len(octets):
            raise refusal("DHCP options without an end")
        code = octets[at]
        if code == 255:
            break
        if code == 0 and pad:
            at += 1
            continue
        value = octets[at + 2 : at + 2 + octets[at + 1]] if at + 1 < len(octets) else b""
        if code == 0 or at + 1 >= len(octets) or len(value) < octets[at + 1]:
            raise refusal("DHCP options are cut, or padded")
        options.append((code, value))
        at += 2 + len(value)
    if not pad and at != len(octets) - 1:
        raise refusal("something stands behind the end of the DHCP options")
    return options


def joined(options: list[tuple[int, bytes]]) -> dict[int, bytes]:
    """The value of each option; one that was split is whole again (RFC 3396)."""
    values: dict[int, bytes] = {}
    for code, value in options:
        values[code] = values.get(code, b"") + value
    return values


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


def encode_route(route: IPv4Network, gateway: IPv4Address) -> bytes:
    """RFC 3442: as many octets of the destination as its prefix needs."""
    significant = (route.prefixlen + 7) // 8
    return bytes([route.prefixlen]) + route.network_address.packed[:significant] + gateway.packed


def decode_routes(octets: bytes) -> list[tuple[IPv4Network, IPv4Address]]:
    routes = []
    while octets:
        end = 1 + (octets[0] + 7) // 8
        if octets[0] > 32 or len(octets) < end + 4:
            raise ValueError("a route is cut")
        destination = IPv4Address(octets[1:end].ljust(4, b"\0"))
        route = ipaddress.IPv4Network((destination, octets[0]), strict=False)
        routes.append((route, IPv4Address(octets[end : end + 4])))
        octets = octets[end + 4 :]
    return routes


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


def read_domain(octets: bytes) -> str:
    return parse_node(octets.decode("ascii"))[0]


def write_search_list(domains: list[str]) -> bytes:
    """RFC 3397, without compression: labels, each behind its length, and a 0."""
    return b"".join(
        b"".join(bytes([len(label)]) + label.encode() for label in domain.split(".")) + b"\0" for domain in domains
    )


def read_search_list(octets: bytes) -> list[str]:
    """RFC 3397; a compression pointer leads back to the beginning of an earlier label."""
    domains: list[str] = []
    starts: dict[int, list[str]] = {}  # the labels of a name from each place on
    at = 0
    while at < len(octets):
        places: list[int] = []
        labels: list[str] = []
        while True:
            size = octets[at : at + 1]
            if size and size[0] >= 0xC0 and at + 1 < len(octets):
                tail = starts[(size[0] & 0x3F) << 8 | octets[at + 1]]
                at += 2
                break
            if not size or size[0] > 63 or at + 1 + size[0] > len(octets):
                raise ValueError("a search list is cut")
            if size[0] == 0:
                tail, at = [], at + 1
                break
            places.append(at)
            labels.append(octets[at + 1 : at + 1 + size[0]].decode("ascii"))
            at += 1 + size[0]
        whole = labels + tail
        starts |= {place: whole[i:] for i, place in enumerate(places)}
        domains.append(read_domain(".".join(whole).encode()))
    if not domains:
        raise ValueError("a search list without a domain")
    return domains


# --- Section 8: CLOSE ---


def encode_close(status: int, keyed: bool) -> bytes:
    """The first 8 octets of a CLOSE; a keyed one has a digest of 32 octets behind them."""
    return header(Type.CLOSE, 40 if keyed else 8) + struct.pack(">H", status)


def decode_close(frame: bytes) -> int:
    """The status, once the form is right (CLOSE-03); the digest is another matter."""
    status = int.from_bytes(frame[6:8])
    if len(frame) not in (8, 40) or status == 0:
        raise refusal(f"a CLOSE of {len(frame)} octets, status {status}")
    return status
