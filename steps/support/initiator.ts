/** What a scripted tunnel initiator does ([EP] fig. 11 seen from the wire). */
import assert from 'node:assert/strict';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { Status } from '../../reference/wire/identifiers.ts';
import { toNetworkSettings } from '../../reference/wire/network-settings.ts';
import { known } from './known.ts';
import type { NodeName } from './lab/networks/namespace.ts';
import { identityOf } from './peers/identities.ts';
import { withRequest } from './peers/scripted-initiator.ts';
import { newInitiator, responseOf, scriptedInitiator, startClock, tunnelThroughRelay } from './peers.ts';
import { assertReaction, reactionOf } from './reactions.ts';
import { requestOf } from './request-faults.ts';
import { tryEach } from './rows.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    /** RESPONSE frames to one REQUEST, as they came. */
    responses: readonly Uint8Array[];
    /** In order. */
    leases: readonly Lease[];
  }
}

/** Which initiator a step speaks of. */
export interface Who {
  readonly node: NodeName;
  /** It doesn't become the scenario's initiator: later steps speak of the one before it. */
  readonly another: boolean;
}

/** A name and what RESPONSE gave it. */
export interface Lease {
  readonly name: string;
  readonly address: string;
  /** RFC 5952 text, of a /64; undefined where no IPv6 is offered. */
  readonly prefix: string | undefined;
}

const connectAs = (world: ConformanceWorld, { node, another }: Who) =>
  (another ? newInitiator : scriptedInitiator)(world, {}, node);

When('{initiator} connects( to the relay)', async function (this: ConformanceWorld, who: Who) {
  await connectAs(this, who);
});

/** A server that has refused somebody goes on to serve others. */
When(
  '{initiator} is authorized( by the same server)( through the relay)',
  async function (this: ConformanceWorld, who: Who) {
    await (await connectAs(this, who)).authorize();
  },
);

When('an initiator is authorized with {}', async function (this: ConformanceWorld, request: string) {
  const initiator = await scriptedInitiator(this, requestOf(request).options);
  // Before the key is in use: it can't be later.
  startClock(this);
  await initiator.authorize();
});

When('{initiator} has opened RESPONSE', async function (this: ConformanceWorld, who: Who) {
  const initiator = await connectAs(this, who);
  await initiator.sendRelay();
  await initiator.sendRequest();
  await (who.another ? initiator.readResponse() : responseOf(this));
});

When(
  '{initiator} has a tunnel through the relay( to a scripted server)',
  async function (this: ConformanceWorld, { node }: Who) {
    await tunnelThroughRelay(this, node);
  },
);

When('an initiator sends RELAY( to the relay) for the path {}', async function (this: ConformanceWorld, path: string) {
  const initiator = await scriptedInitiator(this, { path: path.split(' ') });
  await initiator.connection.send(this.iuts.has('relay-b') ? withRequest(initiator.relay) : initiator.relay);
});

When('an initiator sends a REQUEST with {}', async function (this: ConformanceWorld, request: string) {
  const { options, alterations } = requestOf(request);
  const initiator = await scriptedInitiator(this, options);
  await initiator.sendRelay();
  const frame = initiator.requestFrame(alterations);
  startClock(this);
  await initiator.connection.send(frame);
});

When('initiators are authorized by these paths', async function (this: ConformanceWorld, table: DataTable) {
  const one = async (path: string): Promise<void> => {
    const initiator = await newInitiator(this, { path: path.split(' ') });
    await initiator.sendRelay();
    await initiator.sendRequest();
    assertReaction(await reactionOf(initiator), 'RESPONSE');
    initiator.connection.finish();
    await initiator.connection.ended();
  };
  await tryEach(table.raw().flat(), (path) => path, one);
});

When('the initiator sends {frame}', async function (this: ConformanceWorld, type: string) {
  const initiator = this.get('initiator');
  await known({ RELAY: () => initiator.sendRelay(), REQUEST: () => initiator.sendRequest() }, type)();
});

When('the same REQUEST is sent on {int} connections', async function (this: ConformanceWorld, count: number) {
  this.remote?.lacks('an implementation that has just started');
  const first = await scriptedInitiator(this);
  const octets = new Uint8Array([...first.relay, ...first.requestFrame()]);
  const responses: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    const initiator = index === 0 ? first : await newInitiator(this);
    await initiator.connection.send(octets);
    responses.push((await initiator.expect('RESPONSE')).octets);
  }
  this.set('responses', responses);
});

/** What an initiator gets that connects and ends its session again. @param key whose it has */
export async function leaseOf(world: ConformanceWorld, name: string, key = name): Promise<Lease> {
  const initiator = await newInitiator(world, { identity: identityOf(key), name });
  const { clientData } = await initiator.authorize();
  const { address, ipv6 } = toNetworkSettings(clientData);
  await initiator.close(Status.endSession);
  await initiator.connection.ended();
  return { name, address, prefix: ipv6?.prefix };
}

export function noteLeases(world: ConformanceWorld, leases: readonly Lease[]): void {
  world.set('leases', leases);
}

When(
  /^((?:alice|bob)(?:, (?:alice|bob))*) connects? one after the other$/,
  async function (this: ConformanceWorld, list: string) {
    const leases: Lease[] = [];
    for (const name of list.split(', ')) leases.push(await leaseOf(this, name));
    noteLeases(this, leases);
  },
);

Then('each name has one address, and no two the same', function (this: ConformanceWorld) {
  const leases = this.get('leases');
  const names = new Set(leases.map(({ name }) => name));
  const pairs = new Set(leases.map(({ name, address }) => `${name} ${address}`));
  const addresses = new Set(leases.map(({ address }) => address));
  assert.equal(pairs.size, names.size, [...pairs].join(', '));
  assert.equal(addresses.size, names.size, [...pairs].join(', '));
  const prefixes = new Set(leases.flatMap(({ prefix = [] }) => prefix));
  assert.ok(prefixes.size === 0 || prefixes.size === names.size, `prefixes ${[...prefixes].join(', ')}`);
});
