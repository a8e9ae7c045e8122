"""The tunnel server: [EP] fig. 12; docs/protocol.md, sections 5, 9, 10 and 11."""

import asyncio
import time
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import program
from adapter import Adapter, Failed, addresses, beyond_a_link, configures, datagram_of, ip, whole
from connection import Connection, accept
from emulators import arp_answer, arp_question
from frames import (
    REQUEST_HEADER,
    Ending,
    KeyExchangeData,
    Lifetimes,
    Relay,
    Request,
    Response,
    Settings,
    Status,
    Type,
    parse_node,
    refusal,
)
from halfopen import AtServer, Stage
from handshake import SUITE, DoesNotOpen, Server
from session import Session
from transforms import NAMES, Direction

DEFAULT_ROUTE = IPv4Network("0.0.0.0/0")


@dataclass
class Policy:
    """What the configuration says of one initiator."""

    name: str
    public_key: bytes
    suites: list[str]
    address: IPv4Address | None
    networks: list[IPv4Network] = field(default_factory=list)


class TunnelServer:
    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.timers: dict[str, float] = config["timers"]
        self.data: dict[str, Any] = config.get("clientData", {})
        self.interface = config["adapter"]["address"]
        self.lan: IPv4Network = self.interface.network
        self.routes: list[IPv4Network] = self.data.get("routes", [])
        self.policies = [
            Policy(one["name"], one["publicKey"], one.get("suites", ["x25519", "hybrid"]), one.get("address"), one.get("networks", []))
            for one in config["initiators"]
        ]
        self.leased: dict[str, IPv4Address] = {one.name: one.address for one in self.policies if one.address}
        self.freshness: dict[bytes, int] = {}
        self.half_open = AtServer(config.get("limits", {}))
        self.tunnels: set[Tunnel] = set()
        self.confirmed: dict[str, Tunnel] = {}
        self.told = 0.0
        self.adapter: Adapter

    # --- The adapter ---

    def make_adapter(self) -> None:
        wanted = self.config["adapter"]
        self.adapter = Adapter(wanted.get("name", "pna0"), wanted["serverPhysical"], wanted["clientPhysical"])
        ip("address", "add", str(self.interface), "dev", self.adapter.name)
        self.adapter.up(wanted.get("mtu", 1400))

    async def transmit(self) -> None:
        """[EP] fig. 17: what the local stack sends goes to the tunnel of its destination."""
        async for packet in self.adapter.packets():
            if (question := arp_question(packet)) is not None:
                if question[2] in {tunnel.address for tunnel in self.confirmed.values()}:  # ARP-08, ARP-11
                    self.adapter.indicate(arp_answer(packet, self.adapter.other))
            elif (datagram := datagram_of(packet)) is not None:
                self.switch(datagram)
                while [tunnel.connection.full for tunnel in self.confirmed.values()] == [True]:
                    await asyncio.sleep(0.01)  # ADP-14: nobody else has to wait

    def switch(self, datagram: bytes) -> None:
        source, destination = addresses(datagram)
        if not (beyond_a_link(source, self.lan) and beyond_a_link(destination, self.lan)):
            return
        tunnel = self.tunnel_of(destination)
        if tunnel is not None and not tunnel.connection.full:  # ADP-32: what is for a full one is dropped
            tunnel.session.send(datagram)

    def tunnel_of(self, destination: IPv4Address) -> "Tunnel | None":
        """A client's own address, else the longest subnet that has the destination: ADP-31."""
        best: tuple[int, Tunnel] | None = None
        for tunnel in self.confirmed.values():
            if tunnel.address == destination:
                return tunnel
            for network in tunnel.policy.networks:
                if destination in network and (best is None or network.prefixlen > best[0]):
                    best = (network.prefixlen, tunnel)
        return best[1] if best else None

    def receive(self, tunnel: "Tunnel", datagram: bytes) -> None:
        """[EP] fig. 18, behind the policy: ADP-08, ADP-09, ADP-29, ADP-37, ADP-39."""
        if datagram[0] >> 4 != 4 or not whole(datagram) or configures(datagram):
            return
        source, destination = addresses(datagram)
        if source != tunnel.address and not any(source in network for network in tunnel.policy.networks):
            return
        if not (beyond_a_link(source, self.lan) and beyond_a_link(destination, self.lan)):
            return
        other = self.tunnel_of(destination)
        if destination == self.interface.ip:
            self.adapter.deliver(datagram)
        elif other is not None:
            if self.config.get("clientToClient", False):
                self.switch(datagram)
        elif destination not in self.lan and any(destination in route for route in self.routes):
            self.adapter.deliver(datagram)

    # --- Who may come in ---

    def authorize(self, request: Request, key: bytes, relay: Relay) -> Policy:
        """REQ-08, REQ-16, HS-07, HS-08: one and the same refusal."""
        names = self.config["names"]
        if request.suite != SUITE or request.destination != parse_node(relay.path[-1])[0] or request.destination not in names:
            raise refusal("the suite, or the destination name")
        for policy in self.policies:
            if policy.name == request.initiator and policy.public_key == key and "x25519" in policy.suites:
                return policy
        raise refusal("the name, the key or the suite of the initiator")

    def lease(self, name: str) -> IPv4Address:
        """SRV-19: an address belongs to a name."""
        if name not in self.leased and "pool" in self.data:
            first, last = self.data["pool"]
            taken = {*self.leased.values(), self.interface.ip}
            free = (IPv4Address(one) for one in range(int(first), int(last) + 1) if IPv4Address(one) not in taken)
            address = next(free, None)
            if address is not None:
                self.leased[name] = address
        if name not in self.leased:
            raise refusal("no address is left", Status.NO_ADDRESS_LEFT)
        return self.leased[name]

    def settings(self, address: IPv4Address, lifetimes: Lifetimes) -> Settings:
        adapter, data = self.config["adapter"], self.data
        return Settings(
            address,
            self.lan,
            self.interface.ip,
            data.get("leaseSeconds", max(60, lifetimes.seconds)),
            adapter["clientPhysical"],
            adapter["serverPhysical"],
            DEFAULT_ROUTE in self.routes,
            self.routes,
            data.get("dns", []),
            data.get("domain"),
            data.get("search", []),
            adapter.get("mtu", 1400),
        )

    def tell(self, ending: Ending, was_confirmed: bool) -> None:
        """SEC-04: of strangers not more than ten a second."""
        now = time.monotonic()
        if was_confirmed or now - self.told >= 0.1:
            self.told = self.told if was_confirmed else now
            program.say("ended", status=ending.status, by=ending.by, reason=ending.reason)

    # --- Connections ---

    async def accepted(self, connection: Connection) -> None:
        tunnel = Tunnel(self, connection)
        self.tunnels.add(tunnel)
        try:
            await tunnel.run()
        finally:
            self.tunnels.discard(tunnel)
            self.half_open.discard(tunnel)

    async def run(self, stop: asyncio.Event) -> int:
        host, port = self.config["listen"]
        self.make_adapter()
        try:
            listener = await accept(host, port, self.timers, self.accepted)
            program.say("ready", role="server", port=port)
            program.say("adapter", name=self.adapter.name)
            helpers = [asyncio.create_task(self.transmit()), asyncio.create_task(self.obey())]
            await stop.wait()
            listener.cancel()
            for helper in helpers:
                helper.cancel()
            tasks = [tunnel.task for tunnel in self.tunnels]
            for tunnel in list(self.tunnels):
                tunnel.end(Status.SHUTTING_DOWN, "the server ends")
            await asyncio.gather(*tasks, *helpers, return_exceptions=True)
        finally:
            self.adapter.close()
        return 0

    async def obey(self) -> None:
        async for command in program.commands():
            if command.get("command") == "end session":  # SRV-34: whoever has keys has a name
                for tunnel in [one for one in self.tunnels if one.keyed and one.policy.name == command.get("name")]:
                    tunnel.end(Status.END_SESSION, "the operator ended the session")


