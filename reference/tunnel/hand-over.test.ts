/** Where DATA goes from the nodes to the thread and back, no datagram overtakes another. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { clientActivation } from '../adapter/activation.ts';
import { Adapter } from '../adapter/adapter.ts';
import type { Effect, EndPoint, Input } from '../nodes/effect.ts';
import { Session } from '../nodes/session.ts';
import { concat, u16 } from '../octets.ts';
import { EtherType, encodeEthernet, ethernetHeaderLength } from '../packets/ethernet.ts';
import { encodeIpv4, IpProtocol } from '../packets/ipv4.ts';
import { rulesOf } from '../testing/data-rules.ts';
import { framePipe } from '../testing/frame-pipe.ts';
import { clientData } from '../testing/memory-tunnel.ts';
import { encodeClose } from '../wire/close.ts';
import { Deframer } from '../wire/deframer.ts';
import { DataOption, Transform } from '../wire/identifiers.ts';
import { toNetworkSettings } from '../wire/network-settings.ts';
import { systemClock } from './clock.ts';
import { Connection } from './connection.ts';
import { DataPath } from './data-path.ts';
import { createLog } from './log.ts';
import { SocketConnection } from './transport-connection.ts';

const settings = toNetworkSettings(clientData);
const lifetimes = { seconds: 3_600, frames: 1n << 32n, octets: 1n << 40n };
const transform = Transform.aes256gcm;
const sessionOf = (role: 'initiator' | 'server', dataOptions: number): Session => {
  const [initiatorKey, serverKey, handshakeHash] = [1, 2, 3].map((octet) => new Uint8Array(32).fill(octet));
  const secrets = { initiatorKey: initiatorKey!, serverKey: serverKey!, handshakeHash: handshakeHash! };
  return new Session({ role, secrets, transform, lifetimes, percent: 100, padding: () => 0, dataOptions });
};

/** An end point that is Authorized until anything but DATA comes. */
class KeyedNode implements EndPoint {
  readonly state = 'Authorized';
  readonly deadline = undefined;
  readonly #session: Session;
  readonly #deframer = new Deframer();
  canSend = true;
  /** Numbers of the datagrams that could not be sent. */
  readonly kept: number[] = [];

  constructor(dataOptions: number) {
    this.#session = sessionOf('server', dataOptions);
  }

  get bundles(): boolean {
    return this.#session.bundles;
  }

