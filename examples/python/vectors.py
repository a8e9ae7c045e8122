#!/usr/bin/python3
"""Runs the golden vectors against this implementation: ./vectors.py ../../vectors/*.json

For another language: write a function for each type of group of docs/vectors.md. It gets a group and a test, and says
whether the implementation does what a valid test asks for; an error is a refusal.
"""

import json
import sys
from ipaddress import IPv4Address, IPv4Network
from types import SimpleNamespace

from adapter.arp import arp_at_client
from adapter.datagrams import datagram_of
from adapter.dhcp import dhcp_at_client, is_dhcp
from client_data.encoding import ClientData
from client_data.settings import Settings
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from frames.close import decode_close
from frames.data import TRANSFORMS, Direction, expand
from frames.ending import Ending
from frames.framing import Deframer
from frames.key_exchange import KeyExchangeData
from frames.relay import Relay, parse_node
from frames.request import Request
from frames.response import Response
from nodes import handshake

octets = lambda text: bytes.fromhex(text.replace(":", ""))
private = lambda text: X25519PrivateKey.from_private_bytes(octets(text))
again = lambda kind, value: kind.decode(octets(value)).encode().hex() == value


def stream(pieces):
    deframer, out = Deframer(), []
    for piece in pieces:
        deframer.buffer += octets(piece)
        while (one := deframer.next()) is not None:
            out.append(one.hex())
    return out


def frame(group, test):
    if stream([test["frame"]]) != [test["frame"]]:  # octets are missing, or left over
        return False
    whole = octets(test["frame"])
    if whole[4] == 4:  # Lengths within DATA are judged when it is opened; here by their sum.
        return len(whole) == 16 + int.from_bytes(whole[8:10]) + whole[14] + whole[15]
    decode = {1: Relay.decode, 5: decode_close}.get(whole[4], lambda _: None)
    return decode(whole) is not None or whole[4] in (2, 3)


def opened(group, test):
    return again(Request if test["opened"][8:10] == "02" else Response, test["opened"])


def answer(group, test):
    Response.decode(octets(test["opened"])).judge(Request.decode(octets(group["request"])))
    return True


def shake(group, test):
    relay = octets(group["prologue"])[5:]
    ends = handshake.Initiator(relay, private(group["initiatorStaticPrivate"]), octets(group["serverStaticPublic"]))
    server = handshake.Server(relay, private(group["serverStaticPrivate"]))
    ends.ephemeral, server.ephemeral = (private(group[f"{end}EphemeralPrivate"]) for end in ("initiator", "server"))
    first = ends.request(octets(group["requestPayload"]))
    message = octets(test["message"]) if "message" in test else first
    if test.get("refused", test.get("accepted")) != "response":
        same = server.request(message).hex() == test.get("payload", group["requestPayload"])
        if "message" in test:
            return same
    else:
        server.request(first)
    second = server.response(octets(group["responsePayload"]))
    if "message" in test:
        return ends.response(message).hex() == test["payload"]
    same = ends.response(second).hex() == group["responsePayload"] and ends.derive(b"") == server.derive(b"")
    got = [first, second, ends.h, *ends.derive(b"")]
    return same and [x.hex() for x in got] == [
        test[k] for k in ("request", "response", "handshakeHash", "initiatorKey", "serverKey")
    ]


def schedule(group, test):
    got = {k: expand(octets(test["k"]), k, group["transformId"], octets(test["h"]), len(v) // 2) for k, v in test["keys"].items()}
    return {k: v.hex() for k, v in got.items()} == test["keys"]


def directed(group, test):
    """A valid frame is sealed and opened after those of lower n; an invalid one is opened after them."""
    opener, sealer = (Direction({k: octets(v) for k, v in group["keys"].items()}, group["transformId"]) for _ in "ab")
    opener.n = sealer.n = int(group.get("start", 0))
    for one in [*(t for t in group["tests"] if t["result"] == "valid" and int(t["n"]) < int(test["n"])), test]:
        if one["result"] == "valid" and sealer.seal(octets(one["datagram"]), one["padding"]).hex() != one["frame"]:
            return False
        if opener.open(octets(one["frame"])).hex() != one.get("datagram"):
            return False
    return True


def keyed_close(group, test):
    direction = Direction({"key": bytes(32), "iv": bytes(12), "close": octets(group["closeKey"])}, 2)
    direction.n = int(test["n"])
    return direction.closes(octets(test["frame"])) and direction.close(test["status"]).hex() == test["frame"]


def emulator(group, test):
    packet = octets(test["packet"])
    if "clientData" in group:
        settings = Settings.decode(octets(group["clientData"]))
        datagram = datagram_of(packet)
        return bool(datagram and is_dhcp(datagram, settings) and dhcp_at_client(packet, datagram, settings))
    lan = IPv4Network(f"{group['clientAddress']}/{group['prefixLength']}", strict=False)
    address, server = IPv4Address(group["clientAddress"]), IPv4Address(group["serverAddress"])
    settings = SimpleNamespace(lan=lan, address=address, server=server, server_physical=octets(group["serverPhysical"]))
    got = arp_at_client(packet, settings)
    return got is not None and got.ljust(60, b"\0").hex() == test["reply"].ljust(120, "0")


JUDGES = {
    "Name": lambda _, test: parse_node(octets(test["name"]).decode("latin-1"))[0] == test["host"],
    "Position": lambda _, test: Relay("", test["path"]).place(test["names"], test["role"] == "server") == test["index"],
    "Frame": frame, "Stream": lambda _, test: stream(test["pieces"]) == [one["octets"] for one in test["frames"]],
    "KeyExchangeData": lambda _, test: bool(KeyExchangeData.decode(octets(test["keyExchangeData"]))),
    "ClientData": lambda _, test: again(ClientData, test["clientData"]),
    "Settings": lambda _, test: str(Settings.decode(octets(test["clientData"])).address) == test["settings"]["address"],
    "OpenedFrame": opened, "SameHeader": lambda _, test: test["opened"].startswith(test["header"]),
    "Answer": answer, "Handshake": shake, "Received": shake, "KeySchedule": schedule,
    "Direction": directed, "DirectionFrom": directed, "KeyedClose": keyed_close, "Emulator": emulator,
}


def not_here(group, test):
    """Suite 2, transforms and IPv6 that this implementation does not have."""
    suite = test.get("fields", {}).get("suite", group.get("suite", 1))
    ipv6 = "SenselessIPv6" in test["flags"] or "clientLinkLocal" in group
    return suite != 1 or group.get("transformId", 1) not in TRANSFORMS.values() or ipv6


def refuse(reason):
    print(reason, file=sys.stderr)
    sys.exit(2)


def groups_of(path):
    try:
        return json.load(open(path))["groups"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        refuse(f"{path}: no file of vectors: {error}")


if not sys.argv[1:] or sys.argv[1].startswith("-"):
    refuse("usage: vectors.py FILE.json ...")
ran = wrong = 0
for path in sys.argv[1:]:
    for group in groups_of(path):
        for test in group["tests"] if group["type"] in JUDGES else []:
            if not_here(group, test):
                continue
            try:
                right = JUDGES[group["type"]](group, test)
            except (Ending, handshake.DoesNotOpen, KeyError):
                right = False
            ran += 1
            if right != (test["result"] == "valid"):
                wrong += 1
                print(path, test["tcId"], test["comment"], "is", test["result"])
print(f"{ran} vectors, {wrong} wrong")
sys.exit(ran == 0 or wrong > 0)
