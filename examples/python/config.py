"""The configuration: docs/iut.md. A fault is refused before anything is opened, with file, key and remedy."""

import base64
import json
import os
import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, ip_address
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from frames import Ending, parse_node
from transforms import TRANSFORMS


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


suite = one_of("x25519", "hybrid")
initiator_name = text("[ -~]{1,255}", "1 to 255 printable ASCII characters")
milliseconds = number(0, 2**31)
TIMERS = {
    "tcpOpen": 10_000,
    "responseWait": 30_000,
    "receiveRelay": 10_000,
    "connectWait": 10_000,
    "forwardConnect": 10_000,
    "refusalDelay": 250,
    "confirmation": 10_000,
    "keepAlive": 20_000,
    "silence": 60_000,
    "stalledFrame": 10_000,
    "dying": 2_000,
    "backOffMin": 1_000,
    "backOffMax": 60_000,
    "expiryGrace": 60_000,
}
LIFETIME = {
    "seconds?": number(1, 2**32 - 1),
    "frames?": number(1, 2**32),
    "octets?": number(1, 2**40),
}
TIMER_KEYS = {f"{timer}?": milliseconds for timer in TIMERS}
DEVICE = text("[!-.0-9;-~]{1,15}", "the name of a device")

CLIENT: Shape = {
    "role": one_of("client"),
    "name": initiator_name,
    "privateKey": private_key,
    "path": [node, 1, 16],
    "origin?": node,
    "server": {"publicKey": key, "suite?": suite},
    "transforms": [transform, 1, 16],
    "adapter?": {"name?": DEVICE, "configure?": one_of("dhcp", "direct", "none"), "routes?": flag},
    "accept?": {"prefixes?": [lambda value: value], "dns?": flag, "defaultRoute?": flag, "ipv6?": flag},
    "networks?": [IPv4Network],
    "lifetime?": LIFETIME,
    "reconnect?": flag,
    "timers?": TIMER_KEYS,
}
SERVER: Shape = {
    "role": one_of("server"),
    "listen": endpoint,
    "names": [name],
    "privateKey": private_key,
    "initiators": [
        {
            "name": initiator_name,
            "publicKey": key,
            "suites?": [suite],
            "address?": IPv4Address,
            "networks?": [IPv4Network],
        }
    ],
    "transforms": [transform, 1, 16],
    "adapter": {
        "name?": DEVICE,
        "address": IPv4Interface,
        "mtu?": number(1280, 65535),
        "clientPhysical": physical,
        "serverPhysical": physical,
    },
    "clientData?": {
        "pool?": pool,
        "routes?": [IPv4Network],
        "dns?": [IPv4Address],
        "domain?": name,
        "search?": [name],
        "leaseSeconds?": number(1, 2**32 - 1),
    },
    "clientToClient?": flag,
    "lifetime?": LIFETIME,
    "limits?": {
        "halfOpenPerSource?": number(1, 2**31),
        "halfOpenPerKey?": number(1, 2**31),
        "halfOpen?": number(1, 2**31),
        "relays?": [lambda value: str(ip_address(value))],
        "halfOpenPerRelay?": number(1, 2**31),
    },
    "timers?": TIMER_KEYS,
}
RELAY: Shape = {
    "role": one_of("relay"),
    "listen": endpoint,
    "names": [name],
    "allow": [{"name": name, "ports": [number(1, 65535)]}],
    "allowAddresses?": [one_of("loopback", "link-local")],
    "limits?": {
        "halfOpenPerSource?": number(1, 2**31),
        "halfOpen?": number(1, 2**31),
        "connectionsPerSource?": number(1, 2**31),
        "connections?": number(1, 2**31),
    },
    "timers?": TIMER_KEYS,
}
SHAPES = {"client": CLIENT, "server": SERVER, "relay": RELAY}


def load(role: str, path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            if role != "relay" and os.fstat(file.fileno()).st_mode & 0o077:
                raise Wrong(f"{path}: others than its owner can read it, and it has a private key: chmod 600 {path}")
            raw = json.load(file)
    except (OSError, ValueError) as fault:
        raise Wrong(f"{path}: {fault}") from fault
    config = read(raw, SHAPES[role], path)
    if role == "client" and config["server"].get("suite", "hybrid") == "hybrid":
        raise Unsupported("hybrid")
    config["timers"] = {timer: ms / 1000 for timer, ms in (TIMERS | config.get("timers", {})).items()}
    return config
