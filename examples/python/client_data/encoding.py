"""Client data as octets: docs/protocol.md, section 6."""

import struct
from dataclasses import dataclass

from client_data.options import decode_options, encode_options
from frames.ending import refusal


@dataclass
class ClientData:
    """The two lists of options: pairs of code and value, as they stand."""

    dhcp: list[tuple[int, bytes]]
    neighbour: list[tuple[int, bytes]]

    @staticmethod
    def length(octets: bytes) -> int:
        """How many of these octets are client data."""
        if len(octets) < 4:
            raise refusal("client data is cut")
        first = 2 + int.from_bytes(octets[:2])
        return first + 2 + int.from_bytes(octets[first : first + 2])

    def encode(self) -> bytes:
        lists = [b"", b"".join(bytes([code, len(value) // 8 + 1]) + value for code, value in self.neighbour)]
        if self.dhcp:
            lists[0] = encode_options(self.dhcp)
        return b"".join(struct.pack(">H", len(octets)) + octets for octets in lists)

    @staticmethod
    def decode(octets: bytes) -> "ClientData":
        if ClientData.length(octets) != len(octets):
            raise refusal("the lengths of client data do not agree with its octets")
        end = 2 + int.from_bytes(octets[:2])
        dhcp, rest = octets[2:end], octets[end + 2 :]
        neighbour: list[tuple[int, bytes]] = []
        while rest:
            size = rest[1] * 8 if len(rest) > 1 else 0
            if not 0 < size <= len(rest):
                raise refusal("options of neighbour discovery are cut")
            neighbour.append((rest[0], rest[2:size]))
            rest = rest[size:]
        if dhcp == b"\xff":
            raise refusal("an n4 that is not 0, and no DHCP option")
        return ClientData(decode_options(dhcp, pad=False) if dhcp else [], neighbour)
