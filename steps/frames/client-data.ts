/** Steps about client data (docs/protocol.md, section 6): reserved addresses and prefixes, and what an initiator makes of it. */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { joinDhcpOptions } from '../../reference/packets/dhcp-options.ts';
import { decodeClientData } from '../../reference/wire/client-data.ts';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { load, type Vector } from '../../vectors/load.ts';
import { hex6 } from '../../vectors/neighbour-options.ts';
import { faultsOf } from '../../vectors/neighbour-reply.ts';
import { connectAgain, ofManyConnections } from '../support/connecting-again.ts';
import { flagged, known } from '../support/known.ts';
import { neighbour } from '../support/lab/emulator-questions.ts';
import { inContext, Nonconformance } from '../support/lab/failure.ts';
import { adapterDevice } from '../support/lab/virtual-lan.ts';
import type { ScriptedServer } from '../support/peers/scripted-server.ts';
import { responseOf, scriptedServer } from '../support/peers.ts';
import { played } from '../support/played.ts';
import type { ConformanceWorld } from '../support/world.ts';

// What a server says.

Then(
  'both reserved physical addresses are locally administered, unicast and different',
  async function (this: ConformanceWorld) {
    const value = joinDhcpOptions((await responseOf(this)).clientData.dhcp).get(43) ?? new Uint8Array();
    assert.equal(value.length, 16);
    const [client, server] = [value.subarray(2, 8), value.subarray(10, 16)];
    assert.deepEqual([value[0], value[1], value[8], value[9]], [1, 6, 2, 6]);
    for (const address of [client, server]) assert.equal((address[0] ?? 0) & 3, 2, address.toHex());
    assert.notDeepEqual(client, server);
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

async function closesWithProtocolError(
  _world: ConformanceWorld,
  server: ScriptedServer,
  { tcId, comment }: Vector,
): Promise<void> {
  const close = await server.expectClose().catch((error: unknown) => {
    throw inContext(`${tcId} ${comment}: no CLOSE`, error);
  });
  const answer = `${tcId} ${comment}: CLOSE "${statusName(close.status)}"`;
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
  { tcId, comment, settings }: Vector,
): Promise<void> {
  await server.receive({ keepAlives: true });
  await world.iut('client').event('adapter');
  const frame = await neighbour.answerTo(world.packetSocket('client', adapterDevice), solicitation);
  const { prefix, mtu, dns, search } = settings.ipv6;
  const routes = settings.ipv6.routes.map((route: Route) => `${route.destination}/${route.prefixLength}`);
  const prefixes = [{ prefix, prefixLength: 64, onLink: false, autonomous: true }];
  const defaultRouter = routes.includes('::/0');
  const wanted = { ...solicitation['reply'], prefixes, mtu, routes, dns, search, defaultRouter };
  assert.deepEqual(faultsOf(frame, wanted), [], `${tcId} ${comment}`);
  await server.close(Status.endSession);
}

interface Route {
  readonly destination: string;
  readonly prefixLength: number;
}

const outcomes: Readonly<Record<string, Judge>> = {
  'it closes with "protocol error"': closesWithProtocolError,
  'a router advertises their settings': advertisesSettings,
};

/** One connection for each vector, whose client data the RESPONSE holds. */
When(
  'each of its connections is answered by client data of the vectors flagged {word}, {}',
  ofManyConnections,
  async function (this: ConformanceWorld, flag: string, outcome: string) {
    const judge = known(outcomes, outcome);
    const vectors = load('client-data').flatMap(({ tests }) => tests);
    for (const [index, vector] of flagged(vectors, flag).entries()) {
      if (index > 0) await connectAgain(this);
      const clientData = decodeClientData(Uint8Array.fromHex(vector['clientData']));
      const server = await scriptedServer(this, { clientData });
      await server.readRelay();
      await server.readRequest();
      await server.sendResponse();
      played(this, 'client-data', vector);
      await judge(this, server, vector);
      server.connection.finish();
    }
  },
);
