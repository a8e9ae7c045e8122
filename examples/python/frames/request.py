"""REQUEST, once it is opened: [EP] fig. 7; docs/protocol.md, section 5.1."""

import re
import struct
from dataclasses import dataclass

from client_data.encoding import ClientData
from frames.ending import refusal
from frames.framing import Type, header
from frames.key_exchange import KeyExchangeData
from frames.relay import parse_node

HEADER = 18
TOKENS = 32 + 48 + 16  # e, s and the tag of the payload
NO_CLIENT_DATA = bytes(4)


def padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 128)


def is_grease(transform: int) -> bool:
    return transform & 0x0F0F == 0x0A0A and transform >> 12 == transform >> 4 & 15


def _until_nul(octets: bytes, start: int) -> str:
    return octets[start : octets.find(b"\0", start)].decode("latin-1")


@dataclass
class Request:
    suite: int
    key_exchange_data: bytes
    transforms: list[int]
    destination: str
    client_data: bytes
    initiator: str

    def encode(self) -> bytes:
        """The opened frame O. Its `length` is that of the frame on the wire."""
        transforms = b"".join(struct.pack(">H", one) for one in self.transforms)
        destination = self.destination.encode("latin-1") + b"\0"
        offer_at = HEADER + len(self.key_exchange_data)
        destination_at = offer_at + len(transforms)
        data_at = destination_at + len(destination)
        name_at = data_at + len(self.client_data)
        name = self.initiator.encode("latin-1") + b"\0"
        body = padded(self.key_exchange_data + transforms + destination + self.client_data + name)
        offsets = (name_at, destination_at, HEADER, offer_at, self.suite << 8, data_at)
        length = 2 * HEADER + len(body) + TOKENS  # the header is in the clear, and sealed
        return header(Type.REQUEST, length) + struct.pack(">6H", *offsets) + body

    @staticmethod
    def decode(opened: bytes) -> "Request":
        if len(opened) < HEADER:
            raise refusal("an opened REQUEST is cut")
        name_at, destination_at, exchange_at, offer_at, flags, data_at = struct.unpack_from(">6H", opened, 6)
        if not exchange_at <= offer_at < destination_at < data_at <= name_at < len(opened):
            raise refusal("offsets of REQUEST are out of order")
        offer = opened[offer_at:destination_at]
        request = Request(
            flags >> 8,
            opened[exchange_at:offer_at],
            [int.from_bytes(offer[i : i + 2]) for i in range(0, len(offer), 2)],
            opened[destination_at : data_at - 1].decode("latin-1"),
            opened[data_at:name_at],
            _until_nul(opened, name_at),
        )
        if request.encode() != opened:
            raise refusal("a REQUEST that is not the one encoding of its fields")
        if not re.fullmatch(r"[ -~]{1,255}", request.initiator):
            raise refusal("no name of an initiator")
        if parse_node(request.destination)[1] is not None:
            raise refusal("a destination name with a port")
        KeyExchangeData.decode(request.key_exchange_data)
        ClientData.decode(request.client_data)
        return request
