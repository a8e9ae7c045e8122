"""Why a tunnel connection ends: the status codes of CLOSE, docs/protocol.md, section 3.4."""

from enum import IntEnum


class Status(IntEnum):
    """Section 3.4."""

    END_SESSION = 1
    KEY_EXPIRED = 2
    NOT_AUTHORIZED = 3
    INTEGRITY_FAILURE = 4
    PROTOCOL_ERROR = 5
    UNSUPPORTED_VERSION = 6
    NO_COMMON_TRANSFORM = 7
    NEXT_NODE_UNREACHABLE = 8
    NOT_ON_PATH = 9
    NO_ADDRESS_LEFT = 10
    TIMEOUT = 11
    RESOURCE_LIMIT = 12
    SHUTTING_DOWN = 13
    SUPERSEDED = 14


class Ending(Exception):
    """Why a tunnel connection ends: the status of the CLOSE frame, if there is one, and who ended it."""

    def __init__(self, status: int | None, by: str, reason: str) -> None:
        super().__init__(reason)
        self.status, self.by, self.reason = status, by, reason


def refusal(reason: str, status: Status = Status.PROTOCOL_ERROR) -> Ending:
    """The peer has erred: this end sends a CLOSE."""
    return Ending(status, "self", reason)


def broken(reason: str) -> Ending:
    """The connection broke: no CLOSE goes either way."""
    return Ending(None, "network", reason)
