/** Steps about the IPv6 part of client data, n6 (docs/protocol.md, section 6): what a server says, and what an initiator makes of it. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { decodeClientData } from '../../reference/wire/client-data.ts';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { load, type Vector } from '../../vectors/load.ts';
import { hex6, meaningOf, networkOf } from '../../vectors/neighbour-options.ts';
import { faultsOf } from '../../vectors/neighbour-reply.ts';
import { neighbour } from '../shared/lab/emulator-questions.ts';
import { Nonconformance } from '../shared/lab/failure.ts';
import { ScriptedServer } from '../shared/peers/scripted-server.ts';
import { lab } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

// What a server says.

const words = (text: string): string[] => (text === 'none' ? [] : text.split(', '));

function n6Of(world: ConformanceWorld) {
  const { neighbour } = world.get('response').clientData;
  return meaningOf(
    neighbour.map(({ type, value }) => ({ type, octets: Uint8Array.of(type, (value.length + 2) / 8, ...value) })),
  );
}

Then('n6 of client data is empty', function (this: ConformanceWorld) {
  assert.deepEqual(this.get('response').clientData.neighbour, []);
});

Then(
  'n6 of client data holds one prefix, {word}, autonomous and not on-link',
  function (this: ConformanceWorld, text: string) {
    const [prefix = '', length] = text.split('/');
    const expected = { prefix: hex6(prefix), prefixLength: Number(length), onLink: false, autonomous: true };
    assert.deepEqual(n6Of(this).prefixes, [expected]);
  },
);

Then('every lifetime in n6 is infinite', function (this: ConformanceWorld) {
  const { lifetimes } = n6Of(this);
  assert.ok(lifetimes.length > 0, 'there is none');
  assert.deepEqual(
    lifetimes.filter((lifetime) => lifetime !== 0xffff_ffff),
    [],
  );
});

Then('the routes in n6 are {}, in this order', function (this: ConformanceWorld, routes: string) {
  assert.deepEqual(n6Of(this).routes, words(routes).map(networkOf));
});

Then('the DNS servers in n6 are {}', function (this: ConformanceWorld, servers: string) {
  assert.deepEqual(n6Of(this).dns, words(servers).map(hex6));
});

Then('an MTU in n6 is {int}', function (this: ConformanceWorld, mtu: number) {
  const { mtus } = n6Of(this);
  assert.ok(mtus.length <= 1, `${mtus.length} options 5`);
  for (const said of mtus) assert.equal(said, mtu);
});

/** The order of the specification is that of their numbers. */
Then('the options in n6 are in the order 3, 5, 24, 25, 31', function (this: ConformanceWorld) {
  const { types } = n6Of(this);
  assert.deepEqual(
    types.toSorted((one, other) => one - other),
    types,
  );
  assert.deepEqual(
    types.filter((type) => ![3, 5, 24, 25, 31].includes(type)),
    [],
  );
});

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

Given('a tunnel initiator that waits for a command to connect again', async function (this: ConformanceWorld) {
  await lab(this);
  this.set('listener', await this.listen('server'));
  await this.startClient({
    adapter: { configure: 'none', routes: false },
    accept: { defaultRoute: true },
    timers: { backOffMin: 1, backOffMax: 1 },
  });
});

/** Connects for each vector, whose client data the RESPONSE holds. */
async function eachConnection(
  world: ConformanceWorld,
  flag: string,
  judge: (server: ScriptedServer, vector: Vector) => Promise<void>,
): Promise<void> {
  const client = world.iut('client');
  const vectors = load('client-data').flatMap(({ tests }) => tests.filter(({ flags }) => flags.includes(flag)));
  for (const [index, vector] of vectors.entries()) {
    if (index > 0) client.connect();
    const clientData = decodeClientData(Uint8Array.fromHex(vector['clientData']));
    const server = new ScriptedServer(await world.get('listener').accept(), { clientData });
    await server.readRelay();
    await server.readRequest();
    await server.sendResponse();
    await judge(server, vector);
    server.connection.finish();
    await client.event('ended');
  }
  assert.ok(vectors.length > 0, 'no vector has that flag');
}

When(
  'each of its connections is answered by client data of the vectors flagged {word}, it closes with {string}',
  async function (this: ConformanceWorld, flag: string, status: string) {
    await eachConnection(this, flag, async (server, { tcId, comment }) => {
      const close = await server.expectClose().catch((error: unknown) => {
        throw new Nonconformance(`${tcId} ${comment}: no CLOSE: ${String(error)}`);
      });
      const said = `${tcId} ${comment}: CLOSE "${statusName(close.status)}"`;
      if (statusName(close.status) !== status) throw new Nonconformance(said);
      if (!close.keyed || !close.valid) throw new Nonconformance(`${said} that is not keyed, or does not verify`);
    });
  },
);

/** Any router solicitation will do, and what is right of any answer to it. */
const solicitation = load('neighbour')
  .flatMap(({ tests }) => tests)
  .find(({ flags }) => flags.includes('RouterSolicitation')) as Vector;

When(
  'each of its connections is answered by client data of the vectors flagged {word}, a router advertises their settings',
  async function (this: ConformanceWorld, flag: string) {
    await eachConnection(this, flag, async (server, { tcId, comment, settings }) => {
      await server.receive({ keepAlives: true });
      await this.iut('client').event('adapter');
      const frame = await neighbour.answerTo(this.packetSocket('client', 'pna0'), solicitation);
      const { prefix, mtu, dns, search } = settings.ipv6;
      const routes = settings.ipv6.routes.map((route: Route) => `${route.destination}/${route.prefixLength}`);
      const prefixes = [{ prefix, prefixLength: 64, onLink: false, autonomous: true }];
      const defaultRouter = routes.includes('::/0');
      const wanted = { ...solicitation['reply'], prefixes, mtu, routes, dns, search, defaultRouter };
      assert.deepEqual(faultsOf(frame, wanted), [], `${tcId} ${comment}`);
      await server.close(Status.endSession);
    });
  },
);

interface Route {
  readonly destination: string;
  readonly prefixLength: number;
}
