/** Steps in which Wireshark's dissectors judge the replies of the ARP and DHCP server emulators. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { ipv4, udp4 } from '../../vectors/generate/packets.ts';
import { load } from '../../vectors/load.ts';
import { isArpReply, isDhcpReply } from '../shared/emulators.ts';
import { type Dissected, dissect } from '../shared/lab/dissector.ts';
import { LabFailure, Nonconformance } from '../shared/lab/failure.ts';
import { encodePcap, type Packet } from '../shared/lab/pcap.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    /** How many packets were sent of which each is to be answered. */
    asked: number;
  }
}

const device = 'pna0';
const capture = 'adapter';

const bootReply = 2;
/** A relay agent's question comes from port 67, too. */
const isReply = (frame: Uint8Array): boolean => isArpReply(frame) || (isDhcpReply(frame) && frame[42] === bootReply);

When(
  'the stack sends all {word} packets that are to be answered',
  async function (this: ConformanceWorld, subject: 'ARP' | 'DHCP') {
    const socket = this.packetSocket('client', device);
    const isAnswer = subject === 'ARP' ? isArpReply : isDhcpReply;
    const group = subject === 'ARP' ? load('arp')[0] : this.get('vectorGroup');
    const tests = group?.tests.filter(({ result }) => result === 'valid') ?? [];
    for (const { comment, packet } of tests) {
      socket.inject(Uint8Array.fromHex(packet));
      await socket.next(`a reply to ${comment}`, isAnswer);
    }
    this.set('asked', (this.has('asked') ? this.get('asked') : 0) + tests.length);
  },
);

/** Ends the capture. @returns the replies, as many as were asked for */
async function replies(world: ConformanceWorld): Promise<readonly Packet[]> {
  const packets = await world.packets(capture);
  const found = packets.filter(({ octets }) => isReply(octets));
  assert.equal(found.length, world.get('asked'), 'replies in the capture');
  assert.ok(found.length > 0, 'nothing was asked');
  return found;
}

/** A reply that is not known as one would not be complained of either. */
function complaintsOf({ protocols, complaints }: Dissected): readonly string[] {
  return /:(?:arp|udp:dhcp)$/.test(protocols) ? complaints : [`dissected as ${protocols}`, ...complaints];
}

Then("Wireshark's dissectors warn of nothing in any reply", async function (this: ConformanceWorld) {
  const judged = new Map((await dissect(this.capture(capture).file)).map((packet) => [packet.number, packet]));
  const lines = (await replies(this)).flatMap(({ number, octets }) => {
    const dissected = judged.get(number);
    if (dissected === undefined) throw new LabFailure(`tshark passed over packet ${number}`);
    return complaintsOf(dissected).map((complaint) => `packet ${number}: ${complaint}: ${octets.toHex()}`);
  });
  if (lines.length > 0) throw new Nonconformance(lines.join('\n'));
});

/** A DHCP reply with other octets after the IP and UDP headers, whose lengths and checksums are right. */
function around(reply: Uint8Array, message: Uint8Array): Uint8Array {
  const [source, destination] = [reply.subarray(26, 30).join('.'), reply.subarray(30, 34).join('.')];
  const payload = udp4(source, 67, destination, 68, message);
  return new Uint8Array([...reply.subarray(0, 14), ...ipv4({ source, destination, protocol: 17, payload })]);
}

/** Offsets in a DHCP message: option 53 stands first, option 54 after it. */
const secondOption = 243;

/** Each takes a whole reply. */
const faults: Readonly<Record<string, (reply: Uint8Array) => Uint8Array>> = {
  'a wrong IP checksum': (reply) => reply.with(24, reply[24]! ^ 1),
  'a wrong UDP checksum': (reply) => reply.with(40, reply[40]! ^ 1),
  'a UDP length beyond the datagram': (reply) => reply.with(38, reply[38]! + 1),
  'an IP length beyond the packet': (reply) => reply.with(16, reply[16]! + 1),
  'an option that is cut': (reply) => around(reply, reply.slice(42, 42 + secondOption + 4)),
  'a server identifier of 3 octets': (reply) => {
    const message = reply.slice(42);
    return around(reply, new Uint8Array([...message.subarray(0, secondOption + 1), 3, ...message.subarray(247)]));
  },
  'no end of its fixed fields': (reply) => around(reply, reply.slice(42, 42 + 100)),
  'no last octet': (reply) => reply.slice(0, -1),
};

Then(
  "Wireshark's dissectors complain of a(n) {word} reply that has",
  async function (this: ConformanceWorld, subject: 'ARP' | 'DHCP', table: DataTable) {
    const packet = (await replies(this)).find(({ octets }) => isArpReply(octets) === (subject === 'ARP'));
    if (packet === undefined) throw new LabFailure(`no ${subject} reply was asked for`);
    const names = table.raw().flat();
    const spoilt = names.map((name) => {
      const spoil = faults[name];
      if (spoil === undefined) throw new LabFailure(`no step knows how to give a reply ${name}`);
      return { octets: spoil(packet.octets), time: packet.time };
    });
    const file = this.evidence.captureFile(`spoilt-${subject}`);
    writeFileSync(file, encodePcap([packet, ...spoilt]));
    const [whole, ...judged] = await dissect(file);
    assert.deepEqual(whole && complaintsOf(whole), [], 'what is said of the reply before it is spoilt');
    const unseen = names.filter((_, index) => judged[index]?.complaints.length === 0);
    assert.deepEqual(unseen, [], 'faults that go unseen');
    assert.equal(judged.length, names.length);
  },
);
