"""Key exchange data of REQUEST and RESPONSE: docs/protocol.md, section 5.2."""

import struct
from dataclasses import dataclass, field

from frames.ending import refusal


@dataclass
class Lifetimes:
    seconds: int = 3600
    frames: int = 2**32
    octets: int = 2**40

    def lower(self, other: "Lifetimes") -> "Lifetimes":
        return Lifetimes(
            min(self.seconds, other.seconds),
            min(self.frames, other.frames),
            min(self.octets, other.octets),
        )


@dataclass
class KeyExchangeData:
    lifetimes: Lifetimes
    compression: bytes | None = None
    options: int = 0
    freshness: int | None = None
    unknown: dict[int, bytes] = field(default_factory=dict)

    def algorithms(self) -> list[bytes]:
        ids = self.compression or b""
        return [ids[i : i + 2] for i in range(0, len(ids), 2)]

    def encode(self) -> bytes:
        life = self.lifetimes
        entries = {1: struct.pack(">IQQ", life.seconds, life.frames, life.octets)}
        if self.freshness is not None:
            entries[4] = struct.pack(">Q", self.freshness)
        entries |= self.unknown
        return b"".join(struct.pack(">HH", i, len(entries[i])) + entries[i] for i in sorted(entries))

    @staticmethod
    def decode(octets: bytes) -> "KeyExchangeData":
        entries: dict[int, bytes] = {}
        last = -1
        while octets:
            if len(octets) < 4:
                raise refusal("key exchange data is cut")
            entry, length = struct.unpack_from(">HH", octets)
            value, octets = octets[4 : 4 + length], octets[4 + length :]
            if len(value) < length or entry <= last:
                raise refusal("key exchange data is cut, or its entries do not ascend")
            last, entries[entry] = entry, value
        if len(entries.get(1, b"")) != 20:
            raise refusal("key exchange data has no lifetimes")
        lifetimes = Lifetimes(*struct.unpack(">IQQ", entries.pop(1)))
        if 0 in (lifetimes.seconds, lifetimes.frames, lifetimes.octets):
            raise refusal("a bound of the lifetimes is 0")
        compression, options, freshness = (entries.pop(i, None) for i in (2, 3, 4))
        if compression is not None and (not compression or len(compression) % 2):
            raise refusal("compression of another length")
        if options is not None and len(options) != 2:
            raise refusal("options of another length")
        if freshness is not None and len(freshness) != 8:
            raise refusal("freshness of another length")
        if any(entry >= 0x8000 for entry in entries):
            raise refusal("an unknown entry that may not be skipped")
        return KeyExchangeData(
            lifetimes,
            compression,
            int.from_bytes(options or b""),
            None if freshness is None else int.from_bytes(freshness),
            entries,
        )
