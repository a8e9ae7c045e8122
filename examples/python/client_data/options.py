"""DHCP options: RFC 2132, RFC 3396 and RFC 3442. Client data has them, and the messages of DHCP do."""

from ipaddress import IPv4Address, IPv4Network

from frames.ending import refusal


def encode_options(options: list[tuple[int, bytes]]) -> bytes:
    """DHCP options, the end option behind them; a value of more than 255 octets is split (RFC 3396)."""
    out = b""
    for code, value in options:
        for start in range(0, max(len(value), 1), 255):
            piece = value[start : start + 255]
            out += bytes([code, len(piece)]) + piece
    return out + b"\xff"


def decode_options(octets: bytes, pad: bool) -> list[tuple[int, bytes]]:
    """DHCP options up to the end option. Without `pad` nothing else may stand there."""
    options: list[tuple[int, bytes]] = []
    at = 0
    while True:
        if at >= len(octets):
            raise refusal("DHCP options without an end")
        code = octets[at]
        if code == 255:
            break
        if code == 0 and pad:
            at += 1
            continue
        value = octets[at + 2 : at + 2 + octets[at + 1]] if at + 1 < len(octets) else b""
        if code == 0 or at + 1 >= len(octets) or len(value) < octets[at + 1]:
            raise refusal("DHCP options are cut, or padded")
        options.append((code, value))
        at += 2 + len(value)
    if not pad and at != len(octets) - 1:
        raise refusal("something stands behind the end of the DHCP options")
    return options


def joined(options: list[tuple[int, bytes]]) -> dict[int, bytes]:
    """The value of each option; one that was split is whole again (RFC 3396)."""
    values: dict[int, bytes] = {}
    for code, value in options:
        values[code] = values.get(code, b"") + value
    return values


def encode_route(route: IPv4Network, gateway: IPv4Address) -> bytes:
    """RFC 3442: as many octets of the destination as its prefix needs."""
    significant = (route.prefixlen + 7) // 8
    return bytes([route.prefixlen]) + route.network_address.packed[:significant] + gateway.packed


def decode_routes(octets: bytes) -> list[tuple[IPv4Network, IPv4Address]]:
    routes = []
    while octets:
        end = 1 + (octets[0] + 7) // 8
        if octets[0] > 32 or len(octets) < end + 4:
            raise ValueError("a route is cut")
        destination = IPv4Address(octets[1:end].ljust(4, b"\0"))
        route = IPv4Network((destination, octets[0]), strict=False)
        routes.append((route, IPv4Address(octets[end : end + 4])))
        octets = octets[end + 4 :]
    return routes
