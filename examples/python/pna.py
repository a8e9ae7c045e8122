#!/usr/bin/python3
"""A pseudo network adapter: ./pna.py client|server|relay CONFIGURATION"""

import sys

import config
import initiator
import program
import relay
import server

ROLES = {"client": initiator.main, "server": server.main, "relay": relay.main}


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or arguments[0] not in ROLES:
        program.log("usage: pna.py client|server|relay CONFIGURATION")
        return 2
    role, path = arguments
    try:
        settings = config.load(role, path)
    except config.Wrong as fault:
        program.log(str(fault))
        return 2
    except config.Unsupported as what:
        program.say("unsupported", capability=str(what))
        return 89
    return program.run(lambda stop: ROLES[role](settings, stop))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
