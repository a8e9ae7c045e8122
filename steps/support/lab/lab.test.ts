import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { socket } from '../../../reference/libc/sockets.ts';
import { Capture } from './captures/capture.ts';
import { tcpConnections } from './captures/tcp-streams.ts';
import { LabFailure } from './failure.ts';
import { NameServer } from './networks/name-server.ts';
import { Lab } from './networks/namespace.ts';
import { inNamespace } from './networks/setns.ts';
import { PacketSocket } from './packets/packet-socket.ts';
import { connectInside, listenInside, ping, transfer } from './packets/traffic.ts';
import { attempt, run } from './programs/command.ts';

function temporaryFolder(t: { teardown(act: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'lab-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a thread is back in its own namespace after inNamespace, also when the function throws', async (t) => {
  await using lab = await Lab.create();
  const own = readFileSync('/proc/net/dev', 'utf8');
  const devices = () => readFileSync('/proc/thread-self/net/dev', 'utf8');
  t.true(inNamespace(lab.namespace('client'), devices).includes('eth0'));
  t.throws(() =>
    inNamespace(lab.namespace('client'), () => {
      throw new Error('within');
    }),
  );
  t.false(devices().includes('eth0'));
  t.false(own.includes('eth0'));
});

test('a system call that fails is a failure of the lab', async (t) => {
  await using lab = await Lab.create();
  t.throws(() => PacketSocket.open(lab.namespace('client'), 'absent0'), { instanceOf: LabFailure, message: /absent0/ });
  t.throws(() => inNamespace(lab.namespace('client'), () => socket(-1, 0)), {
    instanceOf: LabFailure,
    message: 'socket: EAFNOSUPPORT',
  });
});

test('the capture holds everything up to the last packet before it was stopped', async (t) => {
  const folder = temporaryFolder(t);
  await using lab = await Lab.create();
  for (let round = 0; round < 10; round++) {
    await using capture = await Capture.start({ ...lab.wire, file: join(folder, `${round}.pcap`) });
    await using socket = PacketSocket.open(lab.namespace('client'), 'eth0');
    const frame = new Uint8Array(60 + round).fill(round);
    frame.set([0x88, 0xb5], 12);
    for (let i = 0; i < 20; i++) socket.inject(frame.with(59, i));
    const packets = await capture.packets();
    t.deepEqual(
      packets.filter(({ octets }) => octets[12] === 0x88).map(({ octets }) => octets[59]),
      [...Array(20).keys()],
    );
  }
});

test('frames injected at one end are received at the other', async (t) => {
  await using lab = await Lab.create();
  await using near = PacketSocket.open(lab.namespace('client'), 'eth0');
  await using far = PacketSocket.open(lab.namespace('server'), 'eth0');
  const frame = new Uint8Array(80).map((_, i) => i);
  // The other end may not be up yet.
  const again = setInterval(() => near.inject(frame), 100);
  // Before the socket is closed.
  using _ = { [Symbol.dispose]: () => clearInterval(again) };
  t.deepEqual(await far.next('the frame', (octets) => octets.length === 80), frame);
});

test('nodes of a bridge reach each other, and the bridge sees it', async (t) => {
  const folder = temporaryFolder(t);
  await using lab = await Lab.create({ relays: ['relay-b', 'relay-c'] });
  await using capture = await Capture.start({ ...lab.wire, file: join(folder, 'wire.pcap'), filter: 'icmp' });
  const nodes = { client: '10.77.0.4', 'relay-b': '10.77.0.2', 'relay-c': '10.77.0.1', server: '10.77.0.3' } as const;
  for (const [node, destination] of Object.entries(nodes)) {
    t.is((await ping({ namespace: lab.namespace(node), destination })).received, 1, node);
  }
  t.is((await capture.packets()).length, 8);
});

test('a lab has the nodes that are asked for, each once', async (t) => {
  await using lab = await Lab.create({ relays: ['relay-b'], nodes: ['server-2', 'server-3', 'others', 'relay-b'] });
  t.deepEqual([...lab.nodes], ['client', 'server', 'relay-b', 'server-2', 'server-3', 'others']);
  const ends = { namespace: lab.namespace('others'), destination: '10.77.0.13' };
  t.is((await ping(ends)).received, 1);
});

test('names of nodes resolve by ip netns exec', async (t) => {
  await using lab = await Lab.create({ hosts: { 'other.test': '192.0.2.1' } });
  const text = await run([
    'ip',
    'netns',
    'exec',
    lab.namespace('client'),
    'getent',
    'hosts',
    'server.test',
    'other.test',
  ]);
  t.regex(text, /10\.77\.0\.2\s+server\.test[\s\S]*192\.0\.2\.1\s+other\.test/);
});

test('names come from the name server of a lab with DNS, and from nowhere else', async (t) => {
  const folder = temporaryFolder(t);
  await using lab = await Lab.create({ dns: true });
  await using names = new NameServer({ namespace: lab.namespace('names'), address: lab.address('names'), folder });
  const getent = (...name: string[]) =>
    attempt(['ip', 'netns', 'exec', lab.namespace('client'), 'getent', 'ahostsv4', ...name]);
  await names.host('server.test', '10.77.0.2').start();
  t.regex((await getent('server.test')).stdout, /^10\.77\.0\.2\s/);
  t.is((await getent('client.test')).stdout, '');
  t.deepEqual(names.queries.at(0), { type: 'A', name: 'server.test', from: '10.77.0.1' });
  await names.host('server.test', '10.77.0.7', '10.77.0.8').start();
  t.regex((await getent('server.test')).stdout, /^10\.77\.0\.7\s[\s\S]*^10\.77\.0\.8\s/m);
  await names.host('server.test').start();
  t.is((await getent('server.test')).stdout, '');
});

test('a name server that cannot start says why', async (t) => {
  const folder = temporaryFolder(t);
  await using lab = await Lab.create({ dns: true });
  await using names = new NameServer({ namespace: lab.namespace('names'), address: '10.77.0.54', folder });
  await t.throwsAsync(names.start(), { instanceOf: LabFailure, message: /10\.77\.0\.54/ });
});

test('a transfer arrives whole, and both streams can be put together from the capture', async (t) => {
  const folder = temporaryFolder(t);
  await using lab = await Lab.create();
  await using capture = await Capture.start({ ...lab.wire, file: join(folder, 'wire.pcap') });
  const ends = { from: lab.namespace('client'), to: lab.namespace('server'), address: '10.77.0.2' };
  const result = await transfer({ ...ends, octets: 3_000_000 });
  t.is(result.octets, 3_000_000);
  t.is(result.sent, result.arrived);
  const [connection] = tcpConnections(await capture.packets());
  t.is(connection?.forth.octets.length, 3_000_000);
  t.true(connection?.forth.finished && connection.back.finished);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', connection!.forth.octets.slice()));
  t.is(digest.toHex(), result.sent);
});

test('sockets stay in the namespace they were made in', async (t) => {
  await using lab = await Lab.create();
  const accepted = Promise.withResolvers<string | undefined>();
  const { server, port } = await listenInside(lab.namespace('server'), 3265, (socket) => {
    accepted.resolve(socket.remoteAddress);
    socket.destroy();
  });
  const client = connectInside(lab.namespace('client'), '10.77.0.2', port);
  t.regex((await accepted.promise) ?? '', /10\.77\.0\.1$/);
  client.destroy();
  server.close();
});

test('nothing of a lab is left after its release', async (t) => {
  const lab = await Lab.create({ relays: ['relay-b'] });
  const name = lab.namespace('client');
  await lab[Symbol.asyncDispose]();
  t.false((await run(['ip', 'netns', 'list'])).includes(name));
  t.false((await run(['ls', '/etc/netns'])).includes(name));
});
