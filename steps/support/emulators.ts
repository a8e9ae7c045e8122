/** Steps about the server emulators of the client's adapter ([EP] fig. 17, 324 to 332), from the local stack's side. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { type ClientData, decodeClientData } from '../../reference/wire/client-data.ts';
import type { Ipv6Settings } from '../../reference/wire/ipv6-settings.ts';
import type { NetworkSettings } from '../../reference/wire/network-settings.ts';
import { clientPacket, option } from '../../vectors/generate/dhcp-packet.ts';
import { u16 } from '../../vectors/generate/octets.ts';
import { address } from '../../vectors/generate/packets.ts';
import { load, title, type Vector, type VectorGroup } from '../../vectors/load.ts';
import { adapterUnderTest, packetUp, watchClient } from './adapter.ts';
import { known } from './known.ts';
import { LabFailure } from './lab/failure.ts';
import { virtualLan } from './lab/networks/virtual-lan.ts';
import { echoReply } from './lab/packets/echo-reply.ts';
import * as questions from './lab/packets/emulator-questions.ts';
import type { Json } from './peers/configuration.ts';
import type { ScriptedServerOptions } from './peers/scripted-server.ts';
import { played } from './played.ts';
import type { ConformanceWorld } from './world.ts';

/** The packet of a vector that the stack sent, and the answer; none where none was wanted, and none came. */
interface Exchange {
  readonly emulator: questions.EmulatorQuestions;
  readonly vector: Vector;
  readonly answer?: Uint8Array;
}

declare module './world.ts' {
  interface Facts {
    vectorGroup: VectorGroup;
    exchanges: readonly Exchange[];
    /** What client data offers besides the usual settings. */
    offered: Partial<NetworkSettings>;
    /** Or an ACK. */
    offer: Uint8Array;
  }
}

async function emulatorsUnderTest(world: ConformanceWorld, options: ScriptedServerOptions, accept: Json) {
  await adapterUnderTest(world, { adapter: { configure: 'none', routes: false }, accept }, options);
}

// With the client data of vectors.

/** Of a group that says its virtual LAN and no client data. */
const settingsOf = (group: VectorGroup): Partial<NetworkSettings> => ({
  address: group['clientAddress'],
  prefixLength: group['prefixLength'],
  serverAddress: group['serverAddress'],
  routes: [],
});

/** @param alter makes other client data of that of the group */
export async function emulatorsOfVectors(
  world: ConformanceWorld,
  subject: string,
  group: string,
  accept: Json,
  alter: (clientData: ClientData) => ClientData = (clientData) => clientData,
): Promise<void> {
  const found = load(subject).find(({ comment }) => comment === group);
  if (found === undefined) throw new LabFailure(`no group of ${subject} vectors is about ${JSON.stringify(group)}`);
  world.set('vectorGroup', found);
  const data: unknown = found['clientData'];
  const options =
    typeof data === 'string'
      ? { clientData: alter(decodeClientData(Uint8Array.fromHex(data))) }
      : { settings: settingsOf(found) };
  await emulatorsUnderTest(world, options, accept);
}

Given(
  /^an adapter configured by nobody(?:, of a user who accepts (\{.*\}))?, with the client data of the (\w+) vectors about (.+)$/,
  async function (this: ConformanceWorld, accept: string | null, subject: string, group: string) {
    await emulatorsOfVectors(this, subject, group, JSON.parse(accept ?? '{ "defaultRoute": true }') as Json);
  },
);

const emulators = { ARP: questions.arp, DHCP: questions.dhcp, 'neighbour discovery': questions.neighbour };

/**
 * Of the group; of ARP the usual ones where the group is of another subject, as the answers are the same whatever the client
 * data. @param flag absent for all that are answered
 */
export function vectorsOf(world: ConformanceWorld, subject: string, flag: string | null): readonly Vector[] {
  const group = world.get('vectorGroup');
  const { tests = [] } = (subject === 'arp' && group['prefixLength'] === undefined ? load('arp')[0] : group) ?? {};
  const found = tests.filter(({ flags, result }) => (flag ? flags.includes(flag) : result === 'valid'));
  if (found.length === 0) throw new LabFailure(`no ${subject} vector has the flag ${flag}`);
  return found;
}

