/** Steps about client data (docs/protocol.md, section 6): reserved addresses and prefixes, and what an initiator makes of it. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { joinDhcpOptions } from '../../reference/packets/dhcp-options.ts';
import { prefixText } from '../../reference/packets/prefix.ts';
import { decodeClientData } from '../../reference/wire/client-data.ts';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { toNetworkSettings } from '../../reference/wire/network-settings.ts';
import { readDhcp } from '../../vectors/dhcp-reply.ts';
import { classlessRoute, clientPacket, option } from '../../vectors/generate/dhcp-packet.ts';
import { ascii, cat, u16, u32 } from '../../vectors/generate/octets.ts';
import { address } from '../../vectors/generate/packets.ts';
import { load, title, type Vector } from '../../vectors/load.ts';
import { hex6 } from '../../vectors/neighbour-options.ts';
import { faultsOf } from '../../vectors/neighbour-reply.ts';
import { eachConnection, ofManyConnections } from '../support/connecting-again.ts';
import { flagged, known } from '../support/known.ts';
import { inContext, Nonconformance } from '../support/lab/failure.ts';
import { virtualLan6 } from '../support/lab/networks/virtual-lan.ts';
import { isFromDhcpServer, neighbour } from '../support/lab/packets/emulator-questions.ts';
import type { ScriptedServer } from '../support/peers/scripted-server.ts';
import { responseOf } from '../support/peers.ts';
import { played } from '../support/played.ts';
import { searchNames } from '../support/response.ts';
import { startUnderTest } from '../support/under-test.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Prefixes that the client data of the server under test routes, in the order of their texts. */
    routed: readonly string[];
  }
}

// What a server says.

Given(
  /^a tunnel server that routes (\d+) networks(, every second one of IPv6)?$/,
  async function (this: ConformanceWorld, count: string, both: string | undefined) {
    const routes = Array.from({ length: Number(count) }, (_, index) =>
      both && index % 2 === 1
        ? `fd00:9:0:${(0x1000 + index).toString(16)}::/64`
        : `10.9.${index % 256}.${index >> 8}/32`,
    );
    this.set('routed', routes.toSorted());
    const adapter = both ? { address6: virtualLan6.serverPrefix } : {};
    await startUnderTest(this, 'server', { adapter, clientData: { routes } });
  },
);

Then('RESPONSE routes each of these networks', async function (this: ConformanceWorld) {
  const { routes, ipv6 } = toNetworkSettings((await responseOf(this)).clientData);
  // The first one of IPv6 is the virtual LAN.
  const found = [...routes, ...(ipv6?.routes.slice(1) ?? [])].map(prefixText);
  assert.deepEqual(found.toSorted(), this.get('routed'));
});

Then(
  'both reserved physical addresses are locally administered, unicast and different',
  async function (this: ConformanceWorld) {
    const value = joinDhcpOptions((await responseOf(this)).clientData.dhcp).get(43) ?? new Uint8Array();
    assert.equal(value.length, 16);
    const [one, other] = [value.subarray(0, 8), value.subarray(8, 16)];
    // In either order.
    assert.deepEqual([one, other].map(([code, length]) => `${code} ${length}`).toSorted(), ['1 6', '2 6']);
    const addresses = [one, other].map((subOption) => subOption.subarray(2));
    for (const address of addresses) assert.equal((address[0] ?? 0) & 3, 2, address.toHex());
    assert.notDeepEqual(addresses[0], addresses[1]);
  },
);

Then(
  'each name has one \\/64 of {word}, that of the number of its address, and no two the same',
  function (this: ConformanceWorld, base: string) {
    const leases = this.get('leases');
    assert.ok(leases.length > 0, 'nobody connected');
    for (const { name, address, prefix } of leases) {
      const number = Number(address.split('.').at(-1));
      const expected = hex6(base).slice(0, 14) + number.toString(16).padStart(2, '0') + '0'.repeat(16);
      assert.equal(prefix === undefined ? 'none' : hex6(prefix), expected, `${name}, ${address}`);
    }
    const names = new Map(leases.map(({ name, prefix }) => [name, prefix]));
    for (const { name, prefix } of leases) assert.equal(prefix, names.get(name), name);
    assert.equal(new Set(names.values()).size, names.size);
  },
);

// What an initiator makes of it.

type Judge = (world: ConformanceWorld, server: ScriptedServer, vector: Vector) => Promise<void>;

async function closesWithProtocolError(_world: ConformanceWorld, server: ScriptedServer): Promise<void> {
  const close = await server.expectClose().catch((error: unknown) => {
    throw inContext('no CLOSE', error);
  });
  const answer = `CLOSE "${statusName(close.status)}"`;
  if (close.status !== Status.protocolError) throw new Nonconformance(answer);
  if (!close.keyed || !close.valid) throw new Nonconformance(`${answer} that is not keyed, or does not verify`);
}

/** Any router solicitation will do, and what is right of any answer to it. */
const solicitation = load('neighbour')
  .flatMap(({ tests }) => tests)
  .find(({ flags }) => flags.includes('RouterSolicitation')) as Vector;

