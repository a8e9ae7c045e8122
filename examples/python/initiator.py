"""The tunnel initiator with its adapter: [EP] fig. 11; docs/protocol.md, sections 5, 9, 10 and 11."""

import asyncio
import random
import secrets
import time
from collections import deque
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import Any

import program
from adapter import Adapter, Failed, addresses, beyond_a_link, configures, connected_subnets, datagram_of, ip, whole
from acceptance import Refused, accept
from connection import Connection, connect
from emulators import ARP, arp_at_client, dhcp_at_client, is_dhcp
from frames import (
    DEFAULT_PORT,
    NO_CLIENT_DATA,
    RESPONSE_HEADER,
    Ending,
    KeyExchangeData,
    Lifetimes,
    Relay,
    Request,
    Response,
    Settings,
    Status,
    Type,
    broken,
    parse_node,
    refusal,
)
from handshake import SUITE, DoesNotOpen
from handshake import Initiator as Noise
from session import Session
from transforms import NAMES, Direction

WAITING = 64  # datagrams that wait while Reconnect lasts
GREASE = [0x0A0A + 0x1010 * i for i in range(16)]


class TunnelInitiator:
    def __init__(self, config: dict[str, Any], stop: asyncio.Event) -> None:
        self.config, self.stop = config, stop
        self.timers: dict[str, float] = config["timers"]
        self.wants = {"name": "pna0", "configure": "dhcp", "routes": True} | config.get("adapter", {})
        self.relay = Relay(config.get("origin", "origin.invalid"), config["path"])
        self.freshness = 0
        self.short_keys = 0
        self.failures = 0
        self.standing = True  # the user's order to connect
        self.commands: asyncio.Queue[str | None] = asyncio.Queue()
        self.attempt_task: asyncio.Task[Ending] | None = None
        self.ordered: Ending | None = None
        self.before: list[str] = []
        # One tunnel connection:
        self.keyed: Direction | None = None
        self.session: Session | None = None
        # What lasts from one to the next:
        self.adapter: Adapter | None = None
        self.settings: Settings | None = None
        self.pump: asyncio.Task[None] | None = None
        self.pins: list[tuple[str, ...]] = []
        self.waiting: deque[bytes] = deque(maxlen=WAITING)
        self.connected: list[IPv4Network] = []

    # --- The user's orders ---

    async def run(self) -> int:
        program.say("ready", role="client")
        listener = asyncio.create_task(self.listen())
        watcher = asyncio.create_task(self.watch())
        status = 0
        try:
            while not self.stop.is_set():
                status = await self.connect_until_over()
                if self.stop.is_set() or self.config.get("reconnect", True) or not await self.told_to_connect():
                    break
            return 0 if self.stop.is_set() else status
        finally:
            listener.cancel()
            watcher.cancel()
            self.remove_adapter()

    async def listen(self) -> None:
        async for command in program.commands():
            if command.get("command") == "end session":
                self.end_session()
            elif command.get("command") == "connect":
                self.commands.put_nowait("connect")
        self.commands.put_nowait(None)

    async def watch(self) -> None:
        await self.stop.wait()
        self.end_session()
        self.commands.put_nowait(None)

    async def told_to_connect(self) -> bool:
        return await self.commands.get() is not None

    def end_session(self) -> None:
        self.standing = False
        self.end(Status.END_SESSION, "the user ended the session")

    def end(self, status: Status, reason: str) -> None:
        """Ends the tunnel connection from outside its own task. Only a keyed end says why."""
        if self.attempt_task is not None and self.ordered is None:
            self.ordered = Ending(status if self.keyed else None, "self", reason)
            self.attempt_task.cancel()

    async def connect_until_over(self) -> int:
        """One order to connect, with all that follows by itself. Returns the exit status."""
        self.standing = True
        while True:
            self.ordered = None
            self.attempt_task = asyncio.create_task(self.attempt())
            ending = await self.attempt_task
            self.attempt_task = None
            program.say("ended", status=ending.status, by=ending.by, reason=ending.reason)
            ended_by_user = not self.standing
            verified = ending.by == "peer" and self.keyed is not None
            if verified and ending.status in (Status.END_SESSION, Status.SUPERSEDED):
                self.standing = False
            expired = ending.by == "self" and ending.status == Status.KEY_EXPIRED
            if self.standing and expired and self.short_keys < 2:
                continue
            if not (self.standing and (self.config.get("reconnect", True) or expired)):
                break
            await self.back_off()
            if self.stop.is_set() or not self.standing:
                ended_by_user = True
                break
        self.remove_adapter()
        good = verified and ending.status in (Status.END_SESSION, Status.SHUTTING_DOWN)
        return 0 if ended_by_user or good else 1

    async def back_off(self) -> None:
        """Section 10.1: between half of a bound and the whole of it; the bound doubles."""
        least, most = self.timers["backOffMin"], self.timers["backOffMax"]
        bound = min(most, 2 * least * 2 ** min(self.failures, 30))
        self.failures += 1
        pause = max(least, random.uniform(bound / 2, bound))
        self.attempt_task = asyncio.create_task(self._sleep(pause))  # End Session ends it
        self.ordered = None
        await self.attempt_task
        self.attempt_task = None

    async def _sleep(self, seconds: float) -> Ending:
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            pass
        return Ending(None, "self", "the back-off is over")

    # --- One tunnel connection ---

    async def attempt(self) -> Ending:
        self.keyed = self.session = None
        connection: Connection | None = None
        alarm: asyncio.TimerHandle | None = None
        try:
            connection = await self.open()
            session = await self.handshake(connection)
            alarm = asyncio.get_running_loop().call_later(session.lifetimes.seconds, self.expire)
            await self.authorized(session)
            raise AssertionError("a session ends by an error")
        except Ending as why:
            ending = why
        except asyncio.CancelledError:
            if self.ordered is None:
                raise
            ending = self.ordered
        finally:
            if alarm:
                alarm.cancel()
        self.session = None
        self.ordered = ending  # Nothing ends what has ended.
        if connection is not None:
            await connection.finish(ending, self.keyed)
        return ending

    async def open(self) -> Connection:
        """TCP Open: the first address of the next node that accepts."""
        name, port = parse_node(self.config["path"][0])
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.timers["tcpOpen"]):
                try:
                    found = await loop.getaddrinfo(name, port or DEFAULT_PORT, type=1)
                    self.before = list(dict.fromkeys(entry[4][0] for entry in found))
                except OSError as fault:
                    if not self.before:  # INI-24: else the addresses of before
                        raise broken(f"{name} has no address: {fault}") from fault
                return await connect(self.before, port or DEFAULT_PORT, self.timers["tcpOpen"], self.timers)
        except OSError as fault:  # TimeoutError is one
            raise broken(f"{name} does not accept: {fault}") from fault

    async def handshake(self, connection: Connection) -> Session:
        """RELAY, REQUEST, RESPONSE."""
        relay = self.relay.encode()
        server = self.config["server"]
        noise = Noise(relay, self.config["privateKey"], server["publicKey"])
        request = self.request()
        opened = request.encode()
        connection.send(relay + opened[:18] + noise.request(opened))
        frame = await connection.expect(Type.RESPONSE, self.timers["responseWait"])
        try:
            answer = noise.response(frame[RESPONSE_HEADER:])
        except DoesNotOpen as fault:
            raise refusal(f"RESPONSE does not open: {fault}", Status.INTEGRITY_FAILURE) from fault
        altered = refusal("the header of RESPONSE is another in the clear", Status.INTEGRITY_FAILURE)
        same = answer[:RESPONSE_HEADER] == frame[:RESPONSE_HEADER]
        try:
            response = Response.decode(answer)
        except Ending as fault:
            raise fault if same else altered from fault
        k_i, k_r = noise.derive(b"")
        self.keyed = Direction.derive(k_i, response.transform, noise.h)
        if not same:
            raise altered
        response.judge(request)
        settings = Settings.decode(response.client_data)
        granted = KeyExchangeData.decode(response.key_exchange_data).lifetimes
        # The initiator acts at 90 % of each bound: INI-09.
        renewal = Lifetimes(*(bound * 9 // 10 for bound in (granted.seconds, granted.frames, granted.octets)))
        receiving = Direction.derive(k_r, response.transform, noise.h)
        session = Session(connection, self.keyed, receiving, renewal, self.expire)
        session.send(b"")  # DATA-08
        self.began = time.monotonic()
        self.failures = 0
        program.say(
            "authorized",
            name=self.config["name"],
            path=self.config["path"],
            suite="x25519",
            transform=NAMES[response.transform],
            handshakeHash=noise.h.hex(),
            address=str(settings.address),
        )
        self.configure(connection, settings)
        return session

    def request(self) -> Request:
        self.freshness = max(time.time_ns() // 1000, self.freshness + 1)
        lifetimes = Lifetimes(**self.config.get("lifetime", {}))
        grease = {random.choice(GREASE[:8]): secrets.token_bytes(random.randrange(8))}
        exchange = KeyExchangeData(lifetimes, freshness=self.freshness, unknown=grease)
        offer = list(self.config["transforms"])
        offer.insert(random.randrange(len(offer) + 1), random.choice(GREASE))
        destination, _ = parse_node(self.config["path"][-1])
        return Request(SUITE, exchange.encode(), offer, destination, NO_CLIENT_DATA, self.config["name"])

    def expire(self) -> None:
        """INI-09; two short keys in a row are followed by the back-off (section 10.1)."""
        short = time.monotonic() - self.began < self.timers["backOffMin"]
        self.short_keys = self.short_keys + 1 if short else 0
        self.end(Status.KEY_EXPIRED, "the key is nearly used up")

    async def authorized(self, session: Session) -> None:
        self.session = session
        while self.waiting:
            session.send(self.waiting.popleft())
        keep_alive = asyncio.create_task(session.keep_alive())
        try:
            async for datagram in session.datagrams():
                if datagram and self.may_pass(datagram):
                    self.adapter.deliver(datagram)
        finally:
            keep_alive.cancel()
            self.session = None

    def may_pass(self, datagram: bytes) -> bool:
        """ADP-33 to ADP-37."""
        if datagram[0] >> 4 != 4 or not whole(datagram) or configures(datagram):
            return False
        settings, behind = self.settings, self.config.get("networks", [])
        source, destination = addresses(datagram)
        if not (beyond_a_link(source, settings.lan) and beyond_a_link(destination, settings.lan)):
            return False
        if destination != settings.address and not any(destination in network for network in behind):
            return False
        routes = [route.prefixlen for route in (settings.lan, *settings.routes) if source in route]
        if not routes or source == settings.address:
            return False
        own = [network.prefixlen for network in (*behind, *self.connected) if source in network]
        return not own or max(routes) > max(own)

    # --- The adapter ---

    def configure(self, connection: Connection, offered: Settings) -> None:
        """[EP] fig. 23: the adapter, its address and its routes, as far as the user accepts them."""
        self.connected = connected_subnets(self.wants["name"])
        try:
            settings, refused = accept(offered, self.config.get("accept", {}), self.connected)
        except Refused as fault:
            program.say("error", message=str(fault))
            raise Ending(Status.END_SESSION, "self", f"client data is refused: {fault}") from fault
        for one in refused:
            program.log(f"refused: {one}")
        if self.adapter is not None and settings == self.settings:
            return
        try:
            self.lay_out(connection, settings)
        except (OSError, Failed) as fault:
            program.say("error", message=str(fault))
            raise Ending(Status.END_SESSION, "self", f"no adapter: {fault}") from fault

    def lay_out(self, connection: Connection, settings: Settings) -> None:
        if self.adapter is not None and self.adapter.own != settings.client_physical:
            self.remove_adapter()
        fresh = self.adapter is None
        former, self.settings = self.settings, settings
        if self.adapter is None:
            self.adapter = Adapter(self.wants["name"], settings.client_physical, settings.server_physical)
            self.pump = asyncio.create_task(self.transmit(self.adapter))
        else:  # ADP-22: DHCP runs again
            self.adapter.other = settings.server_physical
            ip("link", "set", "dev", self.adapter.name, "carrier", "off")
            ip("link", "set", "dev", self.adapter.name, "carrier", "on")
            ip("route", "flush", "dev", self.adapter.name, "proto", "static")
        self.adapter.up(settings.mtu or 1500)
        if self.wants["configure"] == "direct":
            if former and not fresh:
                ip("address", "flush", "dev", self.adapter.name, "scope", "global")
            ip("address", "replace", f"{settings.address}/{settings.lan.prefixlen}", "dev", self.adapter.name)
        program.say("adapter", name=self.adapter.name)
        if self.wants["routes"] and self.wants["configure"] != "none":
            self.lay_routes(connection.source, settings)

    def lay_routes(self, hop: str, settings: Settings) -> None:
        self.pin(hop, settings)
        for route in settings.routes:
            self.route("replace", route, settings.server)

    def route(self, verb: str, route: IPv4Network, gateway: IPv4Address) -> None:
        ip("route", verb, str(route), "via", str(gateway), "dev", self.adapter.name, "proto", "static", "onlink")

    def pin(self, hop: str, settings: Settings) -> None:
        """ADP-13: the way to the first hop stays what it is."""
        address = ip_address(hop)
        if not any(address in route for route in settings.routes):
            return
        now = ip("route", "get", hop)[0]
        words = (str(address), *(("via", now["gateway"]) if "gateway" in now else ()), "dev", now["dev"])
        if now["dev"] != self.adapter.name and words not in self.pins:
            try:
                ip("route", "add", *words)
                self.pins.append(words)
            except Failed as fault:  # It is there already.
                program.log(str(fault))

    def remove_adapter(self) -> None:
        if self.pump is not None:
            self.pump.cancel()
        for words in self.pins:
            try:
                ip("route", "del", *words)
            except Failed as fault:
                program.log(str(fault))
        if self.adapter is not None:
            self.adapter.close()
        self.adapter = self.settings = self.pump = None
        self.pins = []
        self.waiting.clear()

    async def transmit(self, adapter: Adapter) -> None:
        """[EP] fig. 17."""
        async for packet in adapter.packets():
            datagram = datagram_of(packet)
            if int.from_bytes(packet[12:14]) == ARP:
                self.indicate(adapter, arp_at_client(packet, self.settings))
            elif datagram is None:
                continue
            elif is_dhcp(datagram, self.settings):
                self.indicate(adapter, dhcp_at_client(packet, datagram, self.settings))
            elif self.session is None:
                self.waiting.append(datagram)
            else:
                self.session.send(datagram)
                await self.session.connection.drain()

    def indicate(self, adapter: Adapter, packet: bytes | None) -> None:
        if packet is not None:
            adapter.indicate(packet)


async def main(config: dict[str, Any], stop: asyncio.Event) -> int:
    return await TunnelInitiator(config, stop).run()
