"""RESPONSE, once it is opened: [EP] fig. 8; docs/protocol.md, section 5.1."""

import struct
from dataclasses import dataclass

from client_data.encoding import ClientData
from frames.ending import refusal
from frames.framing import Type, header
from frames.key_exchange import KeyExchangeData
from frames.request import Request, is_grease, padded

HEADER = 14
TOKENS = 32 + 16  # e and the tag of the payload


@dataclass
class Response:
    suite: int
    key_exchange_data: bytes
    transform: int
    client_data: bytes

    def encode(self) -> bytes:
        transform_at = HEADER + len(self.key_exchange_data)
        body = padded(self.key_exchange_data + struct.pack(">H", self.transform) + self.client_data)
        offsets = (HEADER, transform_at, self.suite << 8, transform_at + 2)
        length = 2 * HEADER + len(body) + TOKENS
        return header(Type.RESPONSE, length) + struct.pack(">4H", *offsets) + body

    @staticmethod
    def decode(opened: bytes) -> "Response":
        if len(opened) < HEADER:
            raise refusal("an opened RESPONSE is cut")
        exchange_at, transform_at, flags, data_at = struct.unpack_from(">4H", opened, 6)
        if not exchange_at <= transform_at <= data_at - 2 <= len(opened) - 2:
            raise refusal("offsets of RESPONSE are out of order")
        response = Response(
            flags >> 8,
            opened[exchange_at:transform_at],
            int.from_bytes(opened[transform_at : transform_at + 2]),
            opened[data_at : data_at + ClientData.length(opened[data_at:])],
        )
        if response.encode() != opened:
            raise refusal("a RESPONSE that is not the one encoding of its fields")
        KeyExchangeData.decode(response.key_exchange_data)
        ClientData.decode(response.client_data)
        return response

    def judge(self, request: Request) -> None:
        """What REQUEST does not allow: RESP-01, RESP-04, RESP-05, RESP-09."""
        asked = KeyExchangeData.decode(request.key_exchange_data)
        granted = KeyExchangeData.decode(self.key_exchange_data)
        if self.suite != request.suite:
            raise refusal("RESPONSE has another suite")
        if self.transform not in request.transforms or is_grease(self.transform):
            raise refusal(f"RESPONSE has transform {self.transform:04x}, which was not offered")
        if granted.lifetimes.lower(asked.lifetimes) != granted.lifetimes:
            raise refusal("RESPONSE has a longer lifetime than REQUEST")
        if granted.options & ~asked.options or set(granted.algorithms()) - set(asked.algorithms()):
            raise refusal("RESPONSE has options or compression that REQUEST did not ask for")
