/** Steps about a whole tunnel: both end points as processes, and the traffic of two real stacks through it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Given, Then, When } from '@cucumber/cucumber';
import type { SuiteName, TransformName } from '../../reference/wire/identifiers.ts';
import { run } from '../shared/lab/command.ts';
import { patience, within } from '../shared/lab/deadline.ts';
import { type Lease, obtainLease } from '../shared/lab/dhcp-lease.ts';
import { marker, packetsRevealing } from '../shared/lab/plaintext-search.ts';
import { connectInside, listenInside, ping, type TransferResult, transfer } from '../shared/lab/traffic.ts';
import { virtualLan } from '../shared/peers/configuration.ts';
import { lab } from '../shared/peers.ts';
import { placeOf } from '../shared/places.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    lease: Lease;
    transfers: readonly TransferResult[];
    plaintext: Uint8Array;
    /** The source address of the TCP connection that carried it, at its far end. */
    seenFrom: string;
  }
}

const device = 'pna0';
const mebibyte = 2 ** 20;

/** A configuration that both ends read; `client` and `server` say what is particular to each. */
async function tunnel(world: ConformanceWorld, suite: SuiteName, transform: TransformName, configure: string) {
  await lab(world);
  await world.startServer({ transforms: [transform] });
  const client = await world.startClient({
    server: { suite },
    transforms: [transform],
    adapter: { configure, routes: true },
  });
  await client.event('adapter');
}

Given(
  'a tunnel with suite {word} and transform {word}, its adapter left to a DHCP client',
  async function (this: ConformanceWorld, suite: SuiteName, transform: TransformName) {
    await tunnel(this, suite, transform, 'dhcp');
  },
);

Given('a tunnel whose adapter is left to a DHCP client', async function (this: ConformanceWorld) {
  await tunnel(this, 'hybrid', 'aes256gcm', 'dhcp');
});

Given('a tunnel', async function (this: ConformanceWorld) {
  await tunnel(this, 'hybrid', 'aes256gcm', 'direct');
});

Given("a capture on the client's adapter", async function (this: ConformanceWorld) {
  await this.captureOn(this.lab.namespace('client'), device, 'adapter');
});

When("udhcpc runs on the client's adapter", async function (this: ConformanceWorld) {
  const lease = await obtainLease({ namespace: this.lab.namespace('client'), device });
  assert.ok(lease, 'udhcpc obtained no lease');
  this.set('lease', lease);
});

Then('it was offered the address that the server assigned', function (this: ConformanceWorld) {
  const { ip, serverid, subnet } = this.get('lease');
  assert.deepEqual(
    { ip, serverid, subnet },
    { ip: virtualLan.clientAddress, serverid: virtualLan.serverAddress, subnet: '255.255.255.0' },
  );
});

Then('the kernel has resolved the server to its reserved physical address', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  const { received } = await ping({ namespace, destination: virtualLan.serverAddress });
  assert.equal(received, 1, 'the server did not answer');
  const text = await run(['ip', '-json', 'neighbour', 'show', virtualLan.serverAddress, 'dev', device], { namespace });
  const [neighbour] = JSON.parse(text) as { lladdr?: string }[];
  assert.equal(neighbour?.lladdr, virtualLan.serverPhysical);
});

Then(
  '{int} ping(s) of {int} octets from {word} to {word} is/are answered',
  async function (this: ConformanceWorld, count: number, size: number, from: string, to: string) {
    const { namespace } = placeOf(this, from);
    const result = await ping({ namespace, destination: placeOf(this, to).address, count, size });
    assert.equal(result.received, count, result.output);
  },
);

When(
  'a TCP connection from {word} to {word} carries known plaintext',
  async function (this: ConformanceWorld, from: string, to: string) {
    const { namespace, address } = placeOf(this, to);
    const plaintext = marker(4_000);
    const arrived = Promise.withResolvers<Uint8Array>();
    const { server, port } = await listenInside(namespace, 0, (socket) => {
      this.set('seenFrom', (socket.remoteAddress ?? '').replace('::ffff:', ''));
      const chunks: Uint8Array[] = [];
      socket.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      socket.once('end', () => {
        arrived.resolve(new Uint8Array(Buffer.concat(chunks)));
        socket.end();
      });
    });
    const socket = connectInside(placeOf(this, from).namespace, address, port);
    try {
      const ended = once(socket.resume(), 'end');
      socket.end(plaintext);
      const both = Promise.all([arrived.promise, ended]);
      const [received] = await within(patience, `a TCP connection from ${from} to ${to}`, both);
      assert.deepEqual(received, plaintext);
    } finally {
      socket.destroy();
      server.close();
    }
    this.set('plaintext', plaintext);
  },
);

Then('it was seen to come from {word}', function (this: ConformanceWorld, from: string) {
  assert.equal(this.get('seenFrom'), placeOf(this, from).address);
});

Then("the plaintext is found in the capture on the client's adapter", async function (this: ConformanceWorld) {
  const found = packetsRevealing(await this.packets('adapter'), this.get('plaintext'));
  assert.ok(found.length > 0, 'the search finds nothing even where the plaintext is');
});

Then('the plaintext is nowhere in the capture on the wire', async function (this: ConformanceWorld) {
  const packets = await this.packets('wire');
  assert.ok(packets.length > 10, 'hardly anything was captured');
  const found = packetsRevealing(packets, this.get('plaintext'));
  assert.deepEqual(
    found.map(({ number }) => number),
    [],
  );
});

When('{int} MiB cross the tunnel by TCP in each direction', async function (this: ConformanceWorld, size: number) {
  await transferEachWay(this, size, 'client', 'server');
});

When(
  '{int} MiB go by TCP from {word} to {word} and back',
  async function (this: ConformanceWorld, size: number, one: string, other: string) {
    await transferEachWay(this, size, one, other);
  },
);

/** @param size MiB in each direction */
async function transferEachWay(world: ConformanceWorld, size: number, one: string, other: string): Promise<void> {
  const [here, there] = [placeOf(world, one), placeOf(world, other)];
  const common = { octets: size * mebibyte, milliseconds: 80_000 };
  const up = await transfer({ from: here.namespace, to: there.namespace, address: there.address, ...common });
  const down = await transfer({ from: there.namespace, to: here.namespace, address: here.address, ...common });
  world.set('transfers', [up, down]);
}

Then('every octet arrived: SHA-256 is equal at both ends', function (this: ConformanceWorld) {
  for (const { sent, arrived, octets } of this.get('transfers')) {
    assert.ok(octets > 0);
    assert.equal(arrived, sent);
  }
});
