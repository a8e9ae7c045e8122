"""The tunnel relay: [EP] fig. 13; docs/protocol.md, sections 9, 10.3 and 15."""

import asyncio
import socket
from typing import Any

from adapter.linux import is_own
from frames.ending import Ending, Status, refusal
from frames.framing import Type
from frames.relay import DEFAULT_PORT, Relay, parse_node
from nodes.addresses import plain
from nodes.connection import Connection, accept, connect
from nodes.conversation import Conversation
from nodes.halfopen import AtRelay, Stage
from nodes.passage import Passage
from program import events

LARGEST_BEFORE_ANSWER = 4096


class TunnelRelay:
    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.places = AtRelay(config.get("limits", {}))
        self.allowed = {(one["name"], port) for one in config["allow"] for port in one["ports"]}
        self.forwardings: set[Forwarding] = set()

    async def run(self, stop: asyncio.Event) -> int:
        host, port = self.config["listen"]
        listener = await accept(host, port, self.config["timers"], self.accepted)
        events.say("ready", role="relay", port=port)
        await stop.wait()
        listener.cancel()
        tasks = [one.task for one in self.forwardings if one.task]
        for one in list(self.forwardings):
            one.end(Status.SHUTTING_DOWN, "the relay ends")
        await asyncio.gather(*tasks, return_exceptions=True)
        return 0

    async def accepted(self, connection: Connection) -> None:
        one = Forwarding(self, connection)
        self.forwardings.add(one)
        try:
            await one.run()
        finally:
            self.forwardings.discard(one)
            self.places.discard(one)

    async def next_node(self, relay: Relay) -> tuple[list[str], int]:
        """Section 15, steps 1 to 4: where the RELAY frame may go on to."""
        node = relay.path[relay.place(self.config["names"], last=False) + 1]
        name, port = parse_node(node)
        port = port or DEFAULT_PORT
        if (name, port) not in self.allowed:
            raise refusal(f"{node} is not allowed", Status.NEXT_NODE_UNREACHABLE)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except OSError as fault:
            raise refusal(f"{node}: {fault}", Status.NEXT_NODE_UNREACHABLE) from fault
        addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
        return [address for address in addresses if self._may_be_reached(address, port)], port

    def _may_be_reached(self, text: str, port: int) -> bool:
        """PATH-03, PATH-09."""
        address = plain(text)
        fine = self.config.get("allowAddresses", [])
        if (address.is_loopback and "loopback" not in fine) or (address.is_link_local and "link-local" not in fine):
            return False
        itself = port == self.config["listen"][1] and is_own(str(address))
        return not (address.is_multicast or address.is_unspecified or itself)


