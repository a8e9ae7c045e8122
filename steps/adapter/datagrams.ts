/** Steps about datagrams of every kind at the adapter of either end: what goes through it, and what does not. */
import { type DataTable, Then } from '@cucumber/cucumber';
import { encodeEthernet } from '../../reference/packets/ethernet.ts';
import { physicalOctets } from '../../reference/packets/physical.ts';
import { cat, u16, u32, zeros } from '../../vectors/generate/octets.ts';
import { address6, checksum, type Ipv4, icmp6, ipv4 } from '../../vectors/generate/packets.ts';
import { known } from '../support/known.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import type { Family } from '../support/lab/networks/kernel-tables.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import { isDiscovery, type } from '../support/lab/packets/neighbour-packets.ts';
import { flipped } from '../support/peers/handshake.ts';
import type { ScriptedEndPoint } from '../support/peers/session.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** From which address to which, and a number by which the datagram is known, 0 to 65535. */
interface Ends {
  readonly from: string;
  readonly to: string;
  readonly mark: number;
}

/** The adapter under test: what its stack sends and gets, and the other end of its tunnel. */
interface Subject {
  readonly peer: ScriptedEndPoint;
  /** Physical addresses: of the adapter, and of the one at the other end. */
  readonly own: Uint8Array;
  readonly far: Uint8Array;
  readonly addresses: Readonly<Record<Family, { readonly own: string; readonly far: string }>>;
}

const clientEnd = {
  physical: physicalOctets(virtualLan.clientPhysical),
  IPv4: virtualLan.clientAddress,
  IPv6: 'fd00:8:0:a::1',
};
/** Its kernel would answer what is for its own address; what is for a node beyond it, it drops. */
const serverEnd = { physical: physicalOctets(virtualLan.serverPhysical), IPv4: '10.9.0.5', IPv6: 'fd00:9::5' };

/** Of the role that the implementation under test plays. */
function subjectOf(world: ConformanceWorld): Subject {
  const isClient = world.iutRoles.includes('client');
  const [own, far] = isClient ? [clientEnd, serverEnd] : [serverEnd, clientEnd];
  return {
    peer: isClient ? world.get('server') : world.get('initiator'),
    own: own.physical,
    far: far.physical,
    addresses: { IPv4: { own: own.IPv4, far: far.IPv4 }, IPv6: { own: own.IPv6, far: far.IPv6 } },
  };
}

// Datagrams, RFC 791 §3.1 and RFC 8200 §3. Protocol 253 is for experiments (RFC 3692), next header 59 is none.

const experiment = 253;
const payload = Uint8Array.from({ length: 24 }, (_, index) => index);

const four =
  (fields: Partial<Ipv4>) =>
  ({ from, to, mark }: Ends): Uint8Array =>
    ipv4({ source: from, destination: to, protocol: experiment, identification: mark, payload, ...fields });

/** A Router Alert (RFC 2113) behind the fixed header. */
function withOption(ends: Ends): Uint8Array {
  const plain = four({})(ends);
  const header = cat([0x46], plain.subarray(1, 2), u16(plain.length + 4), plain.subarray(4, 10), zeros(2));
  const whole = cat(header, plain.subarray(12, 20), [0x94, 4, 0, 0]);
  whole.set(u16(checksum(whole)), 10);
  return cat(whole, plain.subarray(20));
}

interface Six {
  readonly first?: number;
  readonly nextHeader?: number;
  readonly hopLimit?: number;
  readonly payload?: Uint8Array;
}

const six =
  ({ first = 0x60000000, nextHeader = 59, hopLimit = 64, payload: octets = payload }: Six) =>
  ({ from, to, mark }: Ends): Uint8Array => {
    const marked = cat(octets, u16(mark));
    return cat(u32(first), u16(marked.length), [nextHeader, hopLimit], address6(from), address6(to), marked);
  };

const looksLikeUdp = (port: number): Uint8Array => cat(u16(port - 1), u16(port), payload);
const laterFragment = (protocol: number, octets: Uint8Array) =>
  six({ nextHeader: 44, payload: cat([protocol, 0], u16(8 << 3), u32(0x12345678), octets) });

