"""Domain and search list: options 15 and 119, RFC 3397."""

from frames.relay import parse_node


def read_domain(octets: bytes) -> str:
    return parse_node(octets.decode("ascii"))[0]


def write_search_list(domains: list[str]) -> bytes:
    """RFC 3397, without compression: labels, each behind its length, and a 0."""
    return b"".join(
        b"".join(bytes([len(label)]) + label.encode() for label in domain.split(".")) + b"\0" for domain in domains
    )


def read_search_list(octets: bytes) -> list[str]:
    """RFC 3397; a compression pointer leads back to the beginning of an earlier label."""
    domains: list[str] = []
    starts: dict[int, list[str]] = {}  # the labels of a name from each place on
    at = 0
    while at < len(octets):
        places: list[int] = []
        labels: list[str] = []
        while True:
            size = octets[at : at + 1]
            if size and size[0] >= 0xC0 and at + 1 < len(octets):
                tail = starts[(size[0] & 0x3F) << 8 | octets[at + 1]]
                at += 2
                break
            if not size or size[0] > 63 or at + 1 + size[0] > len(octets):
                raise ValueError("a search list is cut")
            if size[0] == 0:
                tail, at = [], at + 1
                break
            places.append(at)
            labels.append(octets[at + 1 : at + 1 + size[0]].decode("ascii"))
            at += 1 + size[0]
        whole = labels + tail
        starts |= {place: whole[i:] for i, place in enumerate(places)}
        domains.append(read_domain(".".join(whole).encode()))
    if not domains:
        raise ValueError("a search list without a domain")
    return domains
