"""The handshake: Noise_IK_25519_ChaChaPoly_SHA256, docs/protocol.md, section 5.4, token by token."""

import hmac
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SUITE = 1
NAME = b"Noise_IK_25519_ChaChaPoly_SHA256"


class DoesNotOpen(Exception):
    """A tag that does not verify, a DH result of zeros, or a message that is too short."""


def public(key: X25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def dh(private: X25519PrivateKey, peer: bytes) -> bytes:
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(peer))
    except ValueError as zeros:  # HS-05
        raise DoesNotOpen("a DH result of zeros") from zeros


class Handshake:
    """Chaining key ck, hash h, cipher key k and its counter c."""

    def __init__(self, relay: bytes, server: bytes) -> None:
        self.h = self.ck = NAME
        self.k = b""
        self.c = 0
        self.mix_hash(b"PNA/1" + relay)
        self.mix_hash(server)

    def mix_hash(self, octets: bytes) -> None:
        self.h = sha256(self.h + octets).digest()

    def derive(self, octets: bytes) -> tuple[bytes, bytes]:
        t = hmac.digest(self.ck, octets, "sha256")
        a = hmac.digest(t, b"\x01", "sha256")
        return a, hmac.digest(t, a + b"\x02", "sha256")

    def mix_key(self, octets: bytes) -> None:
        self.ck, self.k = self.derive(octets)
        self.c = 0

    def _nonce(self) -> bytes:
        self.c += 1
        return bytes(4) + (self.c - 1).to_bytes(8, "little")

    def seal(self, plaintext: bytes) -> bytes:
        sealed = ChaCha20Poly1305(self.k).encrypt(self._nonce(), plaintext, self.h)
        self.mix_hash(sealed)
        return sealed

    def open(self, sealed: bytes) -> bytes:
        try:
            plaintext = ChaCha20Poly1305(self.k).decrypt(self._nonce(), sealed, self.h)
        except InvalidTag as fault:
            raise DoesNotOpen("a tag that does not verify") from fault
        self.mix_hash(sealed)
        return plaintext


class Initiator(Handshake):
    def __init__(self, relay: bytes, static: X25519PrivateKey, server: bytes) -> None:
        super().__init__(relay, server)
        self.static, self.server = static, server
        self.ephemeral = X25519PrivateKey.generate()

    def request(self, opened: bytes) -> bytes:
        """Noise message 1: e, es, s, ss, payload."""
        e = public(self.ephemeral)
        self.mix_hash(e)
        self.mix_key(dh(self.ephemeral, self.server))
        s = self.seal(public(self.static))
        self.mix_key(dh(self.static, self.server))
        return e + s + self.seal(opened)

    def response(self, message: bytes) -> bytes:
        """Noise message 2: e, ee, se, payload. Returns the opened frame."""
        e = message[:32]
        self.mix_hash(e)
        self.mix_key(dh(self.ephemeral, e))
        self.mix_key(dh(self.static, e))
        return self.open(message[32:])


class Server(Handshake):
    def __init__(self, relay: bytes, static: X25519PrivateKey) -> None:
        super().__init__(relay, public(static))
        self.static = static
        self.ephemeral = X25519PrivateKey.generate()
        self.initiator_ephemeral = self.initiator = b""

    def request(self, message: bytes) -> bytes:
        """Noise message 1. Returns the opened frame; `initiator` is the public static key of its sender."""
        self.initiator_ephemeral = e = message[:32]
        self.mix_hash(e)
        self.mix_key(dh(self.static, e))
        self.initiator = self.open(message[32:80])
        self.mix_key(dh(self.static, self.initiator))
        return self.open(message[80:])

    def response(self, opened: bytes) -> bytes:
        """Noise message 2."""
        e = public(self.ephemeral)
        self.mix_hash(e)
        self.mix_key(dh(self.ephemeral, self.initiator_ephemeral))
        self.mix_key(dh(self.ephemeral, self.initiator))
        return e + self.seal(opened)