  lend() {
    const loan = this.#session.lend();
    return loan && { ...loan, unread: this.#deframer.takeUnread().slice() };
  }

  handle(input: Input): readonly Effect[] {
    if (input.type === 'datagrams') {
      if (this.canSend)
        return this.#session.part(input.datagrams).map((part) => ({ type: 'send', octets: this.#session.seal(part) }));
      this.kept.push(...input.datagrams.map(numberOf));
    } else if (input.type === 'octets') return this.#read(input.octets);
    else if (input.type === 'given back') {
      this.#session.resume(input.sent, input.received);
      return this.#read(input.unread);
    } else if (input.type !== 'time') this.canSend = false;
    return [];
  }

  #read(octets: Uint8Array): Effect[] {
    const effects: Effect[] = [];
    this.#deframer.push(octets);
    for (let next = this.#deframer.next(); next !== undefined; next = this.#deframer.next())
      if (next.type === 'DATA')
        for (const datagram of this.#session.open(next.octets)) effects.push({ type: 'deliver', datagram });
      else this.canSend = false;
    return effects;
  }
}

const clients = ['10.8.0.10', '10.8.0.11'] as const;
const numberAt = 28;
const numbered = (client: number, number: number, incoming: boolean, port: number, length: number): Uint8Array => {
  const [source, destination] = incoming ? [clients[client]!, '192.0.2.5'] : ['192.0.2.5', clients[client]!];
  const udp = concat(u16(1_000), u16(port), u16(8 + length), u16(0));
  const payload = concat(udp, new Uint8Array(new Uint32Array([number]).buffer), new Uint8Array(length));
  return encodeIpv4({ protocol: IpProtocol.udp, source, destination, payload });
};
const numberOf = (datagram: Uint8Array): number => new Uint32Array(datagram.slice(numberAt, numberAt + 4).buffer)[0]!;
const clientOf = (datagram: Uint8Array, at: 12 | 16): number => (datagram[at + 3] === 10 ? 0 : 1);

/** One connection of a server, and what its peer has received. */
async function tunnelOf(
  number: number,
  dataOptions: number,
  adapter: () => Adapter,
  handled: (connection: Connection) => void,
) {
  const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const accepted = once(listener, 'connection');
  const peer = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  const socket = (await accepted)[0] as Socket;
  listener.close();
  const node = new KeyedNode(dataOptions);
  const connection: Connection = new Connection(
    node,
    {
      open: () => Promise.reject(new Error('opens nothing')),
      deliver: (datagram) => void adapter().deliver(datagram, () => true),
      pressure: (full) => (full ? adapter().pause() : adapter().resume()),
      handled: () => handled(connection),
      report: () => {},
    },
    systemClock,
  );
  connection.attach(undefined, (events) => new SocketConnection(socket, events));
  const session = sessionOf('initiator', dataOptions);
  const deframer = new Deframer();
  const received: number[] = [];
  peer.on('error', () => {});
  peer.on('data', (chunk: Buffer) => {
    deframer.push(new Uint8Array(chunk));
    for (let next = deframer.next(); next !== undefined; next = deframer.next())
      received.push(...session.open(next.octets).map(numberOf));
  });
  const send = (datagrams: readonly Uint8Array[]): void => {
    for (const part of session.part(datagrams)) peer.write(session.seal(part));
  };
  return { number, connection, node, peer, received, send, indicated: [] as number[] };
}

/** A server with an adapter and two clients, whose tunnels may all be lent. */
async function start(t: ExecutionContext, lent: readonly number[], dataOptions = 0, failing?: URL) {
  const rules = rulesOf.server();
  const { device, stack } = framePipe();
  const other: number[] = [];
  const tunnels: Awaited<ReturnType<typeof tunnelOf>>[] = [];
  const adapter: Adapter = new Adapter({
    device,
    tunnel: (datagram) => {
      const tunnel = tunnels[clientOf(datagram, 16)];
      if (tunnel === undefined) other.push(numberOf(datagram));
      else tunnel.connection.transmit(datagram.slice());
      return true;
    },
    failed: (error) => t.fail(String(error)),
  });
  adapter.activate(clientActivation(settings));
  const path = new DataPath('auto', failing ?? rules.thread, rules.routes, {
    log: createLog('error', (line) => failing ?? t.fail(line)),
    adapter: () => adapter,
  });
  const { addresses } = rules.change as { readonly addresses: object };
  for (const client of [0, 1])
    path.change(client, { tunnel: client, addresses: { ...addresses, networks: [], address: clients[client] } });
  for (const client of lent) {
    const tunnel = await tunnelOf(client, dataOptions, () => adapter, path.offer.bind(path));
    tunnels[client] = tunnel;
    path.add({ number: client, connection: tunnel.connection, node: tunnel.node, transform, dataOptions });
  }
  const isLent = (): boolean => tunnels.every(({ connection }) => connection.lent);
  while (!isLent()) await pause(1);
  const drain = (): void => {
    for (let read = stack.read(); read !== undefined; read = stack.read()) {
      const datagram = read.subarray(ethernetHeaderLength);
      if (read[12] === 8 && read[13] === 0) tunnels[clientOf(datagram, 12)]?.indicated.push(numberOf(datagram));
    }
  };
  const physical = Uint8Array.of(6, 0, 0, 0, 0, 1);
  const write = async (datagram: Uint8Array): Promise<void> => {
    const frame = { destination: settings.serverPhysical, source: physical, etherType: EtherType.ipv4 };
    while (!stack.write(encodeEthernet({ ...frame, payload: datagram }))) {
      drain();
      await turn();
    }
  };
  const until = async (done: () => boolean): Promise<void> => {
    for (const limit = Date.now() + 5_000; !done() && Date.now() < limit; await pause(1)) drain();
  };
  const close = async (): Promise<void> => {
    await path.stop();
    for (const { connection, peer } of tunnels) {
      connection.destroy();
      peer.destroy();
    }
    await adapter.close();
    stack.close();
  };
  return { adapter, path, tunnels, other, write, drain, until, close };
}

const upTo = (end: number): number[] => Array.from({ length: end }, (_, number) => number);

/** `client` for both; a datagram to port 67 may be for an emulator as far as the thread knows. */
interface Step {
  readonly what: 'out' | 'in' | 'recall' | 'turn' | 'pause';
  readonly client: number;
  readonly count: number;
  readonly port: number;
}
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('out', 'out', 'out', 'in', 'recall', 'turn', 'pause'),
  client: fc.nat(1),
  count: fc.integer({ min: 1, max: 12 }),
  port: fc.constantFrom(7, 7, 7, 67),
});

