"""DATA: [EP] fig. 9; its keys and counter, and the digest of CLOSE: docs/protocol.md, sections 7 and 8."""

import hmac
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from frames.close import encode_close
from frames.ending import Status, refusal
from frames.framing import Type, header

TRANSFORMS = {"aes256gcm": 0x0001, "chacha20poly1305": 0x0002, "aes256ctr-hmacsha256": 0x0101}
NAMES = {number: name for name, number in TRANSFORMS.items()}
_AEAD = {0x0001: AESGCM, 0x0002: ChaCha20Poly1305}
_HEADER = 16
_PROTOCOL = {4: 0x0800, 6: 0x86DD}


def expand(k: bytes, label: str, transform: int, h: bytes, length: int) -> bytes:
    """HKDF-Expand of at most 32 octets: one block."""
    info = b"PNA/1 " + label.encode() + b"\0" + struct.pack(">H", transform) + h
    return hmac.digest(k, info + b"\x01", "sha256")[:length]


def fault(reason: str) -> Exception:
    return refusal(reason, Status.INTEGRITY_FAILURE)


def protocol_of(datagram: bytes) -> int:
    return _PROTOCOL.get(datagram[0] >> 4, -1) if datagram else 0


class Direction:
    """One direction of a tunnel connection: its keys, and how many DATA frames have passed."""

    def __init__(self, keys: dict[str, bytes], transform: int) -> None:
        self.n = 0
        self.octets = 0
        self.keys = keys
        self.aead = _AEAD[transform](keys["key"]) if transform in _AEAD else None
        self.stream = None
        if transform == TRANSFORMS["aes256ctr-hmacsha256"]:
            # Encrypting and decrypting are the same: one keystream over the whole connection.
            self.stream = Cipher(algorithms.AES(keys["key"]), modes.CTR(keys["iv"])).encryptor()
        self.digest_length = 16 if self.aead else 32

    @staticmethod
    def derive(k: bytes, transform: int, h: bytes) -> "Direction":
        lengths = {"key": 32, "iv": 16 if transform >> 8 else 12, "mac": 32, "close": 32}
        return Direction({x: expand(k, x, transform, h, lengths[x]) for x in lengths}, transform)

    def _nonce(self) -> bytes:
        return (int.from_bytes(self.keys["iv"]) ^ self.n).to_bytes(12)

    def _digest(self, datagram: bytes) -> bytes:
        return hmac.digest(self.keys["mac"], datagram + struct.pack(">Q", self.n), "sha256")

    def _passed(self, octets: int) -> None:
        self.n += 1
        self.octets += octets

    def seal(self, datagram: bytes, padding: int = 0) -> bytes:
        """A DATA frame: header, digest, encrypted datagram and padding."""
        size = len(datagram) + padding
        head = header(Type.DATA, _HEADER + self.digest_length + size)
        head += struct.pack(">HHHHBB", protocol_of(datagram), len(datagram), 0, 0, padding, self.digest_length)
        if self.aead:
            sealed = self.aead.encrypt(self._nonce(), datagram + bytes(padding), head)
            digest, body = sealed[-16:], sealed[:-16]
        else:
            digest, body = self._digest(datagram), self.stream.update(datagram)
        self._passed(size)
        return head + digest + body

    def open(self, frame: bytes) -> bytes:
        """The datagram of a DATA frame. Each fault is one and the same: DATA-10."""
        if len(frame) < _HEADER + self.digest_length:
            raise fault("a DATA frame is too short for its digest")
        protocol, length, flags, segment, padding, digest_length = struct.unpack_from(">HHHHBB", frame, 6)
        start = _HEADER + self.digest_length
        digest, body = frame[_HEADER:start], frame[start:]
        if digest_length != self.digest_length or flags or segment or length + padding != len(body):
            raise fault("the header of a DATA frame is wrong")
        if self.aead:
            try:
                plain = self.aead.decrypt(self._nonce(), body + digest, frame[:_HEADER])
            except InvalidTag as tag:
                raise fault("the tag of a DATA frame does not verify") from tag
            datagram = plain[:length]
            if any(plain[length:]):
                raise fault("padding that is not zeros")
        else:
            datagram = self.stream.update(body)
            if padding or not hmac.compare_digest(self._digest(datagram), digest):
                raise fault("the digest of a DATA frame does not verify")
        if protocol != protocol_of(datagram):
            raise fault("the protocol of a DATA frame is not that of its datagram")
        self._passed(len(body))
        return datagram

    def close(self, status: int) -> bytes:
        """A keyed CLOSE frame."""
        first = encode_close(status, keyed=True)
        return first + self._close_digest(first)

    def closes(self, frame: bytes) -> bool:
        """Whether a CLOSE frame is keyed, and its digest verifies."""
        return len(frame) == 40 and hmac.compare_digest(self._close_digest(frame[:8]), frame[8:])

    def _close_digest(self, first: bytes) -> bytes:
        return hmac.digest(self.keys["close"], first + struct.pack(">Q", self.n), "sha256")
