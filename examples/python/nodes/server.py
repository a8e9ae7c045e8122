"""The tunnel server: [EP] fig. 12; docs/protocol.md, sections 9 and 10."""

import asyncio
import time
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from adapter.linux import Failed
from adapter.switchboard import Switchboard
from frames import request, response
from frames.data import NAMES, Direction
from frames.ending import Ending, Status, refusal
from frames.framing import Type
from frames.key_exchange import KeyExchangeData
from frames.relay import Relay
from frames.request import Request
from frames.response import Response
from nodes.connection import Connection, accept
from nodes.conversation import Conversation
from nodes.halfopen import AtServer, Stage
from nodes.handshake import SUITE, DoesNotOpen, Server
from nodes.policy import Initiator, Policy
from nodes.session import Session
from program import events

# What an authorised initiator learns of a refusal; everything else is *not authorized*.
TOLD = (Status.NO_COMMON_TRANSFORM, Status.NO_ADDRESS_LEFT, Status.RESOURCE_LIMIT)


class TunnelServer:
    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.timers: dict[str, float] = config["timers"]
        self.policy = Policy(config)
        self.half_open = AtServer(config.get("limits", {}))
        self.tunnels: set[Tunnel] = set()
        self.told = 0.0
        self.switchboard: Switchboard

    async def run(self, stop: asyncio.Event) -> int:
        host, port = self.config["listen"]
        self.switchboard = Switchboard(self.config)
        listener = await accept(host, port, self.timers, self.accepted)
        events.say("ready", role="server", port=port)
        events.say("adapter", name=self.switchboard.device.name)
        transmitting = asyncio.create_task(self.switchboard.transmit())
        helpers = [transmitting, asyncio.create_task(self.obey()), asyncio.create_task(stop.wait())]
        await asyncio.wait((transmitting, helpers[-1]), return_when=asyncio.FIRST_COMPLETED)
        gone = transmitting.exception() if transmitting.done() else None  # ADP-42: the adapter was removed.
        for task in (listener, *helpers):
            task.cancel()
        conversations = [tunnel.task for tunnel in self.tunnels if tunnel.task]
        for tunnel in list(self.tunnels):
            tunnel.end(Status.SHUTTING_DOWN, "the server ends")
        await asyncio.gather(*conversations, *helpers, return_exceptions=True)
        self.switchboard.device.close()
        return events.failed(gone) if gone else 0

    async def obey(self) -> None:
        async for command in events.commands():
            if command.get("command") == "end session":  # SRV-34: whoever has keys has a name
                for tunnel in [one for one in self.tunnels if one.keyed and one.name == command.get("name")]:
                    tunnel.end(Status.END_SESSION, "the operator ended the session")

    async def accepted(self, connection: Connection) -> None:
        tunnel = Tunnel(self, connection)
        self.tunnels.add(tunnel)
        try:
            await tunnel.run()
        finally:
            self.tunnels.discard(tunnel)
            self.half_open.discard(tunnel)

    def tell(self, ending: Ending, was_confirmed: bool) -> None:
        """SEC-04: of strangers not more than ten a second."""
        now = time.monotonic()
        if was_confirmed or now - self.told >= 0.1:
            self.told = self.told if was_confirmed else now
            events.say("ended", status=ending.status, by=ending.by, reason=ending.reason)


