#!/usr/bin/python3
"""A pseudo network adapter: ./pna.py client|server|relay CONFIGURATION"""

import sys

from nodes import initiator, relay, server
from program import configuration, events, shapes

ROLES = {"client": initiator.main, "server": server.main, "relay": relay.main}


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or arguments[0] not in ROLES:
        events.log("usage: pna.py client|server|relay CONFIGURATION")
        return 2
    role, path = arguments
    try:
        settings = configuration.load(role, path)
    except shapes.Wrong as fault:
        events.log(str(fault))
        return 2
    except shapes.Unsupported as what:
        events.say("unsupported", capability=str(what))
        return 89
    return events.run(lambda stop: ROLES[role](settings, stop))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
