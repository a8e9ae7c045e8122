"""Half-open connections, and which of them gives way to a newcomer: docs/protocol.md, sections 10.3 and 10.4."""

import random
from collections import Counter
from collections.abc import Iterable
from enum import Enum
from typing import Any, Protocol

from frames.ending import Status, refusal
from nodes.addresses import block_of, plain, source_of


REMEMBERED = 4096  # sources of confirmed sessions


class Stage(Enum):
    WAITING = "RELAY and the frame behind it have not come whole"
    STALE = "at a server: authorised, and may be a replay"
    FRESH = "at a server: authorised"
    UNANSWERED = "at a relay: the next node has not answered"
    OPEN = "confirmed, or answered"
    OVER = "refused, or in Dying"
    REFUSED_AT_ONCE = "had no place"


class Candidate(Protocol):
    source: str
    stage: Stage
    key: bytes
    freshness: int

    def end(self, status: Status, reason: str, at_once: bool = False) -> None: ...


class HalfOpen:
    def __init__(self, limits: dict[str, Any], per_source: int) -> None:
        self.all: set[Any] = set()
        self.most = limits.get("halfOpen", 256)
        self.per_source = limits.get("halfOpenPerSource", per_source)

    def discard(self, one: Candidate) -> None:
        self.all.discard(one)

    def source(self, address: str) -> str:
        """What counts as one source."""
        return source_of(address)

    def from_source(self, source: str) -> list[Any]:
        return [one for one in self.all if self.source(one.source) == source]

    def give_way(self, candidates: Iterable[Candidate], newcomer: Candidate, *stages: Stage) -> None:
        """One of the first of these stages that has any; of whom nothing is known, one of the fullest network block."""
        for stage in stages:
            some = [one for one in candidates if one.stage == stage]
            if some:
                break
        else:
            newcomer.stage = Stage.REFUSED_AT_ONCE
            raise refusal("all places are taken", Status.RESOURCE_LIMIT)
        if stage in (Stage.WAITING, Stage.UNANSWERED):
            blocks = Counter(self.block_of(one.source) for one in self.all if one.stage == stage)
            fullest = max(blocks[self.block_of(one.source)] for one in some)
            some = [one for one in some if blocks[self.block_of(one.source)] == fullest]
        self.end(random.choice(some))

    def block_of(self, source: str) -> str:
        return block_of(source)

    def end(self, one: Candidate) -> None:
        self.all.discard(one)
        one.end(Status.RESOURCE_LIMIT, "gives way to another connection", at_once=True)


class AtServer(HalfOpen):
    def __init__(self, limits: dict[str, Any]) -> None:
        super().__init__(limits, per_source=16)
        self.per_key = limits.get("halfOpenPerKey", 4)
        self.per_relay = limits.get("halfOpenPerRelay", 128)
        self.relays = {str(plain(relay)) for relay in limits.get("relays", [])}
        self.greatest: dict[bytes, int] = {}  # the greatest freshness of each key
        self.known: dict[str, None] = {}  # sources of confirmed sessions, the latest last

    def source(self, address: str) -> str:
        """A relay that the operator names is its one address: SRV-32."""
        own = str(plain(address))
        return own if own in self.relays else source_of(address)

    def block_of(self, source: str) -> str:
        """A relay that the operator names is one of its own."""
        own = self.source(source)
        return own if own in self.relays else super().block_of(source)

    def admit(self, newcomer: Candidate) -> None:
        """SRV-27 to SRV-30, SRV-32."""
        source = self.source(newcomer.source)
        same = self.from_source(source)
        order = (Stage.OVER, Stage.WAITING, Stage.STALE)
        if len(same) >= (self.per_relay if source in self.relays else self.per_source):
            self.give_way(same, newcomer, *order)
        if len(self.all) >= self.most:
            self.give_way(self._give_way_to(source), newcomer, *order)
        self.all.add(newcomer)

    def confirmed(self, one: Candidate) -> None:
        """It is half-open no more, and where it comes from is kept in mind."""
        self.discard(one)
        source = self.source(one.source)
        self.known.pop(source, None)
        self.known[source] = None
        if len(self.known) > REMEMBERED:
            del self.known[next(iter(self.known))]

    def _give_way_to(self, newcomer: str) -> Iterable[Candidate]:
        """SRV-31: strangers do not displace those from sources of confirmed sessions, up to a quarter of all places."""
        kept = {one for one in self.all if self.source(one.source) in self.known and one.stage != Stage.OVER}
        return self.all if newcomer in self.known or len(kept) > self.most // 4 else self.all - kept

    def place(self, one: Candidate, key: bytes, freshness: int | None) -> None:
        """SRV-25, SRV-26: an authorised REQUEST among those of the same key. The first one is fresh with any value."""
        value = -1 if freshness is None else freshness
        fresh = value > self.greatest.get(key, -1)
        others = [o for o in self.all if o is not one and o.key == key and o.stage in (Stage.STALE, Stage.FRESH)]
        full = len(others) >= self.per_key
        if not fresh and (full or any(o.stage == Stage.STALE for o in others)):
            raise refusal("a stale REQUEST has no place", Status.RESOURCE_LIMIT)
        if full:
            self.end(min(others, key=lambda o: (o.stage == Stage.FRESH, o.freshness)))
        one.key, one.freshness, one.stage = key, value, Stage.FRESH if fresh else Stage.STALE
        if fresh:
            self.greatest[key] = value


class AtRelay(HalfOpen):
    """Here `all` has every connection; those in Forward that were answered are not half-open."""

    def __init__(self, limits: dict[str, Any]) -> None:
        super().__init__(limits, per_source=8)
        self.connections = limits.get("connections", 1024)
        self.connections_per_source = limits.get("connectionsPerSource", 64)

    def admit(self, newcomer: Candidate) -> None:
        """RLY-13, RLY-22 to RLY-24."""
        same = self.from_source(self.source(newcomer.source))
        if len(same) >= self.connections_per_source:
            self.give_way(same, newcomer, Stage.OVER)
        elif len(_half_open(same)) >= self.per_source:
            self.give_way(same, newcomer, Stage.OVER, Stage.WAITING)
        if len(self.all) >= self.connections:
            self.give_way(self.all, newcomer, Stage.OVER)
        elif len(_half_open(self.all)) >= self.most:
            self.give_way(self.all, newcomer, Stage.OVER, Stage.WAITING, Stage.UNANSWERED)
        self.all.add(newcomer)


def _half_open(some: Iterable[Candidate]) -> list[Candidate]:
    return [one for one in some if one.stage != Stage.OPEN]
