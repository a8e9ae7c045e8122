/** What a server says of those who never prove that they are there. Real sockets on the loopback. */
import { once } from 'node:events';
import { connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { MemoryDevice } from '../../adapter/memory.ts';
import { encodeKey, generateKeyPair } from '../../crypto/identity.ts';
import { systemRandomness } from '../../crypto/randomness.ts';
import type { Host } from '../../linux/host.ts';
import { defaultTimers } from '../../machines/timers.ts';
import { InitiatorNode } from '../../nodes/initiator.ts';
import { concat } from '../../octets.ts';
import { Suite, Transform } from '../../wire/identifiers.ts';
import { parseConfig } from '../config/config.ts';
import type { TunnelEvent } from '../events.ts';
import { createLog } from '../log.ts';
import { noTrace } from '../trace.ts';
import { TunnelServer } from './server.ts';

const [serverKeys, aliceKeys] = [generateKeyPair(), generateKeyPair()];
const host: Host = {
  openDevice: async (name) => new MemoryDevice(name),
  openStack: async () => ({ configure: async () => [], close: async () => {} }),
};

async function start(t: ExecutionContext) {
  const file = {
    role: 'server',
    listen: '127.0.0.1:0',
    names: ['server.test'],
    privateKey: encodeKey(serverKeys.privateKey),
    initiators: [{ name: 'alice', publicKey: encodeKey(aliceKeys.publicKey) }],
    adapter: { address: '10.8.0.1/24' },
    clientData: { pool: '10.8.0.10-10.8.0.20' },
  };
  const [lines, events]: [string[], TunnelEvent[]] = [[], []];
  const log = createLog('info', (line) => lines.push(line));
  const config = parseConfig('server', JSON.stringify(file), 'server.json', {});
  const server = new TunnelServer(config, { log, trace: noTrace, listener: (event) => events.push(event), host });
  await server.start();
  t.teardown(() => server.stop());
  const port = events.flatMap((event) => (event.event === 'ready' ? [event.port ?? 0] : []))[0] ?? 0;
  /** Sends octets, and reads to the end. @returns the type of the first frame that came */
  const send = async (octets: Uint8Array): Promise<number | undefined> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    socket.end(octets);
    let type: number | undefined;
    socket.on('data', (chunk: Buffer) => (type ??= chunk[4]));
    await closed;
    return type;
  };
  return { lines, events, send };
}

test('strangers leave a few lines and a few events, however many they are', async (t) => {
  const { lines, events, send } = await start(t);
  for (let i = 0; i < 100; i++) t.is(await send(Uint8Array.of(0, 0, 0, 8, 9, 1, 0, 0)), 5);
  t.is(lines.filter((line) => line.includes('ended')).length, 10);
  t.is(events.filter(({ event }) => event === 'ended').length, 10);
});

test('who sends the REQUEST of an initiator, and no more, is not said to be that initiator', async (t) => {
  const { lines, events, send } = await start(t);
  const initiator = new InitiatorNode({
    name: 'alice',
    path: ['server.test'],
    origin: 'origin.invalid',
    staticPrivate: aliceKeys.privateKey,
    server: { publicKey: serverKeys.publicKey, suite: Suite.x25519 },
    transforms: [Transform.chacha20poly1305],
    lifetimes: { seconds: 3600, frames: 1n << 32n, octets: 1n << 40n },
    timers: defaultTimers,
    randomness: systemRandomness,
    reconnect: false,
    freshness: () => 1n,
  });
  const effects = [{ type: 'command', command: 'connect' } as const, { type: 'tcp established' } as const].flatMap(
    (input) => [...initiator.handle(input, 0)],
  );
  const recorded = concat(...effects.flatMap((effect) => (effect.type === 'send' ? [effect.octets] : [])));
  for (let i = 0; i < 2; i++) t.is(await send(recorded), 3);
  t.false(
    lines.some((line) => line.includes('alice')),
    lines.join(''),
  );
  t.false(events.some((event) => JSON.stringify(event).includes('alice')));
});