class Tunnel:
    """One connection at the server."""

    def __init__(self, server: TunnelServer, connection: Connection) -> None:
        self.server, self.connection, self.timers = server, connection, server.timers
        self.source = connection.source
        self.stage = Stage.WAITING
        self.key = b""
        self.fresh = 0
        self.session: Session
        self.keyed: Direction | None = None
        self.ordered: Ending | None = None
        self.at_once = False
        self.alarms: list[asyncio.TimerHandle] = []
        self.policy: Policy
        self.address: IPv4Address
        self.task: asyncio.Task[None]

    @property
    def is_confirmed(self) -> bool:
        return self.stage == Stage.OPEN

    def end(self, status: Status, reason: str, at_once: bool = False) -> None:
        """Ends this connection from outside its own task. Only a keyed end tells why, or one that gives way."""
        over = self.stage in (Stage.OVER, Stage.REFUSED_AT_ONCE)
        if self.ordered is None and (at_once or not over):
            tells = not over and (self.keyed is not None or at_once)
            self.ordered, self.at_once = Ending(status if tells else None, "self", reason), at_once
            self.task.cancel()

    async def run(self) -> None:
        self.task = asyncio.current_task()  # type: ignore[assignment]
        was_confirmed = False
        try:
            self.server.half_open.admit(self)
            await self.converse()
            raise AssertionError("a conversation ends by an error")
        except Ending as why:
            ending = why
        except asyncio.CancelledError:
            if self.ordered is None:
                raise
            self.task.uncancel()
            ending = self.ordered
        was_confirmed = self.is_confirmed
        for alarm in self.alarms:
            alarm.cancel()
        self.leave()
        self.stage = Stage.OVER if self.stage != Stage.REFUSED_AT_ONCE else self.stage
        try:
            if self.at_once:
                self.connection.close(ending, self.keyed)
                self.connection.cut()
            else:
                await self.connection.finish(ending, self.keyed)
        except asyncio.CancelledError:  # gives way, or the program ends, in Dying
            self.connection.cut()
        self.server.tell(ending, was_confirmed)

    def leave(self) -> None:
        """The session is over: its routes and its place go."""
        if self.is_confirmed and self.server.confirmed.get(self.policy.name) is self:
            del self.server.confirmed[self.policy.name]
            self.routes("del")

    def routes(self, verb: str) -> None:
        for network in self.policy.networks:
            try:
                ip("route", verb, str(network), "via", str(self.address), "dev", self.server.adapter.name)
            except Failed as fault:
                program.log(str(fault))

    async def converse(self) -> None:
        octets = await self.connection.expect(Type.RELAY, self.timers["receiveRelay"])
        relay = Relay.decode(octets)
        relay.place(self.server.config["names"], last=True)
        request = await self.connection.expect(Type.REQUEST, self.timers["connectWait"])
        came = asyncio.get_running_loop().time()
        try:
            response = self.answer(octets, relay, request)
        except (Ending, DoesNotOpen) as fault:
            self.stage = Stage.OVER
            tells = isinstance(fault, Ending) and fault.status in _TOLD
            await asyncio.sleep(came + self.timers["refusalDelay"] - asyncio.get_running_loop().time())
            raise refusal(str(fault), Status(fault.status) if tells else Status.NOT_AUTHORIZED) from fault
        self.connection.send(response)
        await self.authorized(relay)

    def answer(self, octets: bytes, relay: Relay, frame: bytes) -> bytes:
        """RESPONSE, where the REQUEST is authorised: [EP] fig. 12, 222 to 224."""
        server, config = self.server, self.server.config
        noise = Server(octets, config["privateKey"])
        opened = noise.request(frame[REQUEST_HEADER:])
        if opened[:REQUEST_HEADER] != frame[:REQUEST_HEADER]:
            raise refusal("the header in the clear is another")
        request = Request.decode(opened)
        self.policy = server.authorize(request, noise.initiator, relay)
        self.address = server.lease(self.policy.name)
        transform = next((one for one in request.transforms if one in config["transforms"]), None)
        if transform is None:
            raise refusal("no common transform", Status.NO_COMMON_TRANSFORM)
        asked = KeyExchangeData.decode(request.key_exchange_data)
        self.place(noise.initiator, -1 if asked.freshness is None else asked.freshness)
        lifetimes = asked.lifetimes.lower(Lifetimes(**config.get("lifetime", {})))
        client_data = server.settings(self.address, lifetimes).encode()
        response = Response(SUITE, KeyExchangeData(lifetimes).encode(), transform, client_data).encode()
        message = noise.response(response)
        k_i, k_r = noise.derive(b"")
        self.keyed = Direction.derive(k_r, transform, noise.h)
        receiving = Direction.derive(k_i, transform, noise.h)
        self.session = Session(self.connection, self.keyed, receiving, lifetimes, self.expire)
        self.facts = {"name": self.policy.name, "path": relay.path, "suite": "x25519", "transform": NAMES[transform]}
        self.facts |= {"handshakeHash": noise.h.hex(), "address": str(self.address)}
        return response[:14] + message

    def place(self, key: bytes, freshness: int) -> None:
        """Section 10.4."""
        fresh = freshness > self.server.freshness.get(key, -1)
        self.server.half_open.place(self, key, freshness, fresh)
        if fresh:
            self.server.freshness[key] = freshness

    async def authorized(self, relay: Relay) -> None:
        loop, timers, session = asyncio.get_running_loop(), self.timers, self.session
        grace = session.lifetimes.seconds + timers["expiryGrace"]
        unconfirmed = loop.call_later(timers["confirmation"], self.end, Status.TIMEOUT, "no DATA frame came")
        self.alarms = [unconfirmed, loop.call_later(grace, self.end, Status.KEY_EXPIRED, "the key has expired")]
        keep_alive: asyncio.Task[None] | None = None
        try:
            async for datagram in session.datagrams():
                if not self.is_confirmed:
                    unconfirmed.cancel()
                    self.confirm()
                    keep_alive = asyncio.create_task(session.keep_alive())
                if datagram:
                    self.server.receive(self, datagram)
        finally:
            if keep_alive:
                keep_alive.cancel()

    def expire(self) -> None:
        """SRV-20: a bound of frames or octets is reached."""
        loop = asyncio.get_running_loop()
        self.alarms.append(loop.call_later(self.timers["expiryGrace"], self.end, Status.KEY_EXPIRED, "the key has expired"))

    def confirm(self) -> None:
        """The first valid DATA frame: SRV-16, SRV-18."""
        self.stage = Stage.OPEN
        self.server.half_open.discard(self)
        older = self.server.confirmed.get(self.policy.name)
        if older is not None:
            older.leave()
            older.end(Status.SUPERSEDED, "a newer session has the same name")
        self.server.confirmed[self.policy.name] = self
        self.routes("replace")
        program.say("authorized", **self.facts)


_TOLD = (Status.NO_COMMON_TRANSFORM, Status.NO_ADDRESS_LEFT, Status.RESOURCE_LIMIT)


async def main(config: dict[str, Any], stop: asyncio.Event) -> int:
    try:
        return await TunnelServer(config).run(stop)
    except (OSError, Failed) as fault:
        program.say("error", message=str(fault))
        program.log(str(fault))
        return 1
