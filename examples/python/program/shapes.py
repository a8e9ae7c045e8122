"""Shapes of values in a configuration; a fault is told with its place and what is expected."""

import base64
import json
import re
from collections.abc import Callable
from ipaddress import IPv4Address, ip_address
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from frames.data import TRANSFORMS
from frames.ending import Ending
from frames.relay import parse_node


class Wrong(Exception):
    """The configuration is wrong: exit status 2."""


class Unsupported(Exception):
    """The configuration asks for something that this implementation does not have: exit status 89."""


# A shape says what a value has to be: a dict of keys ("key?" may be absent), a list of one shape (and how many), or a function that
# makes of the value what the program uses, and raises ValueError("what is expected").
Shape = dict[str, Any] | list[Any] | Callable[[Any], Any]


def read(value: Any, shape: Shape, where: str) -> Any:
    if isinstance(shape, dict):
        return _read_object(value, shape, where)
    if isinstance(shape, list):
        if not isinstance(value, list):
            raise Wrong(f"{where}: a list is expected, not {json.dumps(value)}")
        least, most = shape[1:] if len(shape) > 1 else (0, len(value))
        if not least <= len(value) <= most:
            raise Wrong(f"{where}: {least} to {most} of them are expected, not {len(value)}")
        return [read(one, shape[0], f"{where}[{i}]") for i, one in enumerate(value)]
    try:
        return shape(value)
    except (ValueError, TypeError, Ending) as fault:
        raise Wrong(f"{where}: {fault}") from fault


def _read_object(value: Any, shape: dict[str, Any], where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Wrong(f"{where}: an object is expected, not {json.dumps(value)}")
    required = {key for key in shape if not key.endswith("?")}
    known = {key.rstrip("?"): inner for key, inner in shape.items()}
    for key in value:
        if key not in known:
            raise Wrong(f"{where}.{key}: this key is unknown; remove it. Known are {', '.join(known)}")
    for key in required - value.keys():
        raise Wrong(f"{where}.{key}: this key is missing; add it")
    return {key: read(one, known[key], f"{where}.{key}") for key, one in value.items()}


def text(pattern: str, expected: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not (isinstance(value, str) and re.fullmatch(pattern, value)):
            raise ValueError(f"{expected} is expected, not {value!r}")
        return value

    return check


def number(least: int, most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"a whole number from {least} to {most} is expected, not {value!r}")
        return value

    return check


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"true or false is expected, not {value!r}")
    return value


def one_of(*choices: str) -> Callable[[Any], str]:
    return text("|".join(map(re.escape, choices)), " or ".join(choices))


def key(value: Any) -> bytes:
    octets = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    if len(octets) != 32:
        raise ValueError("a key is expected: base64 of 32 octets")
    return octets


def private_key(value: Any) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(key(value))


def node(value: Any) -> str:
    parse_node(value)
    return value


def name(value: Any) -> str:
    if parse_node(value)[1] is not None:
        raise ValueError(f"a name without port is expected, not {value!r}")
    return value


def endpoint(value: Any) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    return str(ip_address(host.strip("[]"))), number(1, 65535)(int(port))


def physical(value: Any) -> bytes:
    octets = bytes.fromhex(text("([0-9a-f]{2}:){5}[0-9a-f]{2}", "a physical address")(value).replace(":", ""))
    if octets[0] & 3 != 2:
        raise ValueError("a locally administered unicast address is expected (02 of the first octet set, 01 not)")
    return octets


def pool(value: Any) -> tuple[IPv4Address, IPv4Address]:
    first, _, last = value.partition("-")
    return IPv4Address(first), IPv4Address(last)


def transform(value: Any) -> int:
    known = one_of(*TRANSFORMS, "aes256cbc-hmacsha256")(value)
    if known not in TRANSFORMS:
        raise Unsupported(known)
    return TRANSFORMS[known]
