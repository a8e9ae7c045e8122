"""The tunnel initiator with its adapter: [EP] fig. 11; docs/protocol.md, sections 5, 9, 10 and 11."""

import asyncio
import random
import secrets
import time
from ipaddress import IPv4Interface
from typing import Any

from adapter.client import ClientAdapter
from adapter.linux import interfaces, is_own, kernel_changes
from client_data.settings import Settings
from frames import request, response
from frames.data import NAMES, Direction
from frames.ending import Ending, Status, broken, refusal
from frames.framing import Type
from frames.key_exchange import KeyExchangeData, Lifetimes
from frames.relay import DEFAULT_PORT, Relay, parse_node
from frames.request import NO_CLIENT_DATA, Request
from frames.response import Response
from nodes.connection import Connection, connect
from nodes.conversation import Conversation
from nodes.handshake import SUITE, DoesNotOpen, Initiator
from nodes.session import Session
from program import events

GREASE = [0x0A0A + 0x1010 * i for i in range(16)]


class TunnelInitiator:
    def __init__(self, config: dict[str, Any], stop: asyncio.Event) -> None:
        self.config, self.stop = config, stop
        self.timers: dict[str, float] = config["timers"]
        self.relay = Relay(config.get("origin", "origin.invalid"), config["path"])
        self.freshness = 0
        self.short_keys = 0
        self.failures = 0
        self.dead_until = 0.0  # when the back-off is over
        # The user's orders, and that one of these, or the machine's addresses, have changed:
        self.called_off = False  # the order to connect stands until then
        self.asked = False  # for another connection, since the last one began to end
        self.can_ask = True
        self.renewing = False  # between two keys: fig. 11, Reconnect
        self.news = asyncio.Event()
        self.before: list[str] = []  # addresses of the first node
        self.adapter = ClientAdapter(config, lambda reason: self.conversation.order(broken(reason)))
        # Of one tunnel connection:
        self.conversation = Conversation()
        self.connection: Connection | None = None
        self.keyed: Direction | None = None
        self.began = 0.0
        self.renewal: asyncio.TimerHandle | None = None

    # --- The user's orders ---

    async def run(self) -> int:
        events.say("ready", role="client")
        listener = asyncio.create_task(self.listen())
        watcher = asyncio.create_task(self.watch())
        networks = asyncio.create_task(self.watch_networks())
        try:
            while True:
                status = await self.connect_until_over()
                if not await self.told_to_connect():
                    return 0 if self.stop.is_set() else status
        finally:
            for helper in (listener, watcher, networks):
                helper.cancel()
            self.adapter.remove()

    async def listen(self) -> None:
        async for command in events.commands():
            if command.get("command") == "end session":
                self.end_session()
            elif command.get("command") == "connect":
                self.asked = True
                self.news.set()
        self.can_ask = False
        self.news.set()

    async def watch(self) -> None:
        await self.stop.wait()
        self.end_session()

    async def told_to_connect(self) -> bool:
        """Whether the user asks for another connection. It comes when the back-off is over: INI-16."""
        while not self.stop.is_set():
            if self.asked:
                self.asked = self.called_off = False
                await self.rest()
                if not self.called_off:
                    return True
            elif not self.can_ask:
                return False
            else:
                await self.hear(None)
        return False

    async def hear(self, seconds: float | None) -> None:
        """Until there are news, but no longer than this."""
        try:
            async with asyncio.timeout(seconds):
                await self.news.wait()
        except TimeoutError:
            pass
        self.news.clear()

    def end_session(self) -> None:
        self.called_off, self.asked = True, False
        self.news.set()
        self.end(Status.END_SESSION, "the user ended the session")
        if self.renewing and self.connection:  # Reconnect: who ends the session there waits for nobody.
            self.connection.cut()

    def end(self, status: Status, reason: str) -> None:
        """Ends the tunnel connection from outside its own task. Only a keyed end says why."""
        self.conversation.order(Ending(status if self.keyed else None, "self", reason))

    async def connect_until_over(self) -> int:
        """One order to connect, with all that follows by itself. Returns the exit status."""
        self.called_off = False
        while True:
            ending = await self.attempt()
            events.say("ended", status=ending.status, by=ending.by, reason=ending.reason)
            verified = ending.by == "peer" and self.keyed is not None
            expired = ending.by == "self" and ending.status == Status.KEY_EXPIRED
            if expired and self.short_keys < 2 and not self.called_off:
                continue
            self.dead_until = time.monotonic() + self.back_off()
            # This end ends a session of itself where there can be no adapter: ADP-20.
            proven = verified or ending.by == "self"
            final = proven and ending.status in (Status.END_SESSION, Status.SUPERSEDED)
            if final or not (self.config.get("reconnect", True) or expired):
                break
            await self.rest()
            if self.called_off:
                break
        self.adapter.remove()
        if self.called_off or (verified and ending.status in (Status.END_SESSION, Status.SHUTTING_DOWN)):
            return 0
        return 1

    def back_off(self) -> float:
        """Section 10.1: between half of a bound and the whole of it; the bound doubles."""
        least, most = self.timers["backOffMin"], self.timers["backOffMax"]
        bound = min(most, 2 * least * 2 ** min(self.failures, 30))
        self.failures += 1
        return max(least, random.uniform(bound / 2, bound))

    async def rest(self) -> None:
        """Dead, until the back-off is over. End Session ends it: INI-25."""
        while not self.called_off and (left := self.dead_until - time.monotonic()) > 0:
            await self.hear(left)

    async def watch_networks(self) -> None:
        """INI-21: where the machine has moved, the connection is broken. INI-28: what failed was another network."""
        known: list[IPv4Interface] | None = None
        async for _ in kernel_changes():
            if self.connection and not is_own(own := self.connection.own_address):
                self.conversation.order(broken(f"{own} is no longer an address of this machine"))
            found = interfaces(self.adapter.wants["name"])
            if known is not None and found != known:
                self.failures = 0
                if self.dead_until > time.monotonic():
                    self.dead_until = min(self.dead_until, time.monotonic() + self.back_off())
                    self.news.set()
            known = found

    # --- One tunnel connection ---

    async def attempt(self) -> Ending:
        self.keyed = self.connection = self.renewal = None
        self.conversation = Conversation()
        ending = await self.conversation.until_over(self.converse())
        self.conversation.ordered = ending  # Nothing ends what has ended.
        self.asked = False  # Who asked before had this connection.
        if self.renewal:
            self.renewal.cancel()
        if self.connection:
            self.renewing = ending.by == "self" and ending.status == Status.KEY_EXPIRED
            await self.connection.finish(ending, self.keyed)
            self.renewing = False
        return ending

    async def converse(self) -> None:
        self.connection = await self.open()
        session = await self.handshake(self.connection)
        self.renewal = asyncio.get_running_loop().call_later(session.lifetimes.seconds * 0.9, self.expire)
        await self.authorized(session)

    async def open(self) -> Connection:
        """TCP Open: the first address of the next node that accepts."""
        name, port = parse_node(self.config["path"][0])
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.timers["tcpOpen"]):
                try:
                    found = await loop.getaddrinfo(name, port or DEFAULT_PORT, type=1)
                    self.before = list(dict.fromkeys(entry[4][0] for entry in found))
                except OSError as fault:
                    if not self.before:  # INI-24: else the addresses of before
                        raise broken(f"{name} has no address: {fault}") from fault
                self.adapter.pin(self.before)
                return await connect(self.before, port or DEFAULT_PORT, self.timers["tcpOpen"], self.timers)
        except OSError as fault:  # TimeoutError is one
            raise broken(f"{name} does not accept: {fault}") from fault

    async def handshake(self, connection: Connection) -> Session:
        """RELAY, REQUEST, RESPONSE."""
        relay = self.relay.encode()
        server = self.config["server"]
        noise = Initiator(relay, self.config["privateKey"], server["publicKey"])
        asked = self.request()
        opened = asked.encode()
        connection.send(relay + opened[: request.HEADER] + noise.request(opened))
        frame = await connection.expect(Type.RESPONSE, self.timers["responseWait"])
        try:
            answer = noise.response(frame[response.HEADER :])
        except DoesNotOpen as fault:
            raise refusal(f"RESPONSE does not open: {fault}", Status.INTEGRITY_FAILURE) from fault
        altered = refusal("the header of RESPONSE is another in the clear", Status.INTEGRITY_FAILURE)
        same = answer[: response.HEADER] == frame[: response.HEADER]
        try:
            granted = Response.decode(answer)
        except Ending as fault:
            raise fault if same else altered from fault
        k_i, k_r = noise.derive(b"")
        self.keyed = Direction.derive(k_i, granted.transform, noise.h)
        if not same:
            raise altered
        granted.judge(asked)
        settings = Settings.decode(granted.client_data)
        whole = KeyExchangeData.decode(granted.key_exchange_data).lifetimes
        # The initiator acts at 90 % of each bound: INI-09.
        renewal = Lifetimes(whole.seconds, whole.frames * 9 // 10, whole.octets * 9 // 10)
        receiving = Direction.derive(k_r, granted.transform, noise.h)
        session = Session(connection, self.keyed, receiving, renewal, self.expire)
        session.send(b"")  # DATA-08
        self.began = time.monotonic()
        self.failures = 0
        events.say(
            "authorized",
            name=self.config["name"],
            path=self.config["path"],
            suite="x25519",
            transform=NAMES[granted.transform],
            handshakeHash=noise.h.hex(),
            address=str(settings.address),
        )
        self.adapter.configure(connection.source, settings)
        return session

    def request(self) -> Request:
        self.freshness = max(time.time_ns() // 1000, self.freshness + 1)
        lifetimes = Lifetimes(**self.config.get("lifetime", {}))
        grease = {random.choice(GREASE[:8]): secrets.token_bytes(random.randrange(8))}
        exchange = KeyExchangeData(lifetimes, freshness=self.freshness, unknown=grease)
        offer = list(self.config["transforms"])
        offer.insert(random.randrange(len(offer) + 1), random.choice(GREASE))
        destination, _ = parse_node(self.config["path"][-1])
        return Request(SUITE, exchange.encode(), offer, destination, NO_CLIENT_DATA, self.config["name"])

    def expire(self) -> None:
        """INI-09; two short keys in a row are followed by the back-off (section 10.1)."""
        short = time.monotonic() - self.began < self.timers["backOffMin"]
        self.short_keys = self.short_keys + 1 if short else 0
        self.end(Status.KEY_EXPIRED, "the key is nearly used up")

    async def authorized(self, session: Session) -> None:
        async def send(datagram: bytes) -> None:
            session.send(datagram)
            await session.connection.drain()  # ADP-14: a full connection keeps the adapter from being read

        await self.adapter.session(send)
        keeping_alive = asyncio.create_task(session.keep_alive())
        try:
            async for datagram in session.datagrams():
                if datagram:
                    self.adapter.receive(datagram)
        finally:
            keeping_alive.cancel()
            self.adapter.send = None


async def main(config: dict[str, Any], stop: asyncio.Event) -> int:
    return await TunnelInitiator(config, stop).run()
