"""ARP for the local stack, in place of who is not there: [EP] fig. 17, 324 to 328; docs/protocol.md, section 12."""

import struct
from ipaddress import IPv4Address

from adapter.datagrams import ARP, IPV4, ethernet
from client_data.settings import Settings


def arp_question(packet: bytes) -> tuple[bytes, IPv4Address, IPv4Address] | None:
    """Who asks, its address and the address that it asks for; None if this is no request."""
    if len(packet) < 42 or struct.unpack_from(">HHBBH", packet, 14) != (1, IPV4, 6, 4, 1):
        return None
    sender, target = IPv4Address(packet[28:32]), IPv4Address(packet[38:42])
    if sender == target or packet[22] & 1 or not any(packet[22:28]):  # ARP-04; nobody can be told
        return None
    return packet[22:28], sender, target


def arp_answer(packet: bytes, physical: bytes) -> bytes:
    """Tells who asked that its target is at this physical address."""
    asker = packet[22:32]
    body = struct.pack(">HHBBH", 1, IPV4, 6, 4, 2) + physical + packet[38:42] + asker
    return ethernet(asker[:6], physical, ARP, body)


def arp_at_client(packet: bytes, settings: Settings) -> bytes | None:
    """Every other node of the virtual LAN is behind the server's adapter."""
    question = arp_question(packet)
    if question is None:
        return None
    target, lan = question[2], settings.lan
    nobody = lan.prefixlen < 31 and target in (lan.network_address, lan.broadcast_address)
    if target == settings.address or (target != settings.server and (target not in lan or nobody)):
        return None
    return arp_answer(packet, settings.server_physical)
