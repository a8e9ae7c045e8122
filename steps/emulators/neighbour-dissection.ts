/** Steps in which Wireshark's dissectors judge, and read, what the neighbour discovery emulator says. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { ipv6Octets } from '../../reference/packets/addresses.ts';
import type { Ipv6Settings } from '../../reference/wire/ipv6-settings.ts';
import { physical } from '../../vectors/generate/packets.ts';
import {
  neighbourAdvertisement,
  type Reading,
  readings,
  routerAdvertisement,
} from '../shared/lab/discovery-reading.ts';
import { type Dissected, dissect } from '../shared/lab/dissector.ts';
import { LabFailure, Nonconformance } from '../shared/lab/failure.ts';
import { discovery, isDiscovery, physicalOption, type } from '../shared/lab/neighbour-packets.ts';
import type { PacketSocket } from '../shared/lab/packet-socket.ts';
import { encodePcap } from '../shared/lab/pcap.ts';
import { faultsOfNeighbourAdvertisement, faultsOfRouterAdvertisement } from '../shared/lab/spoilt-advertisements.ts';
import { virtualLan, virtualLan6 } from '../shared/peers/configuration.ts';
import { defaultSettings, ScriptedServer } from '../shared/peers/scripted-server.ts';
import type { ConformanceWorld } from '../shared/world.ts';
import { answerTo } from './neighbour.ts';

/** A packet that the emulator made. */
interface Advertised {
  readonly what: string;
  readonly frame: Uint8Array;
  /** What has to be read in it, where it leaves something open going by what is read. */
  readonly expected: (read: Reading) => Reading;
}

declare module '../shared/world.ts' {
  interface Facts {
    offered6: Ipv6Settings;
    /** Everything on any device of the client, since before the adapter was made. */
    everything: PacketSocket;
    advertised: readonly Advertised[];
  }
}

const device = 'pna0';
/** Of an advertisement (section 14), Ethernet header included. */
const longest = 1280 + 14;

const route = (address: string, length: number) => ({ address, length });
const everyOption: Ipv6Settings = {
  prefix: 'fd00:8:0:a::',
  routes: [route('fd00:8::', 48), route('fd00:9::', 64), route('fd00:9:1::5', 128), route('2001:db8::', 32)],
  dns: ['fd00:9::53', 'fd00:9::54', 'fd00:9::55'],
  search: ['private.test', 'lab.private.test'],
  mtu: virtualLan.mtu,
};
const manyRoutes = Array.from({ length: 150 }, (_, index) => route(`fd00:9:0:${(index + 1).toString(16)}::`, 64));
const offers: Readonly<Record<string, Ipv6Settings>> = {
  'every option': everyOption,
  'the default route': { ...everyOption, routes: [...everyOption.routes, route('::', 0)] },
  'nothing but a prefix': { prefix: everyOption.prefix, routes: [], dns: [], search: [] },
  'more routes than fit': { ...everyOption, routes: manyRoutes },
};

Given(
  'an adapter configured by nobody, of a tunnel whose client data offers {} in IPv6',
  async function (this: ConformanceWorld, what: string) {
    const ipv6 = offers[what];
    if (ipv6 === undefined) throw new LabFailure(`no client data offers ${JSON.stringify(what)}`);
    await this.startLab();
    this.set('everything', this.packetSocket('client'));
    const listener = await this.listen('server');
    const accept = { defaultRoute: true };
    const client = await this.startClient({ adapter: { configure: 'none', routes: false }, accept });
    const server = new ScriptedServer(await listener.accept(), { settings: { ...defaultSettings, ipv6 } });
    await server.authorize();
    await client.event('adapter');
    this.set('offered6', ipv6);
  },
);

