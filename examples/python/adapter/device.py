"""The pseudo network adapter: a TAP device of Linux ([EP] figs. 15 and 16; docs/protocol.md, section 11)."""

import asyncio
import fcntl
import os
import struct
from collections.abc import AsyncIterator

from adapter.datagrams import IPV4, ethernet
from adapter.linux import Failed, ip
from program import events

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000


class Device:
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
                events.log(str(fault))
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
