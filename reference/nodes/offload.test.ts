import test from 'ava';
import { IpProtocol } from '../packets/ipv4.ts';
import { finish, type Offload } from '../packets/offload.ts';
import { MemoryTunnel } from '../testing/memory-tunnel.ts';
import { unfinished } from '../testing/unfinished.ts';
import { Transform } from '../wire/identifiers.ts';

const long = unfinished({
  source: '10.8.0.10',
  destination: '10.8.0.1',
  protocol: IpProtocol.tcp,
  payload: Uint8Array.from({ length: 3_000 }, (_, index) => index),
});
const [partial, cut] = [{ segmentSize: 0 }, { segmentSize: 1_000 }];
const options = (initiator: number, server = initiator) => ({
  initiator: { dataOptions: initiator },
  server: { dataOptions: server },
});
const come = (tunnel: MemoryTunnel): [Uint8Array, Offload | undefined][] =>
  tunnel.servers.flatMap((server) => server.all('deliver').map(({ datagram, offload }) => [datagram, offload]));
const send = (tunnel: MemoryTunnel, offload: Offload): MemoryTunnel =>
  tunnel.input(tunnel.initiator, { type: 'datagrams', datagrams: [long], offload });

test('a datagram that lacks something goes as it is where both want it, both ways', (t) => {
  const tunnel = new MemoryTunnel(options(3)).connect();
  for (const [from, to, direction] of [
    [tunnel.initiator, tunnel.server, 'downstream'],
    [tunnel.server, tunnel.initiator, 'upstream'],
  ] as const) {
    const before = tunnel.wire[direction].length;
    for (const offload of [partial, cut]) tunnel.input(from, { type: 'datagrams', datagrams: [long], offload });
    tunnel.send(from, long);
    t.is(tunnel.wire[direction].length, before + 3);
    t.deepEqual(
      to.all('deliver').map(({ datagram, offload }) => [datagram, offload]),
      [
        [long, partial],
        [long, cut],
        [long, undefined],
      ],
    );
  }
});

for (const [what, made, offload] of [
  ['nobody wants it', options(0), partial],
  ['the server does not want it', options(3, 0), cut],
  ['the initiator does not want it', options(0, 3), cut],
  ['the server wants checksums alone', options(3, 1), cut],
  ['bundles alone are wanted', options(8), cut],
  ['the transform is none of the AEAD', { ...options(3), transforms: [Transform['aes256ctr-hmacsha256']] }, cut],
] as const)
  test(`the work is done before a datagram leaves where ${what}`, (t) => {
    const tunnel = send(new MemoryTunnel(made).connect(), offload);
    t.deepEqual(
      come(tunnel),
      finish(long, offload).map((one) => [one, undefined]),
    );
  });

test('where checksums alone are wanted, a datagram that is not to be cut goes as it is', (t) => {
  t.deepEqual(come(send(new MemoryTunnel(options(3, 1)).connect(), partial)), [[long, partial]]);
});

test('the segments of a datagram share a frame where bundles are wanted', (t) => {
  const tunnel = new MemoryTunnel(options(8)).connect();
  const before = tunnel.wire.downstream.length;
  send(tunnel, cut);
  t.is(tunnel.wire.downstream.length, before + 1);
});

test('what waits for a connection has been finished', (t) => {
  const tunnel = new MemoryTunnel(options(3));
  const held: Uint8Array[] = [];
  tunnel.tamper = (octets, direction) => {
    if (direction === 'upstream') held.push(octets);
    return direction === 'upstream' ? [] : [octets];
  };
  tunnel.connect();
  t.is(tunnel.initiator.node.state, 'Response Wait');
  send(tunnel, cut);
  t.deepEqual(tunnel.initiator.queueCounts, { waiting: 3, dropped: 0 });
  tunnel.inject(tunnel.initiator, held[0]!);
  t.deepEqual(
    come(tunnel),
    finish(long, cut).map((one) => [one, undefined]),
  );
});

test('a datagram that cannot lack this is dropped and counted', (t) => {
  const tunnel = new MemoryTunnel(options(3)).connect();
  send(tunnel, { segmentSize: 1 });
  t.deepEqual(come(tunnel), []);
  t.deepEqual(tunnel.initiator.queueCounts, { waiting: 0, dropped: 1 });
});
