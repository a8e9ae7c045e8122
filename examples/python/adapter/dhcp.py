"""A DHCP server for the local stack alone: [EP] fig. 17, 330 to 332; docs/protocol.md, section 13."""

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address

from adapter.datagrams import BROADCAST, IPV4, NOBODY, checksum, ethernet, udp
from client_data.options import decode_options, encode_options, encode_route, joined
from client_data.search_list import write_search_list
from client_data.settings import Settings
from frames.ending import Ending

BROADCAST_PHYSICAL = b"\xff" * 6
DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM = range(1, 9)
COOKIE = b"\x63\x82\x53\x63"


@dataclass
class Message:
    """A message of a DHCP client: RFC 2131, figure 1."""

    kind: int
    head: bytes  # the first 44 octets
    options: dict[int, bytes]
    physical: bytes  # where the Ethernet packet came from
    source: IPv4Address

    @property
    def ciaddr(self) -> IPv4Address:
        return IPv4Address(self.head[12:16])

    @property
    def giaddr(self) -> IPv4Address:
        return IPv4Address(self.head[24:28])

    @property
    def broadcast(self) -> bool:
        return bool(self.head[10] & 0x80)

    def address(self, code: int) -> IPv4Address | None:
        return IPv4Address(self.options[code]) if code in self.options else None


_LENGTHS = {50: (4, 4), 52: (1, 1), 53: (1, 1), 54: (4, 4), 57: (2, 2), 61: (2, 65535), 80: (0, 0)}


def is_dhcp(datagram: bytes, settings: Settings) -> bool:
    """UDP to port 67, to a broadcast address or to the server's adapter; a later fragment has no ports."""
    start = (datagram[0] & 15) * 4
    destination = IPv4Address(datagram[16:20])
    first = not int.from_bytes(datagram[6:8]) & 0x1FFF
    here = (BROADCAST, settings.lan.broadcast_address, settings.server)
    return datagram[9] == 17 and first and datagram[start + 2 : start + 4] == b"\0\x43" and destination in here


def parse_message(packet: bytes, datagram: bytes) -> Message:
    """Raises ValueError or Ending where the message is malformed (DHCP-16)."""
    start = (datagram[0] & 15) * 4
    if checksum(datagram[:start]) or int.from_bytes(datagram[6:8]) & 0x3FFF:
        raise ValueError("a wrong checksum, or a fragment")
    length = int.from_bytes(datagram[start + 4 : start + 6])
    message = datagram[start + 8 : start + length]
    if length > len(datagram) - start or len(message) < 240 or message[236:240] != COOKIE:
        raise ValueError("no DHCP message")
    if message[:3] != b"\x01\x01\x06" or message[28] & 1:
        raise ValueError("no request, or no Ethernet")
    options = decode_options(message[240:], pad=True)
    overload = joined(options).get(52, b"\0")
    if len(overload) != 1 or overload[0] > 3:
        raise ValueError("option overload")
    if overload[0] & 1:
        options += decode_options(message[108:236], pad=True)
    if overload[0] & 2:
        options += decode_options(message[44:108], pad=True)
    values = joined(options)
    for code, (least, most) in _LENGTHS.items():
        if code in values and not least <= len(values[code]) <= most:
            raise ValueError(f"option {code} of {len(values[code])} octets")
    if not DISCOVER <= values[53][0] <= INFORM:
        raise ValueError("no message type")
    return Message(values[53][0], message[:44], values, packet[6:12], IPv4Address(datagram[12:16]))


def dhcp_at_client(packet: bytes, datagram: bytes, settings: Settings) -> bytes | None:
    """The Ethernet packet that answers, or None."""
    try:
        message = parse_message(packet, datagram)
    except (ValueError, KeyError, Ending):
        return None
    kind = _reply_kind(message, settings)
    return None if kind is None else _reply(kind, message, settings)