When(
  /^the stack sends (?:the|all) (ARP|DHCP|neighbour discovery) packets (?:flagged (\w+)|that are to be answered)$/,
  async function (this: ConformanceWorld, name: string, flag: string | null) {
    const [emulator, stack] = [known(emulators, name), this.get('stack')];
    const exchanges: Exchange[] = this.has('exchanges') ? [...this.get('exchanges')] : [];
    for (const vector of vectorsOf(this, emulator.subject, flag)) {
      played(this, emulator.subject, vector);
      if (vector.result === 'invalid') {
        await emulator.expectSilence(stack, vector);
        exchanges.push({ emulator, vector });
      } else exchanges.push({ emulator, vector, answer: await emulator.answerTo(stack, vector) });
    }
    this.set('exchanges', exchanges);
  },
);

Then('each was answered or not as its vector says', function (this: ConformanceWorld) {
  for (const { emulator, vector, answer } of this.get('exchanges'))
    if (answer !== undefined) assert.deepEqual(emulator.faultsOf(answer, vector), [], title(vector));
});

/** What had entered the tunnel would come out of it before the datagram that the stack sends now. */
Then('none of them entered the tunnel', async function (this: ConformanceWorld) {
  const datagram = echoReply(virtualLan.clientAddress, virtualLan.serverAddress, 1);
  this.get('stack').inject(packetUp(datagram));
  assert.deepEqual(await this.get('server').receive(), datagram);
});

// With client data of other kinds.

const network = (address: string, length: number) => ({ address, length });
const ipv4Routes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...network(`10.100.${index}.0`, 24),
    gateway: virtualLan.serverAddress,
  }));
const everyOption: Ipv6Settings = {
  prefix: 'fd00:8:0:a::',
  routes: [network('fd00:8::', 48), network('fd00:9::', 64), network('fd00:9:1::5', 128), network('2001:db8::', 32)],
  dns: ['fd00:9::53', 'fd00:9::54', 'fd00:9::55'],
  search: ['private.test', 'lab.private.test'],
  mtu: virtualLan.mtu,
};
const manyRoutes = Array.from({ length: 150 }, (_, index) => network(`fd00:9:0:${(index + 1).toString(16)}::`, 64));
const offers: Readonly<Record<string, Partial<NetworkSettings>>> = {
  'an MTU of 1279': { mtu: 1279 },
  'an MTU of 1280': { mtu: 1280 },
  '10 routes': { routes: ipv4Routes(10) },
  '37 routes': { routes: ipv4Routes(37) },
  '60 routes': { routes: ipv4Routes(60) },
  'every option in IPv6': { ipv6: everyOption },
  'the default route in IPv6': { ipv6: { ...everyOption, routes: [...everyOption.routes, network('::', 0)] } },
  'nothing but a prefix in IPv6': { ipv6: { prefix: everyOption.prefix, routes: [], dns: [], search: [] } },
  'more routes than fit in IPv6': { ipv6: { ...everyOption, routes: manyRoutes } },
};

Given(
  'an adapter configured by nobody, of a tunnel whose client data offers {}',
  async function (this: ConformanceWorld, offer: string) {
    const settings = known(offers, offer);
    this.set('offered', settings);
    await watchClient(this);
    await emulatorsUnderTest(this, { settings }, { defaultRoute: true });
  },
);

// Messages that no vector has: RFC 2131.

const ownAddress = address(virtualLan.clientAddress);

When(
  /^the stack (discovers DHCP servers|asks for its address), (?:without a word about what it takes|and takes datagrams of (\d+) octets)$/,
  async function (this: ConformanceWorld, message: string, longest: string | null) {
    const stack = this.get('stack');
    const takes = longest ? [option(57, u16(Number(longest)))] : [];
    const type = message === 'asks for its address' ? [option(53, [3]), option(50, ownAddress)] : [option(53, [1])];
    const options = [...type, option(55, [1, 6, 15, 26, 119, 121]), ...takes];
    stack.inject(clientPacket({ op: 1, xid: 0x5eed_0001, options }));
    this.set('offer', await stack.next('an OFFER or ACK', questions.isFromDhcpServer));
  },
);
