"""The configuration: docs/iut.md. A fault is refused before anything is opened, with file, key and remedy."""

import json
import os
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, ip_address
from typing import Any

from program.shapes import (
    Shape,
    Unsupported,
    Wrong,
    endpoint,
    flag,
    key,
    name,
    node,
    number,
    one_of,
    physical,
    pool,
    private_key,
    read,
    text,
    transform,
)


suite = one_of("x25519", "hybrid")
initiator_name = text("[ -~]{1,255}", "1 to 255 printable ASCII characters")
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
MAY_BE_ZERO = ("refusalDelay", "expiryGrace")
TIMER_KEYS = {f"{timer}?": number(0 if timer in MAY_BE_ZERO else 1, 2**31) for timer in TIMERS}
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
    if config["timers"]["backOffMax"] < config["timers"]["backOffMin"]:
        raise Wrong(f"{path}.timers.backOffMax: it is below backOffMin; raise the one, or lower the other")
    return config
