"""The adapter at the server, and to which tunnel a datagram goes: [EP] figs. 14, 17 and 18; docs/protocol.md, section 11."""

import asyncio
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Protocol

from adapter.arp import arp_answer, arp_question
from adapter.datagrams import addresses, beyond_a_link, datagram_of, from_tunnel
from adapter.device import Device
from adapter.linux import Failed, ip
from program import events


# ADP-44: the kernel has all clients, and the networks behind them, at one neighbour, whom nobody has to ask for.
CLIENTS = "169.254.0.1"


class Tunnel(Protocol):
    """A confirmed session."""

    name: str
    address: IPv4Address
    networks: list[IPv4Network]

    def send(self, datagram: bytes) -> None: ...

    @property
    def is_full(self) -> bool: ...


class Switchboard:
    def __init__(self, config: dict[str, Any]) -> None:
        wanted = config["adapter"]
        self.own: IPv4Address = wanted["address"].ip
        self.lan: IPv4Network = wanted["address"].network
        self.offered: list[IPv4Network] = config.get("clientData", {}).get("routes", [])
        self.client_to_client: bool = config.get("clientToClient", False)
        self.tunnels: dict[str, Tunnel] = {}  # by the name of the initiator
        self.device = Device(wanted.get("name", "pna0"), wanted["serverPhysical"], wanted["clientPhysical"])
        # The kernel's own route to the virtual LAN, which is on link, comes behind that through the one neighbour.
        ip("address", "add", str(wanted["address"]), "dev", self.device.name, "metric", "1024")
        self.device.up(wanted.get("mtu", 1400))
        clients = wanted["clientPhysical"].hex(":")
        ip("neighbour", "replace", CLIENTS, "lladdr", clients, "dev", self.device.name, "nud", "permanent")
        self._route("replace", self.lan)

    def enter(self, tunnel: Tunnel) -> None:
        self.tunnels[tunnel.name] = tunnel
        self._routes("replace", tunnel.networks)

    def leave(self, tunnel: Tunnel) -> None:
        """A newer session of the same name stays."""
        if self.tunnels.get(tunnel.name) is tunnel:
            del self.tunnels[tunnel.name]
            others = {network for other in self.tunnels.values() for network in other.networks}
            self._routes("del", [network for network in tunnel.networks if network not in others])

    def _routes(self, verb: str, networks: Iterable[IPv4Network]) -> None:
        for network in networks:
            try:
                self._route(verb, network)
            except Failed as fault:
                events.log(str(fault))

    def _route(self, verb: str, network: IPv4Network) -> None:
        ip("route", verb, str(network), "via", CLIENTS, "dev", self.device.name, "onlink", "src", str(self.own))

    async def transmit(self) -> None:
        """[EP] fig. 17: what the local stack sends goes to the tunnel of its destination."""
        async for packet in self.device.packets():
            if (question := arp_question(packet)) is not None:
                if question[2] in {tunnel.address for tunnel in self.tunnels.values()}:  # ARP-08, ARP-11
                    self.device.indicate(arp_answer(packet, self.device.other))
            elif (datagram := datagram_of(packet)) is not None:
                self.switch(datagram)
                while [tunnel.is_full for tunnel in self.tunnels.values()] == [True]:
                    await asyncio.sleep(0.01)  # ADP-14: nobody else has to wait

    def switch(self, datagram: bytes) -> None:
        source, destination = addresses(datagram)
        tunnel = self.tunnel_of(destination)
        fine = beyond_a_link(source, self.lan) and beyond_a_link(destination, self.lan)  # ADP-29
        if fine and tunnel is not None and not tunnel.is_full:  # ADP-32: what is for a full one is dropped
            tunnel.send(datagram)

    def tunnel_of(self, destination: IPv4Address) -> Tunnel | None:
        """A client's own address, else the longest subnet that has the destination: ADP-31."""
        best: tuple[int, Tunnel] | None = None
        for tunnel in self.tunnels.values():
            if tunnel.address == destination:
                return tunnel
            for network in tunnel.networks:
                if destination in network and (best is None or network.prefixlen > best[0]):
                    best = (network.prefixlen, tunnel)
        return best[1] if best else None

    def receive(self, tunnel: Tunnel, datagram: bytes) -> None:
        """[EP] fig. 18, behind the policy: ADP-08, ADP-09, ADP-39."""
        ends = from_tunnel(datagram, self.lan)
        if ends is None:
            return
        source, destination = ends
        if not self.may_send_from(tunnel, source):
            return
        other = self.tunnel_of(destination)
        if destination == self.own:
            self.device.deliver(datagram)
        elif other not in (None, tunnel):
            if self.client_to_client:
                self.switch(datagram)
        elif destination not in self.lan and any(destination in route for route in self.offered):
            self.device.deliver(datagram)

    def may_send_from(self, tunnel: Tunnel, source: IPv4Address) -> bool:
        """ADP-08: its own address, or one behind it that is not another initiator's own."""
        if source == tunnel.address:
            return True
        behind = any(source in network for network in tunnel.networks)
        return behind and all(other.address != source for other in self.tunnels.values())
