"""The pseudo network adapter: a TAP device of Linux (docs/protocol.md, section 11)."""

import asyncio
import fcntl
import json
import os
import socket
import struct
import subprocess
from collections.abc import AsyncIterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

import program
from emulators import IPV4, ethernet

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE = 0x10, 0x40


class Failed(Exception):
    """The kernel refused."""


def ip(*words: str) -> Any:
    """Runs iproute2; what it shows comes back parsed."""
    done = subprocess.run(["ip", "-j", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return json.loads(done.stdout or "[]")


def connected_subnets(besides: str) -> list[IPv4Network]:
    """The subnets of the machine's other devices."""
    return [
        IPv4Interface(f"{address['local']}/{address['prefixlen']}").network
        for device in ip("-4", "address", "show")
        if device.get("ifname") != besides
        for address in device["addr_info"]
    ]


def is_own(address: str) -> bool:
    """Whether this machine has the address: only then a socket can be bound to it."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


async def kernel_changes() -> AsyncIterator[None]:
    """Each time when routes or addresses of the machine have changed."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE) as news:
        news.bind((0, RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE))
        while True:
            yield
            try:
                await asyncio.get_running_loop().sock_recv(news, 65536)
            except OSError:  # There was more than the socket holds.
                pass
            await asyncio.sleep(0.1)  # Changes come in flocks.


class Adapter:
    """A device that goes when it is closed, or when the process dies; its routes go with it."""

    def __init__(self, name: str, own: bytes, other: bytes) -> None:
        self.own, self.other = own, other
        self.fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            request = struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI)
            self.name = fcntl.ioctl(self.fd, TUNSETIFF, request)[:16].rstrip(b"\0").decode()
            ip("link", "set", "dev", self.name, "address", own.hex(":"))
        except (OSError, Failed):
            os.close(self.fd)
            raise

    def up(self, mtu: int | None = None) -> None:
        if mtu:
            try:
                ip("link", "set", "dev", self.name, "mtu", str(mtu))
            except Failed as fault:  # A device has a most: the MTU is left out.
                program.log(str(fault))
        ip("link", "set", "dev", self.name, "up")

    def close(self) -> None:
        os.close(self.fd)

    async def packets(self) -> AsyncIterator[bytes]:
        """Ethernet packets that the local stack sends."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                yield os.read(self.fd, 65536 + 18)
                await asyncio.sleep(0)
            except BlockingIOError:
                readable = loop.create_future()
                loop.add_reader(self.fd, lambda: readable.done() or readable.set_result(None))
                try:
                    await readable
                finally:
                    loop.remove_reader(self.fd)

    def indicate(self, packet: bytes) -> None:
        """Hands an Ethernet packet to the local stack. A device that is down takes none."""
        try:
            os.write(self.fd, packet)
        except OSError:
            pass

    def deliver(self, datagram: bytes) -> None:
        """[EP] fig. 18: an Ethernet packet from the other end's reserved address to the adapter's own."""
        self.indicate(ethernet(self.own, self.other, IPV4, datagram))


def datagram_of(packet: bytes) -> bytes | None:
    """[EP] fig. 17, 322: the IPv4 datagram by its own length, without Ethernet header and padding, if it is whole."""
    if packet[12:14] != struct.pack(">H", IPV4) or len(packet) < 34:
        return None
    header, length = (packet[14] & 15) * 4, int.from_bytes(packet[16:18])
    if packet[14] >> 4 != 4 or not 20 <= header <= length <= len(packet) - 14:
        return None
    return packet[14 : 14 + length]


# --- What may come out of a tunnel ---

# Unspecified, loopback, link-local, multicast: CD-07.
RESERVED = [IPv4Network(text) for text in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4")]
BROADCAST = IPv4Address("255.255.255.255")


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
