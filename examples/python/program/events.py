"""What docs/iut.md asks of each process: events on stdout, commands on stdin, signals, exit status."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any


def say(event: str, **facts: Any) -> None:
    """One event. What reads them may be gone; that is no reason to end."""
    try:
        print(json.dumps({"event": event, **facts}), flush=True)
    except OSError:
        pass


def log(text: str) -> None:
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        pass


def failed(fault: BaseException) -> int:
    """What the program could not do; its exit status."""
    say("error", message=str(fault))
    log(str(fault))
    return 1


async def commands() -> AsyncIterator[dict[str, Any]]:
    """Commands until the end of stdin. A file, a terminal or /dev/null has none."""
    reader = asyncio.StreamReader()
    try:
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    except (ValueError, OSError):
        return
    while line := await reader.readline():
        try:
            command = json.loads(line)
        except ValueError:
            log(f"no command: {line[:100]!r}")
            continue
        if isinstance(command, dict):
            yield command


def run(main: Callable[[asyncio.Event], Awaitable[int]]) -> int:
    """Runs a role until it ends by itself, or its user ends it by SIGTERM or SIGINT."""

    async def until_stopped() -> int:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        return await main(stop)

    status = asyncio.run(until_stopped())
    sys.stdout.flush()
    return status
