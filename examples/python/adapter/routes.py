"""The routes of the client data, and the way to the first node past them: [EP] fig. 23, 520; docs/protocol.md, section 11."""

import time
from collections import defaultdict
from ipaddress import IPv4Network, ip_address
from typing import Any

from adapter.linux import Failed, ip, is_own, kernel_changes
from client_data.settings import Settings
from program import events

PIN = "171"  # the protocol by which a route is known as a pin, also one of a process that was killed
PATIENCE, FIGHTS = 30.0, 5  # ADP-27: seconds for which a route is left alone, after it went so often in that time


class Routes:
    def __init__(self, device: str, are_wanted: bool) -> None:
        self.device, self.are_wanted = device, are_wanted
        self.pins: list[str] = []
        self.settings: Settings

    def lay(self, settings: Settings, hops: list[str]) -> None:
        self.settings = settings
        ip("route", "flush", "dev", self.device, "proto", "static")
        self.pin(hops)
        for route in settings.routes if self.are_wanted else []:
            self._add(route)

    def _add(self, route: IPv4Network) -> None:
        """Where the machine has just this route already, both halves of it: they come before it, and it stays."""
        gateway = ("via", str(self.settings.server), "dev", self.device, "proto", "static", "onlink")
        try:
            ip("route", "add", str(route), *gateway)
        except Failed as fault:
            if "File exists" not in str(fault) or route.prefixlen == 32:
                raise
            for half in route.subnets():
                ip("route", "replace", str(half), *gateway)

    # --- ADP-13: the way to the first node stays what it is without this adapter ---

    def pin(self, hops: list[str]) -> None:
        self.unpin()
        for hop in hops:
            if not is_own(hop) and any(ip_address(hop) in route for route in self.settings.routes):
                self._pin(hop)

    def _pin(self, hop: str) -> None:
        ways = [one for one in ip("-4", "route", "show", "match", hop) if one.get("dev") != self.device]
        if not ways:
            return
        best = max([one for one in ways if one.get("protocol") != PIN] or ways, key=_rank)
        gateway = ("via", best["gateway"], "onlink") if best.get("gateway", hop) != hop else ("scope", "link")
        ours = any(one["dst"] == hop and one.get("protocol") == PIN for one in ways)
        if not ours and _network(best["dst"]).prefixlen == 32:  # The user has pinned it.
            return
        try:
            ip("route", "replace", hop, *gateway, "dev", best["dev"], "proto", PIN)
            self.pins.append(hop)
        except Failed as fault:
            events.log(str(fault))

    def unpin(self) -> None:
        for hop in self.pins:
            try:
                ip("route", "del", hop, "proto", PIN)
            except Failed as fault:
                events.log(str(fault))
        self.pins = []

    # --- ADP-21: what another manager removes is put back; ADP-27: but not for ever ---

    async def keep(self) -> None:
        gone: dict[IPv4Network, list[float]] = defaultdict(list)
        async for _ in kernel_changes():
            there = {_network(one["dst"]) for one in ip("-4", "route", "show", "dev", self.device)}
            for route in self.settings.routes if self.are_wanted else []:
                halves = set(route.subnets()) if route.prefixlen < 32 else {route}
                if route not in there and not halves <= there:
                    self._put_back(route, gone[route])

    def _put_back(self, route: IPv4Network, gone: list[float]) -> None:
        now = time.monotonic()
        gone[:] = [at for at in gone if now - at < PATIENCE]
        if len(gone) >= FIGHTS:
            events.log(f"{route} is removed again and again: left alone for a while")
            return
        gone.append(now)
        try:
            self._add(route)
        except Failed as fault:
            events.log(str(fault))


def _rank(way: dict[str, Any]) -> tuple[int, int]:
    """The longest prefix comes first, then the lowest metric."""
    return _network(way["dst"]).prefixlen, -way.get("metric", 0)


def _network(text: str) -> IPv4Network:
    """A destination as iproute2 shows it."""
    return IPv4Network("0.0.0.0/0" if text == "default" else text)
