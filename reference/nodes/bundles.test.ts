import test from 'ava';
import { datagram, lifetimes, MemoryTunnel } from '../testing/memory-tunnel.ts';
import { Transform } from '../wire/identifiers.ts';
import type { InitiatorNode } from './initiator.ts';

const bundle = 0x0008;
const bundling = { initiator: { dataOptions: bundle }, server: { dataOptions: bundle } };

/** A whole one. */
function whole(length: number, fill = 0): Uint8Array {
  const octets = datagram(length, fill);
  octets.set([length >> 8, length & 0xff], 2);
  return octets;
}

const agreed = (tunnel: MemoryTunnel): (number | undefined)[] =>
  [tunnel.initiator, tunnel.server].map((end) => end.all('authorized')[0]?.session.dataOptions);

test('datagrams that wait together share a frame, both ways', (t) => {
  const tunnel = new MemoryTunnel(bundling).connect();
  t.deepEqual(agreed(tunnel), [bundle, bundle]);
  const sent = [whole(20, 1), whole(60, 2), whole(1400, 3)];
  for (const [from, to, direction] of [
    [tunnel.initiator, tunnel.server, 'downstream'],
    [tunnel.server, tunnel.initiator, 'upstream'],
  ] as const) {
    const before = tunnel.wire[direction].length;
    tunnel.input(from, { type: 'datagrams', datagrams: sent });
    t.is(tunnel.wire[direction].length, before + 1);
    t.deepEqual(
      to.all('deliver').map((effect) => effect.datagram),
      sent,
    );
  }
  tunnel.input(tunnel.initiator, { type: 'command', command: 'end session' });
  t.deepEqual(tunnel.server.all('ended')[0]?.cause, { status: 1, by: 'peer', reason: 'end session' });
});

test('a lone datagram, and one that is not whole, have frames of their own', (t) => {
  const tunnel = new MemoryTunnel(bundling).connect();
  const before = tunnel.wire.downstream.length;
  const sent = [whole(20, 1), datagram(61, 2), whole(62, 3)];
  tunnel.input(tunnel.initiator, { type: 'datagrams', datagrams: sent });
  tunnel.send(tunnel.initiator, whole(40, 4));
  t.is(tunnel.wire.downstream.length, before + 4);
  t.deepEqual(tunnel.server.all('deliver').length, 4);
});

for (const [what, options, transform, expected] of [
  ['the server does not want it', { initiator: { dataOptions: bundle } }, 1, 0],
  ['the initiator does not ask for it', { server: { dataOptions: bundle } }, 1, 0],
  ['the transform is none of the AEAD', bundling, Transform['aes256ctr-hmacsha256'], 0],
  ['the other one is chosen', bundling, Transform.chacha20poly1305, bundle],
] as const)
  test(`options where ${what}: ${expected}`, (t) => {
    const tunnel = new MemoryTunnel({ ...options, transforms: [transform] }).connect();
    t.deepEqual(agreed(tunnel), [expected, expected]);
    t.is(tunnel.initiator.node.bundles, expected !== 0);
    t.is(tunnel.server.node.bundles, expected !== 0);
    const before = tunnel.wire.downstream.length;
    tunnel.input(tunnel.initiator, { type: 'datagrams', datagrams: [whole(20), whole(21)] });
    t.is(tunnel.wire.downstream.length, before + (expected === 0 ? 2 : 1));
    t.is(tunnel.server.all('deliver').length, 2);
  });

test('what waits for a connection shares a frame once there is one', (t) => {
  const tunnel = new MemoryTunnel(bundling);
  const held: Uint8Array[] = [];
  tunnel.tamper = (octets, direction) => {
    if (direction === 'upstream') held.push(octets);
    return direction === 'upstream' ? [] : [octets];
  };
  tunnel.connect();
  t.is(tunnel.initiator.node.state, 'Response Wait');
  tunnel.send(tunnel.initiator, whole(20, 1)).send(tunnel.initiator, whole(21, 2));
  const before = tunnel.wire.downstream.length;
  tunnel.inject(tunnel.initiator, held[0]!);
  // The empty one comes first (DATA-08).
  t.is(tunnel.wire.downstream.length, before + 2);
  t.is(tunnel.wire.downstream.at(-2)?.length, 32);
  t.deepEqual(
    tunnel.server.all('deliver').map((effect) => effect.datagram),
    [whole(20, 1), whole(21, 2)],
  );
});

test('a bundle that uses the key up is the last, and the others wait for the next key', (t) => {
  const bounds = { ...lifetimes, octets: 16_000n };
  const tunnel = new MemoryTunnel({
    initiator: { ...bundling.initiator, lifetimes: bounds },
    server: bundling.server,
  }).connect();
  const sent = [whole(9_000, 1), whole(6_000, 2), whole(9_000, 3), whole(20, 4)];
  tunnel.input(tunnel.initiator, { type: 'datagrams', datagrams: sent });
  const came = tunnel.servers.flatMap((server) => server.all('deliver').map((effect) => effect.datagram));
  t.deepEqual(came, sent);
  t.is(tunnel.servers.length, 2);
  t.deepEqual(tunnel.initiator.queueCounts, { waiting: 0, dropped: 0 });
});

test('what is dropped is counted datagram by datagram', (t) => {
  const tunnel = new MemoryTunnel(bundling).connect();
  tunnel.input(tunnel.initiator, { type: 'datagrams', datagrams: [Uint8Array.of(1), Uint8Array.of(2), whole(20)] });
  t.deepEqual(tunnel.initiator.queueCounts, { waiting: 0, dropped: 2 });
  tunnel.input(tunnel.initiator, { type: 'command', command: 'end session' });
  tunnel.input(tunnel.initiator, { type: 'datagrams', datagrams: [whole(20), whole(20)] });
  t.deepEqual(tunnel.initiator.queueCounts, { waiting: 0, dropped: 4 });
});

test('a node that lends DATA says whether bundles were negotiated', (t) => {
  const lend = ({ initiator: { node } }: MemoryTunnel) => (node as InitiatorNode).lend(0);
  t.is(lend(new MemoryTunnel().connect())?.bundles, false);
  t.is(lend(new MemoryTunnel(bundling).connect())?.bundles, true);
});