def _reply_kind(message: Message, settings: Settings) -> int | None:
    """The table of section 13."""
    if message.kind == DISCOVER:
        return ACK if 80 in message.options else OFFER
    if message.kind == INFORM:
        return ACK
    if message.kind != REQUEST or message.address(54) not in (None, settings.server):
        return None
    wanted = message.ciaddr if message.ciaddr != NOBODY else message.address(50)
    if wanted is None:
        return None
    return ACK if wanted == settings.address else NAK


def _options(kind: int, message: Message, settings: Settings) -> list[list[tuple[int, bytes]]]:
    """What the reply says, in the order in which it gets room; 53 and 54 always have it."""
    lease = [(51, struct.pack(">I", settings.lease))] if message.kind != INFORM else []
    echo = [(61, message.options[61])] if 61 in message.options else []
    if kind == NAK:
        return [echo]
    routes = _pieces([encode_route(route, settings.server) for route in settings.routes])
    asks_for_249 = 249 in message.options.get(55, b"")
    return [
        [(80, b"")] if message.kind == DISCOVER and kind == ACK else [],
        lease,
        echo,
        [(1, settings.lan.netmask.packed)],
        [(3, settings.server.packed)] if settings.gateway else [],
        [(121, piece) for piece in routes],
        [(26, struct.pack(">H", settings.mtu))] if settings.mtu else [],
        [(6, b"".join(server.packed for server in settings.dns))] if settings.dns else [],
        [(15, settings.domain.encode())] if settings.domain else [],
        [(119, write_search_list(settings.search))] if settings.search else [],
        [(249, piece) for piece in routes] if asks_for_249 else [],
    ]


def _pieces(routes: list[bytes]) -> list[bytes]:
    """Routes joined into values of at most 255 octets, split between routes only (DHCP-18)."""
    pieces: list[bytes] = []
    for route in routes:
        if pieces and len(pieces[-1] + route) <= 255:
            pieces[-1] += route
        else:
            pieces.append(route)
    return pieces


def _reply(kind: int, message: Message, settings: Settings) -> bytes:
    room = max(576, int.from_bytes(message.options.get(57, b""))) - 28 - 240
    octets = encode_options([(53, bytes([kind])), (54, settings.server.packed)])
    for option in _options(kind, message, settings):
        more = octets[:-1] + encode_options(option)
        octets = more if len(more) <= room else octets
    leases = kind != NAK and message.kind != INFORM
    destination, physical, port, flags = _towards(kind, message, settings)
    head = bytearray(message.head)
    head[0:4] = b"\x02\x01\x06\x00"  # op, htype, hlen, hops
    head[8:12] = b"\0\0" + flags  # secs, flags
    head[12:16] = bytes(4) if kind == NAK else head[12:16]  # ciaddr
    head[16:24] = (settings.address.packed if leases else bytes(4)) + bytes(4)  # yiaddr, siaddr
    body = (bytes(head) + bytes(192) + COOKIE + octets).ljust(300, b"\0")
    datagram = udp(settings.server, destination, 67, port, body)
    return ethernet(physical, settings.server_physical, IPV4, datagram)


def _towards(kind: int, message: Message, settings: Settings) -> tuple[IPv4Address, bytes, int, bytes]:
    """Address, physical address, port and flags of the reply: DHCP-11 to DHCP-13."""
    flags, chaddr = message.head[10:12], message.head[28:34]
    if message.giaddr != NOBODY:
        return message.giaddr, message.physical, 67, b"\x80\0" if kind == NAK else flags
    if kind == NAK:
        return BROADCAST, BROADCAST_PHYSICAL, 68, flags
    if message.ciaddr != NOBODY:
        return message.ciaddr, chaddr, 68, flags
    if message.kind == INFORM and message.source != NOBODY:
        return message.source, chaddr, 68, flags
    if message.broadcast or message.kind == INFORM:
        return BROADCAST, BROADCAST_PHYSICAL, 68, flags
    return settings.address, chaddr, 68, flags
