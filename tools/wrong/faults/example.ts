/** The example in Python, wrong as its author may err who reads docs/protocol.md in a hurry. */
import type { Fault, FaultyRole } from '../fault.ts';

/** Id: requirement, roles between spaces, what it does, file, and the change. */
type Entry = readonly [breaks: string, roles: string, does: string, file: string, from: string, to: string];

// biome-ignore format: a table, one line for each
const entries: Readonly<Record<string, Entry>> = {
  'python-prologue-without-relay': ['HS-01', 'client server', 'The prologue is "PNA/1" alone.', 'nodes/handshake.py', 'self.mix_hash(b"PNA/1" + relay)', 'self.mix_hash(b"PNA/1")'],
  'python-padding-counts-header': ['REQ-06', 'client server', 'The opened frame is padded to a multiple of 128 octets, not its string buffer.', 'frames/request.py', 'return octets + bytes(-len(octets) % 128)', 'return octets + bytes(-(len(octets) + 18) % 128)'],
  'python-keys-without-separator': ['KEY-01', 'client server', 'The 0 octet behind the label of the key schedule is missing.', 'frames/data.py', 'label.encode() + b"\\0" + struct', 'label.encode() + struct'],
  'python-keep-alives-not-counted': ['KEY-02', 'client server', 'An empty DATA frame is no step of the counter.', 'frames/data.py', '        self.n += 1\n', '        self.n += octets > 0\n'],
  'python-keystream-of-each-frame': ['TRF-06', 'client server', 'The keystream of 0x0101 begins anew with each frame.', 'frames/data.py', 'self._digest(datagram), self.stream.update(datagram)', 'self._digest(datagram), Cipher(algorithms.AES(self.keys["key"]), modes.CTR(self.keys["iv"])).encryptor().update(datagram)'],
  'python-close-counts-one-less': ['CLOSE-02', 'client server', 'n of the digest of CLOSE is one less: that of the last DATA frame.', 'frames/data.py', 'first + struct.pack(">Q", self.n)', 'first + struct.pack(">Q", max(0, self.n - 1))'],
  'python-own-preference': ['RESP-07', 'server', 'The server selects the first of its own transforms that the initiator offers.', 'nodes/policy.py', '        for one in request.transforms:\n            if one in self.transforms:\n', '        for one in self.transforms:\n            if one in request.transforms:\n'],
  'python-confirmed-by-request': ['SRV-16', 'server', 'The session is confirmed with RESPONSE, before the first DATA frame.', 'nodes/server.py', '        keep_alive: asyncio.Task[None] | None = None\n', '        self.confirm()\n        self.send(b"")\n        keep_alive: asyncio.Task[None] | None = None\n'],
  'python-datagrams-with-ethernet-padding': ['ADP-04', 'client server', 'What pads a short Ethernet packet becomes part of the datagram.', 'adapter/datagrams.py', '    return packet[14 : 14 + length]\n', '    return packet[14:]\n'],
  'python-answers-own-address': ['ARP-03', 'client', 'A request for the own address of the client is answered like any other.', 'adapter/arp.py', 'if target == settings.address or (target', 'if (target'],
  'python-inform-has-a-lease': ['DHCP-05', 'client', 'The ACK to INFORM has a lease time.', 'adapter/dhcp.py', ' if message.kind != INFORM else []\n', '\n'],
  'python-routes-of-260': ['DHCP-18', 'client', 'Routes are joined up to 260 octets, so that an option 121 can end within one.', 'adapter/dhcp.py', '<= 255', '<= 260'],
  'python-relay-takes-itself-out': ['RELAY-12', 'relay', 'The relay forwards RELAY without its own name.', 'nodes/relay.py', 'return octets + await self.frame_behind(), relay', 'return Relay(relay.origin, relay.path[1:]).encode() + await self.frame_behind(), relay'],
};

export const example: readonly Fault[] = Object.entries(entries).map(([id, [breaks, roles, does, file, from, to]]) => ({
  id,
  breaks: breaks.split(' '),
  roles: roles.split(' ') as FaultyRole[],
  does,
  file: `examples/python/${file}`,
  change: [from, to],
}));