/** What a datagram has, by the words of the tables. */
const kinds: Readonly<Record<Family, Readonly<Record<string, (ends: Ends) => Uint8Array>>>> = {
  IPv4: {
    'no payload': four({ payload: new Uint8Array() }),
    'a time to live of 1': four({ timeToLive: 1 }),
    'a time to live of 255': four({ timeToLive: 255 }),
    'a type of service of b9': four({ typeOfService: 0xb9 }),
    'more fragments': four({ fragment: 0x2000 }),
    'a fragment offset': four({ fragment: 0x0003 }),
    'a fragment offset, and looks like UDP to port 68': four({ fragment: 3, protocol: 17, payload: looksLikeUdp(68) }),
    'a fragment offset, and looks like a redirect': four({ fragment: 3, protocol: 1, payload: cat([5, 1], payload) }),
    'an option': withOption,
    'a wrong header checksum': (ends) => flipped(four({})(ends), 11),
    '1400 octets': four({ payload: new Uint8Array(1380).fill(0x45) }),
  },
  IPv6: {
    'no payload': six({ payload: new Uint8Array() }),
    'a hop limit of 1': six({ hopLimit: 1 }),
    'a hop limit of 255': six({ hopLimit: 255 }),
    'a traffic class and a flow label': six({ first: 0x6b9abcde }),
    'a fragment header': six({ nextHeader: 44, payload: cat([59, 0], u16(0x0011), u32(0x12345678)) }),
    'a later fragment, and looks like UDP to port 546': laterFragment(17, looksLikeUdp(546)),
    'a later fragment, and looks like a neighbour solicitation': laterFragment(58, cat([135, 0], payload)),
    'destination options': six({ nextHeader: 60, payload: Uint8Array.of(59, 0, 1, 4, 0, 0, 0, 0) }),
    '1400 octets': six({ payload: new Uint8Array(1358).fill(0x60) }),
  },
};

/** The fault of a row: what came instead of what was expected. */
const differs = (row: string, way: string, expected: Uint8Array, came: Uint8Array): string =>
  `${row}, ${way}: expected ${expected.toHex()}, came ${came.toHex()}`;

const equal = (one: Uint8Array, other: Uint8Array): boolean => Buffer.from(one).equals(other);

/** The control is a datagram that surely passes: what was sent before it has come out before it, or not at all. */
const controlOf = ({ addresses }: Subject, way: 'out' | 'in', mark: number): Uint8Array => {
  const { own, far } = addresses.IPv4;
  return way === 'out' ? echoReply(own, far, mark) : echoReply(far, own, mark);
};

/** What a kernel tells of a datagram that it does not deliver (RFC 792, RFC 4443): it is the server's own affair. */
const isError = (datagram: Uint8Array): boolean =>
  datagram[0]! >> 4 === 6
    ? datagram[6] === 58 && (datagram[40] ?? 128) < 128
    : datagram[9] === 1 && [3, 11, 12].includes(datagram[20] ?? 0);

/** The stack sends these packets, then the control. @returns what came out of the tunnel at its other end before the control */
async function sentByStack(
  world: ConformanceWorld,
  subject: Subject,
  frame: Uint8Array,
  mark: number,
): Promise<Uint8Array[]> {
  const { own, far, peer } = subject;
  const control = controlOf(subject, 'out', mark);
  const stack = world.get('stack');
  stack.inject(frame);
  stack.inject(encodeEthernet({ destination: far, source: own, etherType: 0x0800, payload: control }));
  const came: Uint8Array[] = [];
  for (let next = await peer.receive(); !equal(next, control); next = await peer.receive())
    if (!isError(next)) came.push(next);
  return came;
}

/** A packet from the other end of the tunnel, by the source of what is in it. */
const isFrom = (subject: Subject) => (packet: Uint8Array) => {
  // An emulator's answer to the server's kernel, which looks for its client.
  if (isDiscovery(packet, type.advertisement)) return false;
  const at = packet[14]! >> 4 === 6 ? 22 : 26;
  const far = Object.values(subject.addresses).map((ends) => ends.far);
  const sources = far.map((text) => (text.includes(':') ? address6(text) : Uint8Array.from(text.split('.'), Number)));
  return sources.some((source) => equal(packet.subarray(at, at + source.length), source));
};

/** The peer sends the datagram, then the control. @returns the packets that the stack got before the control */
async function sentByPeer(
  world: ConformanceWorld,
  subject: Subject,
  datagram: Uint8Array,
  mark: number,
): Promise<Uint8Array[]> {
  const control = controlOf(subject, 'in', mark);
  await subject.peer.send(datagram);
  await subject.peer.send(control);
  const came: Uint8Array[] = [];
  for (;;) {
    const packet = await world.get('stack').next('a packet out of the tunnel', isFrom(subject));
    if (packet.length >= 14 && equal(packet.subarray(14), control)) return came;
    came.push(packet);
  }
}

