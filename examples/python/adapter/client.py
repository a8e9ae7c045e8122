"""The adapter at the client: [EP] figs. 17, 18 and 23; docs/protocol.md, section 11."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Network
from typing import Any

from adapter.acceptance import Refused, accept
from adapter.arp import arp_at_client
from adapter.datagrams import ARP, datagram_of, from_tunnel
from adapter.device import Device
from adapter.dhcp import dhcp_at_client, is_dhcp
from adapter.linux import Failed, connected_subnets, ip
from adapter.routes import Routes
from client_data.settings import Settings
from frames.ending import Ending, Status
from program import events

WAITING = 64  # datagrams that wait while the tunnel is made again


class ClientAdapter:
    """Lasts from the first session until there is none to come."""

    def __init__(self, config: dict[str, Any], removed: Callable[[str], None]) -> None:
        """Calls `removed` when somebody else has removed the device."""
        self.removed = removed
        self.wants = {"name": "pna0", "configure": "dhcp", "routes": True} | config.get("adapter", {})
        self.user = config.get("accept", {})
        self.behind: list[IPv4Network] = config.get("networks", [])
        self.send: Callable[[bytes], Awaitable[None]] | None = None  # while there is a session
        self.waiting: deque[bytes] = deque(maxlen=WAITING)
        self.connected: list[IPv4Network] = []
        self.helpers: list[asyncio.Task[None]] = []
        self.settings: Settings | None = None  # while there is a device
        self.device: Device
        self.routes: Routes

    # --- What client data makes of it ---

    def configure(self, hop: str, offered: Settings) -> None:
        """[EP] fig. 23: device, address and routes, as far as the user accepts them. `hop` is the first node."""
        self.connected = connected_subnets(self.wants["name"])
        try:
            settings, refused = accept(offered, self.user, self.connected)
            for one in refused:
                events.log(f"refused: {one}")
            if settings != self.settings:
                self._lay_out(hop, settings)
            else:
                self.routes.pin([hop])
        except (Refused, Failed, OSError) as fault:  # ADP-20
            events.say("error", message=str(fault))
            raise Ending(Status.END_SESSION, "self", f"no adapter: {fault}") from fault

    def _lay_out(self, hop: str, settings: Settings) -> None:
        if self.settings and self.settings.client_physical != settings.client_physical:
            self.remove()
        if self.settings is None:
            self._make(settings)
        else:  # ADP-22: DHCP runs again
            self.device.other, self.settings = settings.server_physical, settings
            ip("link", "set", "dev", self.device.name, "carrier", "off")
            ip("link", "set", "dev", self.device.name, "carrier", "on")
        self.device.up(settings.mtu or 1500)
        if self.wants["configure"] == "direct":
            ip("address", "flush", "dev", self.device.name, "scope", "global")
            ip("address", "add", f"{settings.address}/{settings.lan.prefixlen}", "dev", self.device.name)
        events.say("adapter", name=self.device.name)
        self.routes.lay(settings, [hop])

    def _make(self, settings: Settings) -> None:
        self.device = Device(self.wants["name"], settings.client_physical, settings.server_physical)
        self.routes = Routes(self.device.name, self.wants["routes"])
        self.routes.settings = self.settings = settings
        self.helpers = [asyncio.create_task(self._transmit()), asyncio.create_task(self.routes.keep())]

    def pin(self, hops: list[str]) -> None:
        """Before a connection that is made while the adapter is there."""
        if self.settings is not None:
            self.routes.pin(hops)

    def remove(self) -> None:
        """ADP-12: nothing is left."""
        for helper in self.helpers:
            helper.cancel()
        if self.settings is not None:
            self.routes.unpin()
            self.device.close()
        self.settings, self.helpers = None, []
        self.waiting.clear()

    # --- What passes it ---

    async def session(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """What waited goes first."""
        while self.waiting:
            await send(self.waiting.popleft())
        self.send = send

    async def _transmit(self) -> None:
        try:
            await self._transmit_packets()
        except OSError as fault:  # ADP-42: the next session makes the adapter anew.
            self.removed(f"the adapter is gone: {fault}")
            self.remove()

    async def _transmit_packets(self) -> None:
        """[EP] fig. 17."""
        async for packet in self.device.packets():
            datagram = datagram_of(packet)
            answer: bytes | None = None
            if int.from_bytes(packet[12:14]) == ARP:
                answer = arp_at_client(packet, self.settings)
            elif datagram is None:
                continue
            elif is_dhcp(datagram, self.settings):
                answer = dhcp_at_client(packet, datagram, self.settings)
            elif self.send is None:
                self.waiting.append(datagram)
            else:
                await self.send(datagram)
            if answer is not None:
                self.device.indicate(answer)

    def receive(self, datagram: bytes) -> None:
        """[EP] fig. 18, behind the policy."""
        if self._may_pass(datagram):
            self.device.deliver(datagram)

    def _may_pass(self, datagram: bytes) -> bool:
        """ADP-33 to ADP-37."""
        settings = self.settings
        ends = from_tunnel(datagram, settings.lan)
        if ends is None:
            return False
        source, destination = ends
        if destination != settings.address and not any(destination in network for network in self.behind):
            return False
        routes = [route.prefixlen for route in (settings.lan, *settings.routes) if source in route]
        if not routes or source == settings.address:
            return False
        own = [network.prefixlen for network in (*self.behind, *self.connected) if source in network]
        return not own or max(routes) > max(own)
