import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { Effect, Input, Node } from '../nodes/effect.ts';
import { systemClock } from './clock.ts';
import { Connection, type Ports, type Report } from './connection.ts';
import { connect } from './transport.ts';

/** A node that answers each input as it is told, and remembers what it was fed. */
class Puppet implements Node {
  readonly state = 'Puppet';
  readonly canSend = true;
  deadline: number | undefined;
  readonly inputs: Input[] = [];
  readonly #react: (input: Input, node: Puppet) => readonly Effect[];
  #waiting: [predicate: (input: Input) => boolean, resolve: (input: Input) => void][] = [];

  constructor(react: (input: Input, node: Puppet) => readonly Effect[] = () => []) {
    this.#react = react;
  }

  handle(input: Input): readonly Effect[] {
    this.inputs.push(input);
    for (const [predicate, resolve] of this.#waiting.slice()) if (predicate(input)) resolve(input);
    return this.#react(input, this);
  }

  fed(type: Input['type'], side?: string): Promise<Input> {
    const predicate = (input: Input) =>
      input.type === type && (side === undefined || ('side' in input && input.side === side));
    const earlier = this.inputs.find(predicate);
    if (earlier !== undefined) return Promise.resolve(earlier);
    return new Promise((resolve) => this.#waiting.push([predicate, resolve]));
  }
}

async function listener(t: ExecutionContext): Promise<{ server: Server; port: number; accepted: Promise<Socket> }> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection').then(([socket]) => {
    t.teardown(() => socket.destroy());
    return socket as Socket;
  });
  t.teardown(() => server.close());
  return { server, port: (server.address() as { port: number }).port, accepted };
}

function ports(port: number, more: Partial<Ports> = {}): Ports {
  return {
    open: (_name, _group, signal) => connect({ address: '127.0.0.1', port }, signal),
    deliver: () => {},
    report: () => {},
    pressure: () => {},
    ...more,
  };
}

const command: Input = { type: 'command', command: 'connect' };
const open: Effect = { type: 'open', name: 'server.test', group: true };

test('a connection is opened, carries octets both ways, and ends by each shutting down', async (t) => {
  const { port, accepted } = await listener(t);
  const node = new Puppet((input) => {
    if (input.type === 'command') return [open];
    if (input.type === 'tcp established')
      return [
        { type: 'send', octets: Uint8Array.of(1, 2) },
        { type: 'send', octets: Uint8Array.of(3) },
      ];
    if (input.type === 'octets') return [{ type: 'send', octets: Uint8Array.of(9) }, { type: 'finish' }];
    if (input.type === 'end of stream') return [{ type: 'disconnect', abort: false }];
    return [];
  });
  const connection = new Connection(node, ports(port), systemClock);
  connection.input(command);
  const peer = await accepted;
  const received: number[] = [];
  peer.on('data', (chunk) => received.push(...(chunk as Uint8Array)));
  peer.write(Uint8Array.of(7, 8));
  const octets = await node.fed('octets');
  t.deepEqual(octets.type === 'octets' && octets.octets, Uint8Array.of(7, 8));
  await once(peer, 'end');
  t.deepEqual(received, [1, 2, 3, 9]);
  peer.write(Uint8Array.of(5));
  peer.end();
  await node.fed('disconnected');
  t.deepEqual(
    node.inputs.map(({ type }) => type),
    ['command', 'tcp established', 'octets', 'end of stream', 'disconnected'],
  );
});

test('what nodes get is no Buffer: slices of it are copies', async (t) => {
  const { port, accepted } = await listener(t);
  const node = new Puppet(({ type }) => (type === 'command' ? [open] : []));
  const connection = new Connection(node, ports(port), systemClock);
  t.teardown(() => connection.destroy());
  connection.input(command);
  (await accepted).write('x');
  const input = await node.fed('octets');
  t.false(input.type === 'octets' && Buffer.isBuffer(input.octets));
});

test('a connection that is refused is a failure with its reason', async (t) => {
  const { server, port } = await listener(t);
  server.close();
  await once(server, 'close');
  const node = new Puppet(({ type }) => (type === 'command' ? [open] : []));
  new Connection(node, ports(port), systemClock).input(command);
  t.deepEqual(await node.fed('tcp failed'), { type: 'tcp failed', reason: 'ECONNREFUSED' });
});

test('disconnecting while it opens gives the opening up', async (t) => {
  const node = new Puppet(({ type }) =>
    type === 'command' ? [open] : type === 'time' ? [{ type: 'disconnect', abort: true }] : [],
  );
  let aborted = false;
  const never: Ports['open'] = (_name, _group, signal) => {
    signal.addEventListener('abort', () => (aborted = true));
    return new Promise(() => {});
  };
  const connection = new Connection(node, ports(0, { open: never }), systemClock);
  connection.input(command);
  connection.input({ type: 'time' });
  await node.fed('disconnected');
  t.true(aborted);
  t.deepEqual(
    node.inputs.map(({ type }) => type),
    ['command', 'time', 'disconnected'],
  );
});

test('a broken connection is one network error and nothing after it', async (t) => {
  const { port, accepted } = await listener(t);
  const node = new Puppet(({ type }) =>
    type === 'command' ? [open] : type === 'network error' ? [{ type: 'disconnect', abort: true }] : [],
  );
  new Connection(node, ports(port), systemClock).input(command);
  const peer = await accepted;
  await node.fed('tcp established');
  peer.resetAndDestroy();
  await node.fed('disconnected');
  t.deepEqual(
    node.inputs.map(({ type }) => type),
    ['command', 'tcp established', 'network error', 'disconnected'],
  );
});