const report = (faults: readonly string[]): void => {
  if (faults.length > 0) throw new Nonconformance(faults.join('\n'));
};

const rowsOf = (table: DataTable): string[] => table.raw().map(([cell = '']) => cell);

Then(
  'datagrams of {family} cross both ways, octet by octet, that have',
  async function (this: ConformanceWorld, family: Family, table: DataTable) {
    const subject = subjectOf(this);
    const { own, far } = subject;
    const ends = subject.addresses[family];
    const etherType = family === 'IPv4' ? 0x0800 : 0x86dd;
    const faults: string[] = [];
    let mark = 100;
    for (const row of rowsOf(table)) {
      const make = known(kinds[family], row);
      mark += 2;
      const up = make({ from: ends.own, to: ends.far, mark });
      const packet = encodeEthernet({ destination: far, source: own, etherType, payload: up });
      const out = await sentByStack(this, subject, packet, mark + 1);
      if (out.length !== 1 || !equal(out[0]!, up)) faults.push(differs(row, 'into the tunnel', up, cat(...out)));
      const down = make({ from: ends.far, to: ends.own, mark });
      const indicated = encodeEthernet({ destination: own, source: far, etherType, payload: down });
      const got = await sentByPeer(this, subject, down, mark + 1);
      if (got.length !== 1 || !equal(got[0]!, indicated))
        faults.push(differs(row, 'out of the tunnel', indicated, cat(...got)));
    }
    report(faults);
  },
);

Then(
  'of packets of {family} that are padded by so many octets the datagrams alone enter the tunnel',
  async function (this: ConformanceWorld, family: Family, table: DataTable) {
    const subject = subjectOf(this);
    const { own, far } = subject;
    const ends = subject.addresses[family];
    const faults: string[] = [];
    for (const [index, row] of rowsOf(table).entries()) {
      const datagram = echoReply(ends.own, ends.far, 300 + 2 * index);
      const padded = cat(datagram, new Uint8Array(Number(row)).fill(0xee));
      const etherType = family === 'IPv4' ? 0x0800 : 0x86dd;
      const packet = encodeEthernet({ destination: far, source: own, etherType, payload: padded });
      const came = await sentByStack(this, subject, packet, 301 + 2 * index);
      if (came.length !== 1 || !equal(came[0]!, datagram))
        faults.push(differs(`${row} octets`, 'into the tunnel', datagram, cat(...came)));
    }
    report(faults);
  },
);

/** What the stack may send that is no datagram: EtherType and payload, made of a right datagram. */
interface Stray {
  readonly family: Family;
  readonly etherType?: number;
  readonly spoil?: (datagram: Uint8Array) => Uint8Array;
}

/** With the header checksum that goes with what is changed. */
function resummed(datagram: Uint8Array, offset: number, octets: Uint8Array): Uint8Array {
  const copy = datagram.slice();
  copy.set(octets, offset);
  copy.set(zeros(2), 10);
  copy.set(u16(checksum(copy.subarray(0, 20))), 10);
  return copy;
}

const strays: Readonly<Record<string, Stray>> = {
  'a whole IPv4 datagram behind EtherType 88b5': { family: 'IPv4', etherType: 0x88b5 },
  'a whole IPv4 datagram behind EtherType 8100': { family: 'IPv4', etherType: 0x8100 },
  'a whole IPv4 datagram behind EtherType 0806': { family: 'IPv4', etherType: 0x0806 },
  'a whole IPv4 datagram behind a length of 0026': { family: 'IPv4', etherType: 0x0026 },
  'a whole IPv6 datagram behind EtherType 88b5': { family: 'IPv6', etherType: 0x88b5 },
  'a whole IPv6 datagram behind EtherType 0800': { family: 'IPv6', etherType: 0x0800 },
  'a whole IPv4 datagram behind EtherType 86dd': { family: 'IPv4', etherType: 0x86dd },
  'IPv4 of version 5': { family: 'IPv4', spoil: (datagram) => resummed(datagram, 0, Uint8Array.of(0x55)) },
  'IPv4 without its last octet': { family: 'IPv4', spoil: (datagram) => datagram.subarray(0, -1) },
  'IPv4 of which 19 octets are there': { family: 'IPv4', spoil: (datagram) => datagram.subarray(0, 19) },
  'IPv4 with a header of 16 octets': {
    family: 'IPv4',
    spoil: (datagram) => resummed(datagram, 0, Uint8Array.of(0x44)),
  },
  'IPv4 with a total length of 19': { family: 'IPv4', spoil: (datagram) => resummed(datagram, 2, u16(19)) },
  'IPv4 with a total length of 65535': { family: 'IPv4', spoil: (datagram) => resummed(datagram, 2, u16(65_535)) },
  'IPv4 with a header beyond its total length': {
    family: 'IPv4',
    spoil: (datagram) => resummed(resummed(datagram, 2, u16(20)), 0, Uint8Array.of(0x46)),
  },
  'IPv6 without its last octet': { family: 'IPv6', spoil: (datagram) => datagram.subarray(0, -1) },
  'IPv6 of which 39 octets are there': { family: 'IPv6', spoil: (datagram) => datagram.subarray(0, 39) },
  'IPv6 with a payload length of 65535': {
    family: 'IPv6',
    spoil: (datagram) => cat(datagram.subarray(0, 4), u16(65_535), datagram.subarray(6)),
  },
  'an Ethernet header alone': { family: 'IPv4', spoil: () => new Uint8Array() },
};

