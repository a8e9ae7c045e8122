"""Frames that a relay passes on: [EP] fig. 13, 242 and 243; docs/protocol.md, sections 9 and 15."""

from frames.framing import Type

LARGEST = 131_072  # of a frame by which the next node has answered
LARGEST_CLOSE = 40  # of what may follow the first frame until then
ANY = 2**32


class Passage:
    """One direction: where its frames begin and end, and which is a CLOSE (of type 5, whatever else it says)."""

    def __init__(self, only_close: bool) -> None:
        # RLY-11: until the next node has answered
        self.only_close, self.most = only_close, LARGEST_CLOSE if only_close else LARGEST
        self.pending = b""  # the beginning of a frame, until it has 6 octets
        self.left = 0  # what has not passed yet of a frame that has passed in part
        self.closing = self.closed = self.begun = False
        self.fault: str | None = None

    def take(self, octets: bytes) -> bytes:
        """What of these octets goes on. Behind a CLOSE, and from a fault on, nothing does."""
        passed = bytearray()
        octets, self.pending = self.pending + octets, b""
        while octets:
            if self.left == 0 and not self._begin(octets):
                break
            passed += octets[: self.left]
            octets, self.left = octets[self.left :], max(0, self.left - len(octets))
            if self.closing and self.left == 0:
                self.closed = True
                break
        return bytes(passed)

    def open(self) -> None:
        """The next node has answered."""
        self.only_close, self.most = False, ANY

    def _begin(self, octets: bytes) -> bool:
        if len(octets) < 6:
            self.pending = octets
            return False
        self.left, self.closing = int.from_bytes(octets[:4]), octets[4] == Type.CLOSE
        if not 6 <= self.left <= self.most:
            self.fault = f"a frame of {self.left} octets"
        elif self.only_close and not self.closing:
            self.fault = "a second frame came before the next node has answered"
        elif not self.only_close:
            self.begun, self.most = True, ANY
        if self.fault:
            self.left = 0
        return self.fault is None