const [own, router] = [virtualLan6.clientLinkLocal, virtualLan6.serverLinkLocal].map(ipv6Octets) as [
  Uint8Array,
  Uint8Array,
];
const sourcePhysical = physical(virtualLan.clientPhysical);
const serverPhysical = physical(virtualLan.serverPhysical);
const fromOwn = { source: own, sourcePhysical };
const toRouter = { destination: router, destinationPhysical: serverPhysical };
const toRouters = { destination: ipv6Octets('ff02::2'), destinationPhysical: physical('33:33:00:00:00:02') };
// RFC 4291 §2.7.1: the last 24 bits are those of the address.
const toSolicitedNode = {
  destination: Uint8Array.of(...ipv6Octets('ff02::1:ff00:0').subarray(0, 13), ...router.subarray(13)),
  destinationPhysical: Uint8Array.of(0x33, 0x33, 0xff, ...router.subarray(13)),
};
const ownPhysical = physicalOption(1, sourcePhysical);
const reserved = new Uint8Array(4);

interface Question {
  readonly what: string;
  readonly frame: Uint8Array;
  /** Of the answer. */
  readonly type: number;
  readonly to: 'stack' | 'all';
}

/** What kernels ask: RFC 4861 §6.3.7, §7.2.2 and §7.3.3. */
const questions: readonly Question[] = [
  {
    what: 'the advertisement to a stack that has an address',
    frame: discovery({ ...fromOwn, ...toRouters }, type.routerSolicitation, reserved, ownPhysical),
    type: type.routerAdvertisement,
    to: 'stack',
  },
  {
    what: 'the advertisement to a stack that has none',
    frame: discovery({ ...fromOwn, source: new Uint8Array(16), ...toRouters }, type.routerSolicitation, reserved),
    type: type.routerAdvertisement,
    to: 'all',
  },
  {
    what: 'the answer to a multicast neighbour solicitation',
    frame: discovery({ ...fromOwn, ...toSolicitedNode }, type.solicitation, reserved, router, ownPhysical),
    type: type.advertisement,
    to: 'stack',
  },
  {
    what: 'the answer to a probe of reachability',
    frame: discovery({ ...fromOwn, ...toRouter }, type.solicitation, reserved, router),
    type: type.advertisement,
    to: 'stack',
  },
];

When('the stack solicits routers and neighbours', async function (this: ConformanceWorld) {
  const socket = this.packetSocket('client', device);
  const advertised: Advertised[] = [];
  for (const { what, frame, type: wanted, to } of questions) {
    socket.inject(frame);
    const answer = await socket.next(what, (one) => isDiscovery(one, wanted));
    advertised.push({ what, frame: answer, expected: expectedOf(this, answer, to) });
  }
  this.set('advertised', advertised);
});

When('the adapter has advertised its router by itself', async function (this: ConformanceWorld) {
  const what = 'the advertisement that nobody asked for';
  const frame = await this.get('everything').next(what, (one) => isDiscovery(one, type.routerAdvertisement));
  this.set('advertised', [{ what, frame, expected: expectedOf(this, frame, 'all') }]);
});

function expectedOf(world: ConformanceWorld, frame: Uint8Array, to: 'stack' | 'all'): Advertised['expected'] {
  if (isDiscovery(frame, type.advertisement)) return neighbourAdvertisement;
  const offered = world.get('offered6');
  return (read) => {
    // Of routes alone some may be left out: the last ones, and only where another would not fit.
    const there = read.prefixLengths.length - 1;
    const isFull = frame.length + 16 > longest;
    const routes = isFull ? offered.routes.slice(0, there) : offered.routes;
    // To a stack that has an address a router may answer either way: RFC 4861 §6.2.6.
    const isToAll = to === 'all' || read.ends.at(-1) === 'ff02::1';
    return routerAdvertisement({ ...offered, routes }, isToAll ? 'all' : 'stack', read.routerLifetime);
  };
}