async function advertisesSettings(
  world: ConformanceWorld,
  server: ScriptedServer,
  { settings }: Vector,
): Promise<void> {
  await server.receive({ keepAlives: true });
  await world.iut('client').event('adapter');
  await using stack = world.adapterSocket('client');
  const frame = await neighbour.answerTo(stack, solicitation);
  const { prefix, mtu, dns, search } = settings.ipv6;
  const routes = settings.ipv6.routes.map((route: Route) => `${route.destination}/${route.prefixLength}`);
  const prefixes = [{ prefix, prefixLength: 64, onLink: false, autonomous: true }];
  const defaultRouter = routes.includes('::/0');
  const wanted = { ...solicitation['reply'], prefixes, mtu, routes, dns, search, defaultRouter };
  assert.deepEqual(faultsOf(frame, wanted), []);
  await server.close(Status.endSession);
}

interface Route {
  readonly destination: string;
  readonly prefixLength: number;
}

/** The empty DATA frame comes also where there is no adapter then (section 11). */
async function takesThem(_world: ConformanceWorld, server: ScriptedServer): Promise<void> {
  const datagram = await server.receive({ keepAlives: true });
  assert.equal(datagram.length, 0);
  await server.close(Status.endSession);
}

/** What of settings DHCP hands out, by code; values in hexadecimal. */
function optionsOf(settings: Vector['settings']): Readonly<Record<number, string>> {
  const { prefixLength, serverAddress, leaseSeconds, routes, dns, domain, mtu } = settings;
  const mask = Number.parseInt('1'.repeat(prefixLength).padEnd(32, '0'), 2).toString(16);
  const line = ({ destination, prefixLength: length, gateway }: Route & { readonly gateway: string }): Uint8Array =>
    classlessRoute(`${destination}/${length}`, gateway);
  return {
    1: mask,
    51: u32(leaseSeconds).toHex(),
    54: address(serverAddress).toHex(),
    ...(dns.length > 0 && { 6: cat(...dns.map(address)).toHex() }),
    ...(domain !== undefined && { 15: ascii(domain).toHex() }),
    ...(mtu !== undefined && { 26: u16(mtu).toHex() }),
    ...(routes.length > 0 && { 121: cat(...routes.map(line)).toHex() }),
  };
}

const search = 119;
const asked = [1, 3, 6, 15, 26, search, 121];

async function offersThem(world: ConformanceWorld, server: ScriptedServer, { settings }: Vector): Promise<void> {
  await server.receive({ keepAlives: true });
  await world.iut('client').event('adapter');
  await using stack = world.adapterSocket('client');
  // As much as an Ethernet carries.
  const options = [option(53, [1]), option(55, asked), option(57, u16(1500))];
  stack.inject(clientPacket({ op: 1, xid: 0x5eed_0002, options }));
  const { fields, options: found } = readDhcp(await stack.next('an OFFER', isFromDhcpServer));
  const wanted = optionsOf(settings);
  const relevant = found.filter(({ code }) => code in wanted || (code !== search && asked.includes(code)));
  // Option 3 says the default route once more.
  const offered = relevant.filter(({ code }) => code !== 3).map(({ code, value }) => [code, value]);
  assert.deepEqual([fields.yiaddr, Object.fromEntries(offered)], [settings.address, wanted]);
  assert.equal(fields.ethernetSource.replaceAll(':', ''), settings.serverPhysical, 'the reserved physical address');
  const list = found.find(({ code }) => code === search)?.value ?? '';
  assert.deepEqual(searchNames(Uint8Array.fromHex(list)), settings.search);
  await server.close(Status.endSession);
}

/** Section 11 has an initiator make no adapter of these, since their server is not in the virtual LAN, or leave a part out. */
const notWhole: readonly string[] = [
  'a subnet mask of 30 bits',
  'a subnet mask of 31 bits',
  'a subnet mask of 32 bits',
  'a route of 1 bit',
  'an MTU of 65,535',
];

interface Outcome {
  readonly judge: Judge;
  readonly isAbout?: (vector: Vector) => boolean;
}

const outcomes: Readonly<Record<string, Outcome>> = {
  'it closes with "protocol error"': { judge: closesWithProtocolError },
  'a router advertises their settings': { judge: advertisesSettings },
  'it takes them': { judge: takesThem },
  'a DHCP server offers their settings': {
    judge: offersThem,
    isAbout: ({ comment }) => !notWhole.includes(comment),
  },
};

/** One connection for each vector, whose client data the RESPONSE holds. */
When(
  'each of its connections is answered by client data of the vectors flagged {word}, {}',
  ofManyConnections,
  async function (this: ConformanceWorld, flag: string, outcome: string) {
    const { judge, isAbout = () => true } = known(outcomes, outcome);
    const vectors = load('client-data').flatMap(({ tests }) => tests.filter(isAbout));
    await eachConnection(this, flagged(vectors, flag), title, async (server, vector) => {
      const clientData = decodeClientData(Uint8Array.fromHex(vector['clientData']));
      await server.sendResponse({ fields: { clientData } });
      played(this, 'client-data', vector);
      await judge(this, server, vector);
    });
  },
);
