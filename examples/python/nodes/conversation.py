"""What is done with one connection: a task that ends by itself, or because somebody else orders it."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

from frames.ending import Ending


class Conversation:
    def __init__(self) -> None:
        self.ordered: Ending | None = None
        self.at_once = False  # no wait for the end of the peer's stream
        self.task: asyncio.Task[None] | None = None

    def order(self, ending: Ending, at_once: bool = False) -> None:
        """From outside the task. The first order holds; one that is to be obeyed at once also ends Dying."""
        if self.task is not None and (self.ordered is None or (at_once and not self.at_once)):
            self.ordered, self.at_once = self.ordered or ending, at_once
            self.task.cancel()

    async def until_over(self, conversation: Awaitable[None]) -> Ending:
        """How it ended."""
        task = self.task = asyncio.current_task()
        try:
            await conversation
        except Ending as ending:
            if self.ordered is None:
                return ending
            with suppress(asyncio.CancelledError):  # An order has come besides, and shows at the next wait.
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            if self.ordered is None:
                raise
        while task.uncancel():
            pass
        assert self.ordered is not None, "a conversation ends by an Ending"
        return self.ordered
