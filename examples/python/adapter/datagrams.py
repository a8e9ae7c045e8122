"""Datagrams in Ethernet packets, and which may pass: [EP] figs. 17 and 18; docs/protocol.md, section 11."""

import struct
from ipaddress import IPv4Address, IPv4Network

ARP, IPV4 = 0x0806, 0x0800
# Unspecified, loopback, link-local, multicast: CD-07.
RESERVED = [IPv4Network(text) for text in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4")]
BROADCAST = IPv4Address("255.255.255.255")
NOBODY = IPv4Address("0.0.0.0")


def ethernet(destination: bytes, source: bytes, ethertype: int, payload: bytes) -> bytes:
    return destination + source + struct.pack(">H", ethertype) + payload


def datagram_of(packet: bytes) -> bytes | None:
    """[EP] fig. 17, 322: the IPv4 datagram by its own length, without Ethernet header and padding, if it is whole."""
    if packet[12:14] != struct.pack(">H", IPV4) or len(packet) < 34:
        return None
    header, length = (packet[14] & 15) * 4, int.from_bytes(packet[16:18])
    if packet[14] >> 4 != 4 or not 20 <= header <= length <= len(packet) - 14:
        return None
    return packet[14 : 14 + length]


def from_tunnel(datagram: bytes, lan: IPv4Network) -> tuple[IPv4Address, IPv4Address] | None:
    """Source and destination of a datagram that may come out of a tunnel, as far as it can be told without a policy."""
    if datagram[0] >> 4 != 4 or not whole(datagram) or configures(datagram):
        return None
    source, destination = addresses(datagram)
    return (source, destination) if beyond_a_link(source, lan) and beyond_a_link(destination, lan) else None


def beyond_a_link(address: IPv4Address, lan: IPv4Network) -> bool:
    """Whether nodes beyond a link can have this address: ADP-29, ADP-36."""
    broadcast = address == BROADCAST or (lan.prefixlen < 31 and address == lan.broadcast_address)
    return not broadcast and not any(address in network for network in RESERVED)


def configures(datagram: bytes) -> bool:
    """ADP-37: ICMP of types 5, 9 and 10, and UDP to port 68."""
    start = (datagram[0] & 15) * 4
    first = not int.from_bytes(datagram[6:8]) & 0x1FFF
    if datagram[9] == 1:
        return first and datagram[start : start + 1] in (b"\x05", b"\x09", b"\x0a")
    return datagram[9] == 17 and first and datagram[start + 2 : start + 4] == b"\0\x44"


def addresses(datagram: bytes) -> tuple[IPv4Address, IPv4Address]:
    return IPv4Address(datagram[12:16]), IPv4Address(datagram[16:20])


def whole(datagram: bytes) -> bool:
    """Whether a datagram of the tunnel has the length that it says."""
    header = (datagram[0] & 15) * 4
    return len(datagram) >= 20 and 20 <= header <= len(datagram) == int.from_bytes(datagram[2:4])


def checksum(octets: bytes) -> int:
    """RFC 1071."""
    octets += bytes(len(octets) % 2)
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def udp(source: IPv4Address, destination: IPv4Address, port: int, to: int, body: bytes) -> bytes:
    """An IPv4 datagram with both checksums."""
    length = 8 + len(body)
    segment = struct.pack(">HHHH", port, to, length, 0) + body
    pseudo = source.packed + destination.packed + struct.pack(">HH", 17, length)
    segment = segment[:6] + struct.pack(">H", checksum(pseudo + segment) or 0xFFFF) + segment[8:]
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + length, 0, 0, 64, 17, 0) + source.packed + destination.packed
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + segment
