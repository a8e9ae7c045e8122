"""Authorized, at both end points: DATA, its timers and its keys (docs/protocol.md, sections 7, 8 and 10)."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from frames.close import decode_close
from frames.data import Direction
from frames.ending import Ending, Status, broken, refusal
from frames.framing import Type
from frames.key_exchange import Lifetimes
from nodes.connection import Connection


class Session:
    def __init__(
        self,
        connection: Connection,
        sending: Direction,
        receiving: Direction,
        lifetimes: Lifetimes,
        used_up: Callable[[], None],
    ) -> None:
        """Calls `used_up` once, when a direction has reached the bound of frames or of octets."""
        self.connection, self.sending, self.receiving = connection, sending, receiving
        self.lifetimes, self.used_up = lifetimes, used_up
        self.timers = connection.timers
        self.is_used_up = False
        connection.deframer.authorized = True

    def send(self, datagram: bytes) -> None:
        self.connection.send(self.sending.seal(datagram))
        self._count(self.sending)

    async def datagrams(self) -> AsyncIterator[bytes]:
        """Each datagram that comes, an empty one too. Ends by raising Ending."""
        while True:
            while (frame := self.connection.deframer.next()) is not None:
                yield self._judge(frame)
            await self._more()

    async def _more(self) -> None:
        """FRAME-15 for a frame that is begun, DATA-14 for silence."""
        begun = bool(self.connection.deframer.buffer)
        try:
            async with asyncio.timeout(min(self.timers["stalledFrame" if begun else "silence"], self.timers["silence"])):
                await self.connection.more()
        except TimeoutError as late:
            if begun and self.timers["stalledFrame"] <= self.timers["silence"]:
                raise refusal("a frame is begun, and nothing more comes", Status.INTEGRITY_FAILURE) from late
            raise broken("the peer is silent") from late

    def _judge(self, frame: bytes) -> bytes:
        if frame[4] == Type.DATA:
            datagram = self.receiving.open(frame)
            self._count(self.receiving)
            return datagram
        if frame[4] != Type.CLOSE:
            raise refusal(f"{Type(frame[4]).name} in Authorized")
        status = decode_close(frame)
        if not self.receiving.closes(frame):
            raise broken("a CLOSE that does not verify: the stream was cut")
        raise Ending(status, "peer", "the peer closed the session")

    def _count(self, direction: Direction) -> None:
        reached = direction.n >= self.lifetimes.frames or direction.octets >= self.lifetimes.octets
        if reached and not self.is_used_up:
            self.is_used_up = True
            self.used_up()

    async def keep_alive(self) -> None:
        """DATA-13."""
        while True:
            wait = self.connection.last_sent + self.timers["keepAlive"] - time.monotonic()
            if wait <= 0:
                self.send(b"")
            else:
                await asyncio.sleep(wait)