class Tunnel(Conversation):
    """One connection at the server."""

    def __init__(self, server: TunnelServer, connection: Connection) -> None:
        super().__init__()
        self.server, self.connection, self.timers = server, connection, server.timers
        self.source = connection.source
        self.stage = Stage.WAITING
        self.key = b""
        self.freshness = -1
        self.keyed: Direction | None = None
        self.alarms: list[asyncio.TimerHandle] = []
        self.initiator: Initiator
        self.address: IPv4Address
        self.session: Session

    # --- To the switchboard ---

    @property
    def name(self) -> str:
        return self.initiator.name

    @property
    def networks(self) -> list[IPv4Network]:
        return self.initiator.networks

    @property
    def is_full(self) -> bool:
        return self.connection.is_full

    def send(self, datagram: bytes) -> None:
        self.session.send(datagram)

    # --- Its life ---

    def end(self, status: Status, reason: str, at_once: bool = False) -> None:
        """From outside its own task. Only a keyed end tells why, or one that gives way."""
        over = self.stage in (Stage.OVER, Stage.REFUSED_AT_ONCE)
        tells = not over and (self.keyed is not None or at_once)
        if at_once or not over:
            self.order(Ending(status if tells else None, "self", reason), at_once)

    async def run(self) -> None:
        ending = await self.until_over(self.converse())
        was_confirmed = self.stage == Stage.OPEN
        for alarm in self.alarms:
            alarm.cancel()
        if was_confirmed:
            self.server.switchboard.leave(self)
        if self.stage != Stage.REFUSED_AT_ONCE:
            self.stage = Stage.OVER
        try:
            await self.finish(ending)
        except asyncio.CancelledError:  # gives way, or the program ends, in Dying
            self.connection.cut()
        self.server.tell(ending, was_confirmed)

    async def finish(self, ending: Ending) -> None:
        if self.at_once:
            self.connection.close(ending, self.keyed)
            self.connection.cut()
        else:
            await self.connection.finish(ending, self.keyed)

    async def converse(self) -> None:
        self.server.half_open.admit(self)
        octets = await self.connection.expect(Type.RELAY, self.timers["receiveRelay"])
        relay = Relay.decode(octets)
        relay.place(self.server.policy.names, last=True)
        frame = await self.connection.expect(Type.REQUEST, self.timers["connectWait"])
        refused_at = asyncio.get_running_loop().time() + self.timers["refusalDelay"]
        try:
            answer = self.answer(octets, relay, frame)
        except (Ending, DoesNotOpen) as fault:
            self.stage = Stage.OVER
            await asyncio.sleep(refused_at - asyncio.get_running_loop().time())
            status = fault.status if isinstance(fault, Ending) and fault.status in TOLD else Status.NOT_AUTHORIZED
            raise refusal(str(fault), Status(status)) from fault
        self.connection.send(answer)
        await self.authorized()

    def answer(self, octets: bytes, relay: Relay, frame: bytes) -> bytes:
        """RESPONSE, where the REQUEST is authorised: [EP] fig. 12, 222 to 224."""
        policy = self.server.policy
        noise = Server(octets, self.server.config["privateKey"])
        opened = noise.request(frame[request.HEADER :])
        if opened[: request.HEADER] != frame[: request.HEADER]:  # REQ-04
            raise refusal("the header in the clear is another")
        asked = Request.decode(opened)
        exchange = KeyExchangeData.decode(asked.key_exchange_data)
        self.initiator = policy.authorize(asked, noise.initiator, relay)
        self.address = policy.lease(self.initiator.name)
        transform = policy.transform(asked)
        self.server.half_open.place(self, noise.initiator, exchange.freshness)
        lifetimes = exchange.lifetimes.lower(policy.bounds)
        client_data = policy.settings(self.address, lifetimes).encode()
        granted = Response(SUITE, KeyExchangeData(lifetimes).encode(), transform, client_data).encode()
        message = noise.response(granted)
        k_i, k_r = noise.derive(b"")
        self.keyed = Direction.derive(k_r, transform, noise.h)
        receiving = Direction.derive(k_i, transform, noise.h)
        self.session = Session(self.connection, self.keyed, receiving, lifetimes, self.expire)
        self.facts = {"name": self.name, "path": relay.path, "suite": "x25519", "transform": NAMES[transform]}
        self.facts |= {"handshakeHash": noise.h.hex(), "address": str(self.address)}
        return granted[: response.HEADER] + message

    async def authorized(self) -> None:
        unconfirmed = self.alarm(self.timers["confirmation"], Status.TIMEOUT, "no DATA frame came")
        self.alarm(self.session.lifetimes.seconds + self.timers["expiryGrace"], Status.KEY_EXPIRED, "the key has expired")
        keep_alive: asyncio.Task[None] | None = None
        try:
            async for datagram in self.session.datagrams():
                if keep_alive is None:
                    unconfirmed.cancel()
                    self.confirm()
                    keep_alive = asyncio.create_task(self.session.keep_alive())
                if datagram:
                    self.server.switchboard.receive(self, datagram)
        finally:
            if keep_alive:
                keep_alive.cancel()

    def alarm(self, seconds: float, status: Status, reason: str) -> asyncio.TimerHandle:
        self.alarms.append(asyncio.get_running_loop().call_later(seconds, self.end, status, reason))
        return self.alarms[-1]

    def expire(self) -> None:
        """SRV-20: a bound of frames or octets is reached."""
        self.alarm(self.timers["expiryGrace"], Status.KEY_EXPIRED, "the key has expired")

    def confirm(self) -> None:
        """The first valid DATA frame: SRV-16, SRV-18."""
        self.stage = Stage.OPEN
        self.server.half_open.confirmed(self)
        older = self.server.switchboard.tunnels.get(self.name)
        if older is not None:
            self.server.switchboard.leave(older)
            older.end(Status.SUPERSEDED, "a newer session has the same name")
        self.server.switchboard.enter(self)
        events.say("authorized", **self.facts)


async def main(config: dict[str, Any], stop: asyncio.Event) -> int:
    try:
        return await TunnelServer(config).run(stop)
    except (OSError, Failed) as fault:
        return events.failed(fault)
