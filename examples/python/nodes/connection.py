"""One transport layer connection: frames in, frames out, and its end (docs/protocol.md, sections 2 and 8)."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

from frames.close import decode_close, encode_close
from frames.data import Direction
from frames.ending import Ending, Status, broken, refusal
from frames.framing import Deframer, Type

FULL = 256 * 1024  # octets that wait for the peer before nothing more is read from the adapter


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, timers: dict[str, float]) -> None:
        self.reader, self.writer, self.timers = reader, writer, timers
        self.deframer = Deframer()
        self.last_sent = self.last_received = time.monotonic()
        writer.transport.set_write_buffer_limits(high=FULL)

    def send(self, frame: bytes) -> None:
        self.last_sent = time.monotonic()
        self.writer.write(frame)

    @property
    def source(self) -> str:
        """The address of the peer."""
        return str((self.writer.get_extra_info("peername") or [""])[0])

    @property
    def own_address(self) -> str:
        return str(self.writer.get_extra_info("sockname")[0])

    @property
    def is_full(self) -> bool:
        return self.writer.transport.get_write_buffer_size() >= FULL

    async def drain(self) -> None:
        """Waits while the peer takes nothing. That the connection broke shows when it is read."""
        try:
            await self.writer.drain()
        except OSError:
            pass

    def keep_asking(self) -> None:
        """RLY-27: TCP asks whether the peer is still there."""
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    async def more(self) -> None:
        """Waits for octets; raises if the connection breaks or ends."""
        try:
            octets = await self.reader.read(65536)
        except OSError as fault:
            raise broken(f"the connection broke: {fault}") from fault
        if not octets:
            raise broken("the stream ended without a CLOSE")
        self.last_received = time.monotonic()
        self.deframer.buffer += octets

    async def frame(self) -> bytes:
        """The next frame."""
        while (frame := self.deframer.next()) is None:
            await self.more()
        return frame

    async def expect(self, kind: Type, seconds: float) -> bytes:
        """The next frame, before this end is keyed: of this type, and in time."""
        try:
            async with asyncio.timeout(seconds):
                frame = await self.frame()
        except TimeoutError as late:
            raise refusal(f"no {kind.name} came", Status.TIMEOUT) from late
        if frame[4] == Type.CLOSE:
            raise Ending(decode_close(frame), "peer", "the peer closed the connection")
        if frame[4] != kind:
            raise refusal(f"{Type(frame[4]).name} came in place of {kind.name}")
        return frame

    def close(self, ending: Ending, key: Direction | None) -> None:
        """Sends the CLOSE of this end's own, keyed once it has its keys."""
        if ending.by == "self" and ending.status:
            self.send(key.close(ending.status) if key else encode_close(ending.status, keyed=False))

    async def finish(self, ending: Ending, key: Direction | None) -> None:
        """CLOSE, where it is this end that ends; shuts down writing, and waits for the peer's end: CLOSE-08."""
        try:
            if ending.by != "network":
                self.close(ending, key)
                self.writer.write_eof()
                async with asyncio.timeout(self.timers["dying"]):
                    while await self.reader.read(65536):
                        pass
        except (OSError, TimeoutError, RuntimeError):
            pass
        finally:
            self.cut()

    def cut(self) -> None:
        """Closes at once, without waiting for the peer."""
        if self.writer.transport.get_write_buffer_size():
            self.writer.transport.abort()
        else:
            self.writer.close()


async def accept(
    host: str, port: int, timers: dict[str, float], serve: Callable[[Connection], Awaitable[None]]
) -> "asyncio.Task[None]":
    """Listens, and serves each connection in a task of its own, until this task is cancelled."""
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=1024)
    listener.setblocking(False)

    async def serve_socket(accepted: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=accepted)
        await serve(Connection(reader, writer, timers))

    async def forever() -> None:
        serving = set()
        with listener:
            while True:
                try:
                    accepted, _ = await asyncio.get_running_loop().sock_accept(listener)
                except OSError:  # No descriptor is left: SRV-33, RLY-26.
                    await asyncio.sleep(0.1)
                    continue
                task = asyncio.create_task(serve_socket(accepted))
                serving.add(task)
                task.add_done_callback(serving.discard)

    return asyncio.create_task(forever())


async def connect(addresses: list[str], port: int, seconds: float, timers: dict[str, float]) -> Connection:
    """To the first of the addresses that accepts; each gets its share of the time that is left."""
    end = time.monotonic() + seconds
    fault: OSError = OSError("no address")
    for i, address in enumerate(addresses):
        try:
            async with asyncio.timeout((end - time.monotonic()) / (len(addresses) - i)):
                reader, writer = await asyncio.open_connection(address, port)
                return Connection(reader, writer, timers)
        except OSError as refused:
            fault = refused
    raise fault
