/** Steps about the sessions of a tunnel server: confirmed, superseded, expired, too many ([EP] fig. 12, Authorized 225). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { Status } from '../../reference/wire/identifiers.ts';
import { toNetworkSettings } from '../../reference/wire/network-settings.ts';
import { ping } from '../shared/lab/traffic.ts';
import { defaultLifetimes } from '../shared/peers/handshake.ts';
import { identityOf } from '../shared/peers/identities.ts';
import { ScriptedInitiator } from '../shared/peers/scripted-initiator.ts';
import { scriptedInitiator } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    /** In order. */
    leases: readonly Lease[];
  }
}

/** A name and what RESPONSE gave it. */
interface Lease {
  readonly name: string;
  readonly address: string;
  /** RFC 5952 text, of a /64; undefined where no IPv6 is offered. */
  readonly prefix: string | undefined;
}

When('an initiator has opened RESPONSE', async function (this: ConformanceWorld) {
  const initiator = await scriptedInitiator(this);
  await initiator.sendRelay();
  await initiator.sendRequest();
  await initiator.readResponse();
});

/** Nobody answers it: the initiator is scripted. */
async function pingFromServer(world: ConformanceWorld, destination: string): Promise<void> {
  await ping({ namespace: world.lab.namespace('server'), destination, wait: 1 });
}

Then(
  'a ping from the server to {word} makes no DATA frame',
  async function (this: ConformanceWorld, destination: string) {
    const { connection } = this.get('initiator');
    // The ping waits a second for its answer: a frame would have come by then.
    await pingFromServer(this, destination);
    assert.equal(connection.frames.waiting.length, 0, 'a frame came');
  },
);

Then('after the first DATA frame of the initiator it does', async function (this: ConformanceWorld) {
  const initiator = this.get('initiator');
  await initiator.send();
  const [datagram] = await Promise.all([initiator.receive(), pingFromServer(this, '10.8.0.10')]);
  assert.equal(datagram.subarray(16, 20).toHex(), '0a08000a', 'the destination of the datagram');
});

When('the same name is authorized on another connection', async function (this: ConformanceWorld) {
  await new ScriptedInitiator(await this.connect()).authorize();
});

When('the same name has RESPONSE on another connection and is silent', async function (this: ConformanceWorld) {
  const other = new ScriptedInitiator(await this.connect());
  await other.sendRelay();
  await other.sendRequest();
  await other.readResponse();
});

Then('the session goes on until the initiator ends it', async function (this: ConformanceWorld) {
  const initiator = this.get('initiator');
  await initiator.send();
  await initiator.close(Status.endSession);
  await initiator.connection.endedWithoutFrame();
});

When(
  /^((?:alice|bob)(?:, (?:alice|bob))*) connects? one after the other$/,
  async function (this: ConformanceWorld, list: string) {
    const leases: Lease[] = [];
    for (const name of list.split(', ')) {
      const initiator = new ScriptedInitiator(await this.connect(), { identity: identityOf(name) });
      const { clientData } = await initiator.authorize();
      const { address, ipv6 } = toNetworkSettings(clientData);
      leases.push({ name, address, prefix: ipv6?.prefix });
      await initiator.close(Status.endSession);
      await initiator.connection.ended();
    }
    this.set('leases', leases);
  },
);

Then('each name has one address, and no two the same', function (this: ConformanceWorld) {
  const leases = this.get('leases');
  const names = new Set(leases.map(({ name }) => name));
  const pairs = new Set(leases.map(({ name, address }) => `${name} ${address}`));
  const addresses = new Set(leases.map(({ address }) => address));
  assert.equal(pairs.size, names.size, [...pairs].join(', '));
  assert.equal(addresses.size, names.size, [...pairs].join(', '));
});

When('an initiator is authorized for 1 second', async function (this: ConformanceWorld) {
  const initiator = await scriptedInitiator(this, { lifetimes: { ...defaultLifetimes, seconds: 1 } });
  // Before the key is in use: it can't be later.
  this.set('deed', performance.now());
  await initiator.authorize();
});

When('an initiator is authorized for 2 frames and sends 3', async function (this: ConformanceWorld) {
  const initiator = await scriptedInitiator(this, { lifetimes: { ...defaultLifetimes, frames: 2n } });
  await initiator.authorize();
  this.set('deed', performance.now());
  await initiator.send();
  await initiator.send();
});

Then('not before {int} ms', function (this: ConformanceWorld, least: number) {
  const waited = this.get('close').at - this.get('deed');
  assert.ok(waited >= least - 1, `the CLOSE came after ${waited.toFixed(1)} ms`);
});

When('{int} connections are half-open', async function (this: ConformanceWorld, count: number) {
  for (let index = 0; index < count; index++) {
    const initiator = new ScriptedInitiator(await this.connect());
    await initiator.sendRelay();
  }
});
