/** Steps that hold a whole captured conversation, RELAY to CLOSE, against its golden vector. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { EtherType, encodeEthernet } from '../../reference/packets/ethernet.ts';
import { Suite, type SuiteName, type TransformName } from '../../reference/wire/identifiers.ts';
import { load } from '../../vectors/load.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { divide } from '../support/lab/captures/frames.ts';
import { LabFailure, Nonconformance } from '../support/lab/failure.ts';
import type { PacketSocket } from '../support/lab/packets/packet-socket.ts';
import { type Json, merge, withoutDataOptions } from '../support/peers/configuration.ts';
import type { ConformanceWorld } from '../support/world.ts';

type Side = 'initiator' | 'server';

interface Step {
  readonly from: Side;
  readonly frame: string;
  readonly octets: string;
  readonly datagram?: string;
}

/** A golden conversation of vectors/conversation.json, and the configuration that reproduces it. */
interface Conversation {
  readonly configuration: { readonly client: Json; readonly server: Json };
  readonly steps: readonly Step[];
  readonly closes: Readonly<Record<Side, { readonly octets: string }>>;
}

declare module '../support/world.ts' {
  interface Facts {
    conversation: Conversation;
  }
}

function golden(suite: SuiteName, transform: TransformName): Conversation {
  const group = load('conversation').find((one) => one['suite'] === Suite[suite] && one['transform'] === transform);
  const vector = group?.tests.find(({ result }) => result === 'valid');
  if (vector === undefined) throw new LabFailure(`no golden conversation of ${suite}, ${transform}`);
  return { configuration: group?.['configuration'], steps: vector['steps'], closes: vector['closes'] };
}

Given(
  'both end points configured as in the golden conversation of suite {suite} and transform {transform}',
  async function (this: ConformanceWorld, suite: SuiteName, transform: TransformName) {
    const conversation = golden(suite, transform);
    this.set('conversation', conversation);
    await this.startLab();
    const configurationOf = (role: 'client' | 'server'): Json =>
      merge(conversation.configuration[role], withoutDataOptions(this.declarationOf(role)));
    await this.start('server', 'server', configurationOf('server'));
    const client = await this.start('client', 'client', configurationOf('client'));
    await client.event('adapter');
  },
);

When(
  'its datagrams are injected at both adapters and the user ends the session',
  async function (this: ConformanceWorld) {
    const { steps } = this.get('conversation');
    const adapters: Record<Side, PacketSocket> = {
      initiator: this.adapterSocket('client'),
      server: this.adapterSocket('server'),
    };
    // The initiator's first: until they come the server sends nothing.
    for (const from of ['initiator', 'server'] as const) {
      const to = from === 'initiator' ? 'server' : 'initiator';
      for (const { datagram } of steps.filter((step) => step.from === from && step.datagram)) {
        const octets = Uint8Array.fromHex(datagram ?? '');
        adapters[from].inject(ethernet(this, from, octets));
        await adapters[to].next('the datagram', (frame) => Buffer.from(frame).subarray(14).equals(octets));
      }
    }
    this.iut('client').program.kill('SIGTERM');
    await this.iut('client').program.exited;
  },
);

Then('each direction of the capture equals the vector, octet by octet', async function (this: ConformanceWorld) {
  const { steps, closes } = this.get('conversation');
  const [connection, ...more] = await this.tcpConnections();
  assert.ok(connection, 'no connection was captured');
  assert.equal(more.length, 0, 'more than one connection was captured');
  const from = (side: Side) => steps.filter((step) => step.from === side);
  const close = { frame: 'CLOSE', octets: closes.initiator.octets };
  compare('initiator', connection.forth.octets, [...from('initiator'), close]);
  compare('server', connection.back.octets, from('server'));
  const seen = divide(connection.forth).frames.map(({ type }) => type);
  assert.deepEqual(
    seen,
    [...from('initiator'), close].map(({ frame }) => frame),
  );
});

/** @throws Nonconformance naming the first octet that differs: which frame, which offset in it */
function compare(sender: Side, captured: Uint8Array, golden: readonly { frame: string; octets: string }[]): void {
  let offset = 0;
  for (const [index, { frame, octets }] of golden.entries()) {
    const expected = Uint8Array.fromHex(octets);
    const actual = captured.subarray(offset, offset + expected.length);
    assertOctets(actual, expected, `${sender}'s frame ${index + 1}, ${frame}`);
    offset += expected.length;
  }
  if (captured.length > offset) {
    throw new Nonconformance(`${sender}: ${captured.length - offset} octets after the last frame of the vector`);
  }
}

/** As the local stack would hand the datagram over: from the adapter's own reserved address to the other's. */
function ethernet(world: ConformanceWorld, from: Side, payload: Uint8Array): Uint8Array {
  const server = world.get('conversation').configuration.server as unknown as {
    readonly adapter: { readonly clientPhysical: string; readonly serverPhysical: string };
  };
  const { clientPhysical, serverPhysical } = server.adapter;
  const octets = (text: string) => Uint8Array.fromHex(text.replaceAll(':', ''));
  const [source, destination] =
    from === 'initiator' ? [clientPhysical, serverPhysical] : [serverPhysical, clientPhysical];
  return encodeEthernet({
    source: octets(source),
    destination: octets(destination),
    etherType: payload[0]! >> 4 === 6 ? EtherType.ipv6 : EtherType.ipv4,
    payload,
  });
}
