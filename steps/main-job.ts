/** Steps about a whole tunnel: both end points as processes, and the traffic of two real stacks through it. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import type { SuiteName, TransformName } from '../reference/wire/identifiers.ts';
import { run } from './lab/command.ts';
import { type Lease, obtainLease } from './lab/dhcp-client.ts';
import { marker, packetsRevealing } from './lab/plaintext-search.ts';
import { connectInside, listenInside, ping, type TransferResult, transfer } from './lab/traffic.ts';
import { virtualLan } from './peers/configuration.ts';
import { lab } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    lease: Lease;
    transfers: readonly TransferResult[];
    plaintext: Uint8Array;
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
  const lease = await obtainLease({ namespace: this.lab.namespace('client'), device, script: 'own' });
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
  '{int} pings of {int} octets from client to server are answered',
  async function (this: ConformanceWorld, count: number, size: number) {
    const namespace = this.lab.namespace('client');
    const result = await ping({ namespace, destination: virtualLan.serverAddress, count, size });
    assert.equal(result.received, count, result.output);
  },
);

Then(
  '{int} pings of {int} octets from server to client are answered',
  async function (this: ConformanceWorld, count: number, size: number) {
    const namespace = this.lab.namespace('server');
    const result = await ping({ namespace, destination: virtualLan.clientAddress, count, size });
    assert.equal(result.received, count, result.output);
  },
);

When(
  'a TCP connection from {word} to {word} carries known plaintext',
  async function (this: ConformanceWorld, from: 'client' | 'server', to: 'client' | 'server') {
    const plaintext = marker(4_000);
    const arrived = Promise.withResolvers<Uint8Array>();
    const { server, port } = await listenInside(this.lab.namespace(to), 0, (socket) => {
      const chunks: Uint8Array[] = [];
      socket.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      socket.once('end', () => {
        arrived.resolve(new Uint8Array(Buffer.concat(chunks)));
        socket.end();
      });
    });
    const address = to === 'server' ? virtualLan.serverAddress : virtualLan.clientAddress;
    const socket = connectInside(this.lab.namespace(from), address, port);
    try {
      const ended = new Promise((resolve) => socket.once('end', resolve).resume());
      socket.end(plaintext);
      assert.deepEqual(await arrived.promise, plaintext);
      await ended;
    } finally {
      socket.destroy();
      server.close();
    }
    this.set('plaintext', plaintext);
  },
);

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
  const [client, server] = [this.lab.namespace('client'), this.lab.namespace('server')];
  const octets = size * mebibyte;
  const common = { octets, milliseconds: 80_000 };
  const up = await transfer({ from: client, to: server, address: virtualLan.serverAddress, ...common });
  const down = await transfer({ from: server, to: client, address: virtualLan.clientAddress, ...common });
  this.set('transfers', [up, down]);
});

Then('every octet arrived: SHA-256 is equal at both ends', function (this: ConformanceWorld) {
  for (const { sent, arrived, octets } of this.get('transfers')) {
    assert.ok(octets > 0);
    assert.equal(arrived, sent);
  }
});
