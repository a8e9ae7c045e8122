/** The thread that copies does what RelayNode, its readable twin, says of the same octets. */
import { once } from 'node:events';
import { type AddressInfo, connect as connectTo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { defaultTimers } from '../../../machines/timers.ts';
import type { Effect, Side } from '../../../nodes/effect.ts';
import { RelayNode } from '../../../nodes/relay.ts';
import { concat } from '../../../octets.ts';
import { encodeClose } from '../../../wire/close.ts';
import { encodeRelay } from '../../../wire/relay.ts';
import { systemClock } from '../../clock.ts';
import { Connection } from '../../connection.ts';
import { connect } from '../../transport.ts';
import { SocketConnection } from '../../transport-connection.ts';
import { handOver } from './hand-over.ts';
import { Pump } from './pump.ts';

const relay = encodeRelay({ type: 'RELAY', origin: 'origin.invalid', path: ['relay.test', 'server.test'] });
const close = encodeClose({ type: 'CLOSE', status: 1 });

/** A frame of any type and length, its body all one octet. */
function frame(type: number, length: number, fill = 0x77): Uint8Array {
  const octets = new Uint8Array(length).fill(fill);
  new DataView(octets.buffer).setUint32(0, length);
  octets.set([type, 1], 4);
  return octets;
}
const request = frame(2, 260);
const response = frame(3, 204);

/** What arrives at a socket. */
class Far {
  readonly socket: Socket;
  readonly chunks: Uint8Array[] = [];
  readonly ended: Promise<unknown>;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Uint8Array) => this.chunks.push(chunk));
    socket.on('error', () => {});
    this.ended = once(socket, 'close');
    socket.on('end', () => socket.end());
  }

  get octets(): Uint8Array {
    return concat(...this.chunks);
  }

  async reach(count: number): Promise<void> {
    while (this.octets.length < count) await Promise.race([once(this.socket, 'data'), this.ended]);
  }
}

async function listen(t: ExecutionContext): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

/** A relay between two far ends, its connections handed over. */
async function start(t: ExecutionContext) {
  const pump = new Pump((error) => t.fail(String(error)));
  t.teardown(() => pump.stop());
  const [front, back] = [await listen(t), await listen(t)];
  const open = async () => {
    const node = new RelayNode({ names: ['relay.test'], timers: defaultTimers });
    const over = Promise.withResolvers<void>();
    const connection = new Connection(
      node,
      {
        open: (_name, _group, signal) => connect({ address: '127.0.0.1', port: back.port }, signal),
        deliver: () => {},
        pressure: () => {},
        report: ({ type }) => {
          if (type === 'answered') handOver(connection, node, pump);
          if (type === 'ended') over.resolve();
        },
      },
      systemClock,
      'downstream',
    );
    const accepted = once(front.server, 'connection');
    const initiator = new Far(connectTo({ host: '127.0.0.1', port: front.port, allowHalfOpen: true }));
    connection.accept((await accepted)[0] as Socket, 'upstream');
    const next = once(back.server, 'connection');
    initiator.socket.write(concat(relay, request));
    const server = new Far((await next)[0] as Socket);
    await server.reach(relay.length + request.length);
    server.socket.write(response);
    await initiator.reach(response.length);
    while (connection.transportOf('upstream') instanceof SocketConnection) await turn();
    return { initiator, server, ended: over.promise };
  };
  return { open, pump };
}

/** What the readable twin sends to each side when everything comes at once. */
function twin(octets: Uint8Array, from: Side): Record<Side, Uint8Array> {
  const node = new RelayNode({ names: ['relay.test'], timers: defaultTimers });
  const effects: Effect[] = [];
  const take = (input: Parameters<RelayNode['handle']>[0]) => effects.push(...node.handle(input, 0));
  take({ type: 'tcp accepted' });
  take({ type: 'octets', octets: concat(relay, request), side: 'upstream' });
  take({ type: 'tcp established' });
  take({ type: 'octets', octets: response, side: 'downstream' });
  take({ type: 'octets', octets, side: from });
  take({ type: 'end of stream', side: from });
  const sent = (side: Side) =>
    concat(...effects.flatMap((e) => (e.type === 'send' && e.side === side ? [e.octets] : [])));
  return { upstream: sent('upstream'), downstream: sent('downstream') };
}

const frames = fc.array(
  fc.record({
    type: fc.constantFrom(4, 4, 4, 2, 9, 200),
    length: fc.oneof(fc.integer({ min: 6, max: 40 }), fc.integer({ min: 6, max: 70_000 })),
    fill: fc.nat(255),
  }),
  { maxLength: 12 },
);
/** After the frames: a CLOSE frame and more, a length that none has, part of a frame's start, or just the end. */
const ending = fc.constantFrom(
  concat(close, frame(4, 50)),
  new Uint8Array([0, 0, 0, 5, 4, 1, 0]),
  frame(4, 9).slice(0, 5),
  new Uint8Array(0),
);

test('frames pass alike however they are cut, up to a CLOSE frame, a fault or the end', async (t) => {
  const { open, pump } = await start(t);
  const cuts = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(frames, ending, cuts, fc.boolean(), async (list, last, sizes, forth) => {
      const { initiator, server, ended } = await open();
      const [from, side] = forth ? ([initiator, 'upstream'] as const) : ([server, 'downstream'] as const);
      const octets = concat(...list.map(({ type, length, fill }) => frame(type, length, fill)), last);
      for (let at = 0, index = 0; at < octets.length; index++) {
        const size = sizes[index % sizes.length]!;
        from.socket.write(octets.subarray(at, at + size));
        await turn();
        at += size;
      }
      from.socket.end();
      await Promise.all([initiator.ended, server.ended, ended]);
      const expected = twin(octets, side);
      t.deepEqual(server.octets, expected.downstream);
      t.deepEqual(initiator.octets, expected.upstream);
    }),
    { numRuns: 60 },
  );
  t.true(pump.passed.upstream > 0 && pump.passed.downstream > 0, 'nothing was handed over');
});

test('a receiver that does not read holds the sender back, and loses nothing', async (t) => {
  const { open } = await start(t);
  const { initiator, server, ended } = await open();
  const before = server.octets.length;
  server.socket.pause();
  const one = frame(4, 65_536, 0x11);
  const count = 1_000;
  let sent = 0;
  const sending = (async () => {
    for (; sent < count; sent++)
      await new Promise<void>((resolve, reject) => initiator.socket.write(one, (e) => (e ? reject(e) : resolve())));
    initiator.socket.end();
  })();
  let seen = -1;
  while (seen !== sent) {
    seen = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  t.true(sent < count, 'the relay took everything');
  server.socket.resume();
  await Promise.all([sending, ended]);
  t.is(server.octets.length - before, count * one.length);
});

test('a connection that is reset ends the other, after what came before', async (t) => {
  const { open } = await start(t);
  const { initiator, server, ended } = await open();
  const before = server.octets.length;
  const data = frame(4, 30_000);
  initiator.socket.write(data);
  await server.reach(before + data.length);
  initiator.socket.resetAndDestroy();
  await Promise.all([server.ended, ended]);
  t.is(server.octets.length, before + data.length);
});