for (const [lent, dataOptions] of [[0], [0, 1]].flatMap((one) => [
  [one, 0] as const,
  [one, DataOption.bundle] as const,
]))
  test.serial(
    `each datagram of ${lent.length} tunnels arrives in its turn however often they are taken back: options ${dataOptions}`,
    async (t) => {
      t.timeout(120_000);
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 120 }), async (steps) => {
          const { adapter, tunnels, write, drain, until, close } = await start(t, lent, dataOptions);
          const sent = tunnels.map(() => ({ out: 0, in: 0 }));
          for (const { what, client: drawn, count, port } of steps) {
            drain();
            const client = drawn % lent.length;
            const tunnel = tunnels[client]!;
            if (what === 'out')
              for (let left = count; left > 0; left -= 1)
                await write(numbered(client, sent[client]!.out++, false, port, 40 * count));
            else if (what === 'in')
              tunnel.send(upTo(count).map(() => numbered(client, sent[client]!.in++, true, 7, 9 * count)));
            else if (what === 'recall') tunnel.connection.recall();
            else if (what === 'turn') await turn();
            else await pause(count % 4);
          }
          const all = (): boolean =>
            tunnels.every(({ received, indicated }, client) => {
              const { out, in: into } = sent[client]!;
              return received.length >= out && indicated.length >= into;
            });
          await until(all);
          const lost = JSON.stringify(adapter.counters);
          await close();
          for (const [client, { received, indicated }] of tunnels.entries()) {
            t.deepEqual(received, upTo(sent[client]!.out), lost);
            t.deepEqual(indicated, upTo(sent[client]!.in), lost);
          }
        }),
        { numRuns: 25, endOnFailure: true },
      );
    },
  );

test.serial('what the thread read after it gave a tunnel back goes before what is read later', async (t) => {
  for (let round = 0; round < 10; round += 1) {
    const { tunnels, write, until, close } = await start(t, [0]);
    const [{ node, peer, received }] = tunnels as [(typeof tunnels)[0]];
    for (let number = 0; number < 300; number += 1) {
      if (number === 100 + round) peer.write(encodeClose({ type: 'CLOSE', status: 1 }));
      await write(numbered(0, number, false, 7, 40));
      if (number % 50 === 0) await turn();
    }
    await until(() => received.length + node.kept.length >= 300);
    await close();
    t.deepEqual([...received, ...node.kept], upTo(300));
    t.true(node.kept.length > 0);
  }
});

test.serial('what a thread read before it failed goes before what is read later', async (t) => {
  for (let round = 0; round < 5; round += 1) {
    const failing = new URL('../testing/failing-thread.ts', import.meta.url);
    const { tunnels, other, write, until, close } = await start(t, [0], 0, failing);
    const [{ connection, node, peer }] = tunnels as [(typeof tunnels)[0]];
    const ended = once(peer, 'end');
    for (let number = 0; number < 300; number += 1) {
      if (number === 100) await write(numbered(0, number, false, 7, 1_000 - numberAt - 4));
      await write(numbered(1, number, false, 7, 40));
    }
    await until(() => other.length >= 300 && !node.canSend);
    t.deepEqual(other, upTo(300));
    t.false(connection.lent);
    connection.destroy();
    // Nobody holds a descriptor of the socket any more.
    await ended;
    await close();
  }
});