test('the node is woken at its deadline, not before, also when the deadline has moved', async (t) => {
  let now = 0;
  const node = new Puppet((input, self) => {
    if (input.type === 'command') self.deadline = now + 5;
    if (input.type === 'datagrams') self.deadline = now + 20;
    if (input.type === 'time') self.deadline = undefined;
    return [];
  });
  const started = performance.now();
  const clock = { now: () => (now = performance.now() - started) };
  const connection = new Connection(node, ports(0), clock);
  clock.now();
  connection.input(command);
  connection.input({ type: 'datagrams', datagrams: [new Uint8Array()] });
  const due = node.deadline ?? 0;
  await node.fed('time');
  t.true(clock.now() >= due);
  t.is(node.inputs.filter(({ type }) => type === 'time').length, 1);
});

test('an input that an effect causes waits until the effects before it are performed', async (t) => {
  const order: string[] = [];
  const node = new Puppet((input) => {
    order.push(input.type);
    return input.type === 'command'
      ? [
          { type: 'hint', text: 'first' },
          { type: 'hint', text: 'second' },
        ]
      : [];
  });
  const report = (effect: Report): void => {
    if (effect.type !== 'hint') return;
    order.push(effect.text);
    if (effect.text === 'first') connection.input({ type: 'superseded' });
  };
  const connection = new Connection(node, ports(0, { report }), systemClock);
  connection.input(command);
  t.deepEqual(order, ['command', 'first', 'second', 'superseded']);
});

/** A connection whose peer does not read, and has taken all that it can. */
async function filled(t: ExecutionContext) {
  const { port, accepted } = await listener(t);
  const node = new Puppet((input) => {
    if (input.type === 'command') return [open];
    return input.type === 'datagrams' ? [{ type: 'send', octets: new Uint8Array(65536) }] : [];
  });
  const presses: boolean[] = [];
  const { promise: eased, resolve } = Promise.withResolvers<void>();
  const pressure = (full: boolean): void => {
    presses.push(full);
    if (!full) resolve();
  };
  const connection = new Connection(node, ports(port, { pressure }), systemClock);
  t.teardown(() => connection.destroy());
  connection.input(command);
  const peer = await accepted;
  peer.pause();
  await node.fed('tcp established');
  for (let count = 0; count < 1000 && !connection.full; count += 1)
    connection.input({ type: 'datagrams', datagrams: [new Uint8Array()] });
  return { connection, node, peer, presses, eased };
}

test('a full socket presses, and an emptied one presses no more', async (t) => {
  const { connection, peer, presses, eased } = await filled(t);
  t.deepEqual(presses, [true]);
  peer.resume();
  await eased;
  t.deepEqual(presses, [true, false]);
  t.false(connection.full);
});

test('a full socket that breaks presses no more', async (t) => {
  const { connection, node, peer, presses } = await filled(t);
  peer.resetAndDestroy();
  await node.fed('network error');
  t.deepEqual(presses, [true, false]);
  t.false(connection.full);
});

test('at a relay a full side stops the reading of the other, and nothing is lost', async (t) => {
  const up = await listener(t);
  const down = await listener(t);
  const node = new Puppet((input) => {
    if (input.type === 'tcp accepted') return [open];
    if (input.type !== 'octets') return [];
    return [{ type: 'send', octets: input.octets, side: input.side === 'upstream' ? 'downstream' : 'upstream' }];
  });
  const connection = new Connection(node, ports(down.port), systemClock, 'downstream');
  t.teardown(() => connection.destroy());
  const initiator = await connect({ address: '127.0.0.1', port: up.port }, new AbortController().signal);
  t.teardown(() => initiator.destroy());
  const upstream = await up.accepted;
  connection.accept(upstream, 'upstream');
  const server = await down.accepted;
  await node.fed('tcp established');
  server.pause();
  const total = 32 * 1024 * 1024;
  const paused = once(upstream, 'pause');
  initiator.end(new Uint8Array(total));
  await paused;
  t.true(connection.node === node && upstream.isPaused());
  let received = 0;
  server.on('data', (chunk) => {
    received += chunk.length;
  });
  server.resume();
  await node.fed('end of stream', 'upstream');
  while (received < total) await once(server, 'data');
  t.is(received, total);
});

test('datagrams that are read without a pause are one input where frames take several, and else one each', async (t) => {
  const datagram = (octet: number): Uint8Array => Uint8Array.of(octet);
  for (const [bundles, expected] of [
    [true, [[datagram(1), datagram(2)], [datagram(3)], [datagram(4)]]],
    [false, [[datagram(1)], [datagram(2)], [datagram(3)], [datagram(4)]]],
  ] as const) {
    const node = Object.assign(new Puppet(), { bundles });
    const connection = new Connection(node, ports(0), systemClock);
    const shared = datagram(1);
    connection.transmit(shared);
    shared[0] = 9;
    connection.transmit(datagram(2));
    await Promise.resolve();
    t.is(node.inputs.length, bundles ? 1 : 2);
    connection.transmit(datagram(3));
    connection.input(command);
    connection.transmit(datagram(4));
    await Promise.resolve();
    const came = node.inputs.flatMap((input) => (input.type === 'datagrams' ? [input.datagrams] : []));
    t.deepEqual(came, bundles ? [...expected] : [[datagram(9)], ...expected.slice(1)]);
    // Nothing overtakes: what came before another input goes before it.
    t.deepEqual(node.inputs.map(({ type }) => type).indexOf('command'), bundles ? 2 : 3);
  }
});
