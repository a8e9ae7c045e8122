"""How a stream is cut into frames: docs/protocol.md, sections 2 and 3.1."""

import struct
from enum import IntEnum

from frames.ending import Status, refusal

VERSION = 1


class Type(IntEnum):
    RELAY = 1
    REQUEST = 2
    RESPONSE = 3
    DATA = 4
    CLOSE = 5


# Section 3.1: the least and the most octets of each type.
BOUNDS = {
    Type.RELAY: (16, 4608),
    Type.REQUEST: (260, 4096),
    Type.RESPONSE: (204, 16384),
    Type.DATA: (16, 131072),
    Type.CLOSE: (8, 40),
}


def header(kind: Type, length: int) -> bytes:
    return struct.pack(">IBB", length, kind, VERSION)


class Deframer:
    """Cuts a stream into frames, and judges each by its first 6 octets, before the rest has come."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.authorized = False

    def next(self) -> bytes | None:
        """The next whole frame, or None until more octets have come."""
        if len(self.buffer) < 6:
            return None
        length = self._judge()
        if len(self.buffer) < length:
            return None
        frame = bytes(self.buffer[:length])
        del self.buffer[:length]
        return frame

    def _judge(self) -> int:
        """In the order of FRAME-10. In Authorized each fault of a DATA frame is one: DATA-10."""
        length, kind, version = struct.unpack_from(">IBB", self.buffer)
        data = self.authorized and kind == Type.DATA
        fault = Status.INTEGRITY_FAILURE if data else Status.PROTOCOL_ERROR
        if length < 6:
            raise refusal(f"a frame of {length} octets", fault)
        if version != VERSION:
            raise refusal(f"version {version}", Status.UNSUPPORTED_VERSION)
        if kind not in BOUNDS:
            raise refusal(f"a frame of unknown type {kind}")
        least, most = BOUNDS[Type(kind)]
        if not least <= length <= most:
            raise refusal(f"a {Type(kind).name} frame of {length} octets", fault)
        return length
