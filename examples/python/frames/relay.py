"""RELAY: [EP] fig. 6; docs/protocol.md, section 4."""

import re
import struct
from dataclasses import dataclass

from frames.ending import Status, refusal
from frames.framing import Type, header

DEFAULT_PORT = 3265
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")


def parse_node(text: str) -> tuple[str, int | None]:
    """A node's name and its port, if it has one."""
    name, colon, port = text.partition(":")
    if not (_NAME.fullmatch(name) and len(name) <= 253):
        raise refusal(f"no name of a node: {text!r}")
    if colon and not (_PORT.fullmatch(port) and int(port) < 65536):
        raise refusal(f"no port: {text!r}")
    return name, int(port) if colon else None


@dataclass
class Relay:
    origin: str
    path: list[str]

    def encode(self) -> bytes:
        names = [name.encode() + b"\0" for name in [self.origin, *self.path]]
        indexes = [sum(map(len, names[:i])) for i in range(len(names))]
        body = struct.pack(">HBB", indexes[0], len(self.path), 0)
        body += b"".join(struct.pack(">H", index) for index in indexes[1:]) + b"".join(names)
        return header(Type.RELAY, 6 + len(body)) + body

    @staticmethod
    def decode(frame: bytes) -> "Relay":
        hops = frame[8]
        if not 1 <= hops <= 16:
            raise refusal(f"a RELAY frame of {hops} hops")
        names = frame[10 + 2 * hops :].decode("latin-1").split("\0")[:-1]
        if len(names) != hops + 1:
            raise refusal(f"a RELAY frame of {hops} hops has {len(names)} names")
        for name in names:
            parse_node(name)
        relay = Relay(names[0], names[1:])
        if relay.encode() != frame:
            raise refusal("a RELAY frame that is not the one encoding of its names")
        return relay

    def place(self, names: list[str], last: bool) -> int:
        """Where this node is on the path: the server last, a relay before (RELAY-07 to RELAY-11)."""
        here = [i for i, node in enumerate(self.path) if parse_node(node)[0] in names]
        if len(here) != 1 or (here[0] == len(self.path) - 1) != last:
            raise refusal("this node is not at its place on the path", Status.NOT_ON_PATH)
        return here[0]