class Forwarding(Conversation):
    """One connection that was accepted, and the one to the next node."""

    def __init__(self, relay: TunnelRelay, before: Connection) -> None:
        super().__init__()
        self.relay, self.before = relay, before
        self.next: Connection | None = None
        self.source = before.source
        self.stage = Stage.WAITING
        self.key, self.freshness = b"", 0
        self.outward, self.homeward = Passage(only_close=True), Passage(only_close=False)

    def end(self, status: Status, reason: str, at_once: bool = False) -> None:
        """Ends this from outside its own task. What gives way is told so, unless it is over."""
        over = self.stage in (Stage.OVER, Stage.REFUSED_AT_ONCE)
        if at_once or not over:
            self.order(Ending(status if at_once and not over else None, "self", reason), at_once)

    async def run(self) -> None:
        ending = await self.until_over(self.converse())
        if self.stage != Stage.REFUSED_AT_ONCE:
            self.stage = Stage.OVER
        try:
            await self.finish(ending)
        except asyncio.CancelledError:
            self.cut()

    async def converse(self) -> None:
        self.relay.places.admit(self)
        await self.forward(*await self.receive())

    async def receive(self) -> tuple[bytes, Relay]:
        """RELAY, and the frame behind it, whole."""
        try:
            async with asyncio.timeout(self.before.timers["receiveRelay"]):
                octets = await self.before.expect(Type.RELAY, self.before.timers["receiveRelay"])
                relay = Relay.decode(octets)
                relay.place(self.relay.config["names"], last=False)
                return octets + await self.frame_behind(), relay
        except TimeoutError as late:
            raise refusal("no frame came behind RELAY", Status.TIMEOUT) from late

    async def frame_behind(self) -> bytes:
        """RLY-20: whether it is a REQUEST, a relay does not ask."""
        buffer = self.before.deframer.buffer
        while len(buffer) < 6:
            await self.before.more()
        length = int.from_bytes(buffer[:4])
        if not 6 <= length <= LARGEST_BEFORE_ANSWER:
            raise refusal(f"a frame of {length} octets behind RELAY")
        while len(buffer) < length:
            await self.before.more()
        if buffer[4] == Type.CLOSE:
            raise Ending(None, "peer", "a CLOSE behind RELAY")
        frame = bytes(buffer[:length])
        del buffer[:length]
        return frame

    async def forward(self, first: bytes, relay: Relay) -> None:
        self.stage = Stage.UNANSWERED
        connecting = asyncio.create_task(self.connect(relay))
        watching = asyncio.create_task(self.hold())
        try:
            await asyncio.wait((connecting, watching), return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                await watching
            self.next = await connecting
        finally:
            await _cancel(connecting, watching)
        self.before.keep_asking()
        self.next.keep_asking()
        self.next.send(first)
        pumps = [asyncio.create_task(self.pump(*way)) for way in self.ways()]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            await next(pump for pump in pumps if pump.done())
        finally:
            await _cancel(*pumps)

    def ways(self) -> list[tuple[Connection, Connection, Passage]]:
        return [(self.next, self.before, self.homeward), (self.before, self.next, self.outward)]

    async def connect(self, relay: Relay) -> Connection:
        seconds = self.before.timers["forwardConnect"]
        try:
            async with asyncio.timeout(seconds):
                addresses, port = await self.relay.next_node(relay)
                return await connect(addresses, port, seconds, self.before.timers)
        except (TimeoutError, OSError) as fault:
            raise refusal(f"the next node does not accept: {fault}", Status.NEXT_NODE_UNREACHABLE) from fault

    async def hold(self) -> None:
        """While the relay connects, nothing more may come than a CLOSE, which ends this."""
        while True:
            passage = Passage(only_close=True)
            passage.take(bytes(self.before.deframer.buffer))
            if passage.fault:
                raise refusal(passage.fault)
            if passage.closed:
                raise Ending(None, "peer", "a CLOSE behind RELAY")
            await self.before.more()

    async def pump(self, source: Connection, sink: Connection, passage: Passage) -> None:
        """Ends by an error: a CLOSE has passed, a connection has ended, or a frame has no length."""
        try:
            while True:
                octets = bytes(source.deframer.buffer)
                source.deframer.buffer.clear()
                sink.send(passage.take(octets))
                if self.homeward.begun and self.stage == Stage.UNANSWERED:
                    self.stage = Stage.OPEN
                    self.outward.open()
                if passage.closed:
                    raise Ending(None, "peer", "a CLOSE has passed")
                if passage.fault:
                    raise refusal(passage.fault)
                await sink.drain()
                await source.more()
        except Ending as ending:
            if ending.by == "network":
                sink.send(passage.pending)
            raise

    async def finish(self, ending: Ending) -> None:
        """RLY-16: a CLOSE of its own goes to the node before alone, and never into the middle of a frame."""
        if self.homeward.left == 0:
            self.before.close(ending, None)
        if self.at_once or (self.next is None and ending.by == "network"):
            self.cut()
        else:
            silent = Ending(None, "self", ending.reason)
            ends = [one.finish(silent, None) for one in (self.before, self.next) if one]
            await asyncio.gather(*ends)

    def cut(self) -> None:
        for one in (self.before, self.next):
            if one:
                one.cut()


async def _cancel(*tasks: "asyncio.Task[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def main(config: dict[str, Any], stop: asyncio.Event) -> int:
    try:
        return await TunnelRelay(config).run(stop)
    except OSError as fault:
        return events.failed(fault)