Then('none of these packets of the stack enters the tunnel', async function (this: ConformanceWorld, table: DataTable) {
  const subject = subjectOf(this);
  const faults: string[] = [];
  for (const [index, row] of rowsOf(table).entries()) {
    const { family, etherType, spoil = (datagram: Uint8Array) => datagram } = known(strays, row);
    const { own: from, far: to } = subject.addresses[family];
    const packet = encodeEthernet({
      destination: subject.far,
      source: subject.own,
      etherType: etherType ?? (family === 'IPv4' ? 0x0800 : 0x86dd),
      payload: spoil(echoReply(from, to, 500 + 2 * index)),
    });
    const came = await sentByStack(this, subject, packet, 501 + 2 * index);
    if (came.length > 0) faults.push(`${row}: ${came.map((octets) => octets.toHex()).join(', ')} entered the tunnel`);
  }
  report(faults);
});

// Neighbour discovery, RFC 4861 and RFC 6980, between addresses that datagrams go to: nothing but its type keeps it out.

const discoveryTypes: Readonly<Record<string, number>> = {
  'a router solicitation': 133,
  'a router advertisement': 134,
  'a neighbour solicitation': 135,
  'a neighbour advertisement': 136,
  'a redirect': 137,
};

/** Extension headers before an ICMPv6 message: each of 8 octets, but the second of two of 16. */
const before = (nextHeader: number, extension: Uint8Array) => (datagram: Uint8Array) => {
  const body = cat(extension, datagram.subarray(40));
  return cat(datagram.subarray(0, 4), u16(body.length), [nextHeader], datagram.subarray(7, 40), body);
};
const options = Uint8Array.of(58, 0, 1, 4, 0, 0, 0, 0);
const places: Readonly<Record<string, (datagram: Uint8Array) => Uint8Array>> = {
  'by unicast': (datagram) => datagram,
  'with a hop limit of 64': (datagram) => datagram.with(7, 64),
  'behind hop-by-hop options': before(0, options),
  'behind destination options': before(60, options),
  'behind two extension headers': before(0, cat([60], options.subarray(1), [58, 1, 1, 12], zeros(12))),
  'behind a routing header': before(43, cat([58], zeros(7))),
  'behind three extension headers': (datagram) =>
    before(0, cat([60], zeros(7)))(before(60, cat([60], zeros(7)))(before(60, options)(datagram))),
  // RFC 4302 §2: its length counts words of 4 octets, less 2.
  'behind an authentication header': before(51, cat([58, 4], zeros(2), u32(256), u32(1), zeros(12))),
  'in a first fragment': before(44, cat([58, 0], u16(1), u32(7))),
};

Then(
  'no neighbour discovery of the stack enters the tunnel, of these types in each of these places',
  async function (this: ConformanceWorld, table: DataTable) {
    const subject = subjectOf(this);
    const { own: source, far: destination } = subject.addresses.IPv6;
    const faults: string[] = [];
    let mark = 700;
    for (const [kind = '', place = ''] of table.hashes().map(({ type, place: where }) => [type, where])) {
      const body = cat(zeros(4), address6(destination), address6(destination));
      const message = icmp6({ source, destination, type: known(discoveryTypes, kind), body });
      const packet = encodeEthernet({
        destination: subject.far,
        source: subject.own,
        etherType: 0x86dd,
        payload: known(places, place)(message),
      });
      mark += 1;
      const came = await sentByStack(this, subject, packet, mark);
      if (came.length > 0) faults.push(`${kind} ${place}: ${cat(...came).toHex()} entered the tunnel`);
    }
    report(faults);
  },
);
