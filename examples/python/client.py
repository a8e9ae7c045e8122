"""The adapter at the client: [EP] figs. 17, 18 and 23; docs/protocol.md, section 11."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Network, ip_address
from typing import Any

import program
from acceptance import Refused, accept
from adapter import (
    Adapter,
    Failed,
    addresses,
    beyond_a_link,
    configures,
    connected_subnets,
    datagram_of,
    ip,
    is_own,
    kernel_changes,
    whole,
)
from emulators import ARP, arp_at_client, dhcp_at_client, is_dhcp
from frames import Ending, Settings, Status

WAITING = 64  # datagrams that wait while the tunnel is made again
PIN = "171"  # the protocol by which a route is known as a pin, also one of a process that was killed
PATIENCE, FIGHTS = 30.0, 5  # ADP-27: seconds for which a route is left alone, after it went so often in that time


class ClientAdapter:
    """Lasts from the first session until there is none to come."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.wants = {"name": "pna0", "configure": "dhcp", "routes": True} | config.get("adapter", {})
        self.user = config.get("accept", {})
        self.behind: list[IPv4Network] = config.get("networks", [])
        self.send: Callable[[bytes], Awaitable[None]] | None = None  # while there is a session
        self.waiting: deque[bytes] = deque(maxlen=WAITING)
        self.connected: list[IPv4Network] = []
        self.pins: list[str] = []
        self.helpers: list[asyncio.Task[None]] = []
        self.device: Adapter
        self.settings: Settings | None = None

    # --- What client data makes of it ---

    def configure(self, hop: str, offered: Settings) -> None:
        """[EP] fig. 23: device, address and routes, as far as the user accepts them. `hop` is the first node."""
        self.connected = connected_subnets(self.wants["name"])
        try:
            settings, refused = accept(offered, self.user, self.connected)
            for one in refused:
                program.log(f"refused: {one}")
            if settings != self.settings:
                self._lay_out(hop, settings)
            else:
                self.pin([hop])
        except (Refused, Failed, OSError) as fault:  # ADP-20
            program.say("error", message=str(fault))
            raise Ending(Status.END_SESSION, "self", f"no adapter: {fault}") from fault

    def _lay_out(self, hop: str, settings: Settings) -> None:
        if self.settings and self.settings.client_physical != settings.client_physical:
            self.remove()
        if self.settings is None:
            self.device = Adapter(self.wants["name"], settings.client_physical, settings.server_physical)
            self.settings = settings
            self.helpers = [asyncio.create_task(self._transmit()), asyncio.create_task(self._keep_routes())]
        else:  # ADP-22: DHCP runs again
            self.device.other, self.settings = settings.server_physical, settings
            ip("link", "set", "dev", self.device.name, "carrier", "off")
            ip("link", "set", "dev", self.device.name, "carrier", "on")
            ip("route", "flush", "dev", self.device.name, "proto", "static")
        self.device.up(settings.mtu or 1500)
        if self.wants["configure"] == "direct":
            ip("address", "flush", "dev", self.device.name, "scope", "global")
            ip("address", "add", f"{settings.address}/{settings.lan.prefixlen}", "dev", self.device.name)
        program.say("adapter", name=self.device.name)
        self.pin([hop])
        if self.wants["routes"]:
            for route in settings.routes:
                self._route(route)

    def _route(self, route: IPv4Network) -> None:
        """Where the machine has just this route already, both halves of it: they come before it, and it stays."""
        gateway = ("via", str(self.settings.server), "dev", self.device.name, "proto", "static", "onlink")
        try:
            ip("route", "add", str(route), *gateway)
        except Failed as fault:
            if "File exists" not in str(fault) or route.prefixlen == 32:
                raise
            for half in route.subnets():
                ip("route", "replace", str(half), *gateway)

    def pin(self, hops: list[str]) -> None:
        """ADP-13: the way to the first node stays what it is without this adapter."""
        self._unpin()
        for hop in hops if self.settings else []:
            address = ip_address(hop)
            if is_own(hop) or not any(address in route for route in self.settings.routes):
                continue
            ways = [one for one in ip("-4", "route", "show", "match", hop) if one.get("dev") != self.device.name]
            if not ways:
                continue
            best = max([one for one in ways if one.get("protocol") != PIN] or ways, key=lambda one: (_network(one["dst"]).prefixlen, -one.get("metric", 0)))
            gateway = ("via", best["gateway"], "onlink") if best.get("gateway", hop) != hop else ("scope", "link")
            ours = next((one for one in ways if one["dst"] == hop and one.get("protocol") == PIN), None)
            if ours is not None or _network(best["dst"]).prefixlen < 32:  # else the user has pinned it
                try:
                    ip("route", "replace", hop, *gateway, "dev", best["dev"], "proto", PIN)
                    self.pins.append(hop)
                except Failed as fault:
                    program.log(str(fault))

    def _unpin(self) -> None:
        for hop in self.pins:
            try:
                ip("route", "del", hop, "proto", PIN)
            except Failed as fault:
                program.log(str(fault))
        self.pins = []

    async def _keep_routes(self) -> None:
        """ADP-21: puts back what another manager removes; ADP-27: but not for ever."""
        gone: dict[IPv4Network, list[float]] = defaultdict(list)
        async for _ in kernel_changes():
            there = {_network(one["dst"]) for one in ip("-4", "route", "show", "dev", self.device.name)}
            for route in self.settings.routes if self.wants["routes"] else []:
                halves = set(route.subnets()) if route.prefixlen < 32 else {route}
                if route not in there and not halves <= there:
                    self._put_back(route, gone[route])

    def _put_back(self, route: IPv4Network, gone: list[float]) -> None:
        now = time.monotonic()
        gone[:] = [at for at in gone if now - at < PATIENCE]
        if len(gone) >= FIGHTS:
            program.log(f"{route} is removed again and again: left alone for a while")
            return
        gone.append(now)
        try:
            self._route(route)
        except Failed as fault:
            program.log(str(fault))

    def remove(self) -> None:
        """ADP-12: nothing is left."""
        for helper in self.helpers:
            helper.cancel()
        self._unpin()
        if self.settings is not None:
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
        if datagram[0] >> 4 != 4 or not whole(datagram) or configures(datagram):
            return False
        settings = self.settings
        source, destination = addresses(datagram)
        if not (beyond_a_link(source, settings.lan) and beyond_a_link(destination, settings.lan)):
            return False
        if destination != settings.address and not any(destination in network for network in self.behind):
            return False
        routes = [route.prefixlen for route in (settings.lan, *settings.routes) if source in route]
        if not routes or source == settings.address:
            return False
        own = [network.prefixlen for network in (*self.behind, *self.connected) if source in network]
        return not own or max(routes) > max(own)


def _network(text: str) -> IPv4Network:
    """A destination as iproute2 shows it."""
    return IPv4Network("0.0.0.0/0" if text == "default" else text)
