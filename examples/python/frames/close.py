"""CLOSE: [EP] fig. 10; docs/protocol.md, section 8. Its digest is in data.py, beside the counter that it covers."""

import struct

from frames.ending import refusal
from frames.framing import Type, header


def encode_close(status: int, keyed: bool) -> bytes:
    """The first 8 octets of a CLOSE; a keyed one has a digest of 32 octets behind them."""
    return header(Type.CLOSE, 40 if keyed else 8) + struct.pack(">H", status)


def decode_close(frame: bytes) -> int:
    """The status, once the form is right (CLOSE-03); the digest is another matter."""
    status = int.from_bytes(frame[6:8])
    if len(frame) not in (8, 40) or status == 0:
        raise refusal(f"a CLOSE of {len(frame)} octets, status {status}")
    return status