/** What is said in the answers is judged with the vectors; here, whether it is well-formed. */
When(
  'the stack sends all neighbour discovery packets that are to be answered',
  async function (this: ConformanceWorld) {
    const socket = this.packetSocket('client', device);
    const advertised: Advertised[] = [];
    for (const vector of this.get('vectorGroup').tests.filter(({ result }) => result === 'valid')) {
      const frame = await answerTo(socket, vector);
      advertised.push({ what: `the answer to ${vector.tcId} ${vector.comment}`, frame, expected: (read) => read });
    }
    this.set('advertised', advertised);
  },
);

/** What the dissectors make of frames, in a file that is part of the evidence. */
async function judged(world: ConformanceWorld, name: string, frames: readonly Uint8Array[]) {
  const file = world.evidence.captureFile(name);
  writeFileSync(file, encodePcap(frames.map((octets) => ({ octets, time: 0 }))));
  const [dissected, read] = [await dissect(file), await readings(file)];
  assert.deepEqual([dissected.length, read.length], [frames.length, frames.length], 'packets that tshark read');
  return frames.map((_, index) => ({ complaints: complaintsOf(dissected[index]!), reading: read[index]! }));
}

/** A packet that is not known for what it is would not be complained of either. */
function complaintsOf({ protocols, complaints }: Dissected): readonly string[] {
  return protocols.endsWith(':ipv6:icmpv6') ? complaints : [`dissected as ${protocols}`, ...complaints];
}

Then(
  /^Wireshark's dissectors warn of nothing in (?:any answer|it, and read what the client data offers)$/,
  async function (this: ConformanceWorld) {
    const advertised = this.get('advertised');
    assert.ok(advertised.length > 0, 'nothing was asked');
    const verdicts = await judged(
      this,
      'advertised',
      advertised.map(({ frame }) => frame),
    );
    for (const [index, { what, frame, expected }] of advertised.entries()) {
      const { complaints, reading } = verdicts[index]!;
      if (complaints.length > 0) throw new Nonconformance(`${what}: ${complaints.join(', ')}: ${frame.toHex()}`);
      assert.deepEqual(reading, expected(reading), what);
      assert.ok(frame.length <= longest, `${what} has ${frame.length} octets`);
    }
  },
);

Then('not all routes are in an advertisement', async function (this: ConformanceWorld) {
  const frames = this.get('advertised').map(({ frame }) => frame);
  const routers = frames.filter((frame) => isDiscovery(frame, type.routerAdvertisement));
  for (const { reading } of await judged(this, 'routers', routers))
    assert.ok(reading.prefixLengths.length - 1 < this.get('offered6').routes.length);
  assert.notEqual(routers.length, 0);
});

/** Wireshark knows formats, not every rule of RFC 4861: a fault is seen, too, where something else is read. */
Then(
  "Wireshark's dissectors complain of, or read something else in, a {word} advertisement that has",
  async function (this: ConformanceWorld, subject: 'neighbour' | 'router', table: DataTable) {
    const faults = subject === 'router' ? faultsOfRouterAdvertisement : faultsOfNeighbourAdvertisement;
    const wanted = subject === 'router' ? type.routerAdvertisement : type.advertisement;
    const whole = this.get('advertised').find(({ frame }) => isDiscovery(frame, wanted));
    if (whole === undefined) throw new LabFailure(`no ${subject} advertisement was asked for`);
    const names = table.raw().flat();
    const spoilt = names.map((name) => {
      const spoil = faults[name];
      if (spoil === undefined) throw new LabFailure(`no step knows how to give an advertisement ${name}`);
      return spoil(whole.frame);
    });
    const [sound, ...verdicts] = await judged(this, `spoilt-${subject}`, [whole.frame, ...spoilt]);
    assert.deepEqual(sound?.complaints, [], 'what is said of the advertisement before it is spoilt');
    const unseen = names.filter((_, index) => {
      const { complaints, reading } = verdicts[index]!;
      return complaints.length === 0 && isDeepStrictEqual(reading, whole.expected(reading));
    });
    assert.deepEqual(unseen, [], 'faults that go unseen');
  },
);
