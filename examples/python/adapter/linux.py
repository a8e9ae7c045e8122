"""What is asked of Linux: iproute2, and changes of its tables."""

import asyncio
import json
import socket
import subprocess
from collections.abc import AsyncIterator
from ipaddress import IPv4Interface, IPv4Network
from typing import Any

RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE = 0x10, 0x40


class Failed(Exception):
    """The kernel refused."""


def ip(*words: str) -> Any:
    """Runs iproute2; what it shows comes back parsed."""
    done = subprocess.run(["ip", "-j", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return json.loads(done.stdout or "[]")


def interfaces(besides: str) -> list[IPv4Interface]:
    """The addresses of the machine's other devices, each with its subnet."""
    return [
        IPv4Interface(f"{address['local']}/{address['prefixlen']}")
        for device in ip("-4", "address", "show")
        if device.get("ifname") != besides
        for address in device["addr_info"]
    ]


def connected_subnets(besides: str) -> list[IPv4Network]:
    return [interface.network for interface in interfaces(besides)]


def is_own(address: str) -> bool:
    """Whether this machine has the address: only then a socket can be bound to it."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


async def kernel_changes() -> AsyncIterator[None]:
    """Each time when routes or addresses of the machine have changed."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE) as news:
        news.bind((0, RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE))
        while True:
            yield
            try:
                await asyncio.get_running_loop().sock_recv(news, 65536)
            except OSError:  # There was more than the socket holds.
                pass
            await asyncio.sleep(0.1)  # Changes come in flocks.
