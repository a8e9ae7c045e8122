/** Both forms of the data path do the same: frame by frame, octet by octet, counter by counter. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { clientActivation } from '../adapter/activation.ts';
import { Adapter } from '../adapter/adapter.ts';
import { type DirectionKeys, deriveDirection } from '../crypto/keys.ts';
import { sha256 } from '../crypto/primitives.ts';
import { deterministicRandomness } from '../crypto/randomness.ts';
import { createOpener, createSealer } from '../crypto/transforms.ts';
import { defaultTimers } from '../machines/timers.ts';
import type { Effect } from '../nodes/effect.ts';
import { InitiatorNode } from '../nodes/initiator.ts';
import { ServerNode } from '../nodes/server.ts';
import { keyedClose } from '../nodes/session.ts';
import { concat } from '../octets.ts';
import { encodeArp } from '../packets/arp.ts';
import { EtherType, encodeEthernet } from '../packets/ethernet.ts';
import { encodeIpv4 } from '../packets/ipv4.ts';
import { datagramsOfPeer, datagramsOfStack, filled, type RoleRules, rulesOf } from '../testing/data-rules.ts';
import { framePipe } from '../testing/frame-pipe.ts';
import { clientData, initiatorKeys, serverKeys } from '../testing/memory-tunnel.ts';
import { Deframer } from '../wire/deframer.ts';
import { DataOption, Suite, Transform } from '../wire/identifiers.ts';
import { toNetworkSettings } from '../wire/network-settings.ts';
import { onlyTunnel } from './client/data-path.ts';
import { systemClock } from './clock.ts';
import { Connection } from './connection.ts';
import { DataPath, type DataPathMode } from './data-path.ts';
import { createLog } from './log.ts';
import { connect } from './transport.ts';

const seed = (octet: number) => deterministicRandomness({ x25519: [new Uint8Array(32).fill(octet)] });
const settings = toNetworkSettings(clientData);
const lifetimes = { seconds: 3_600, frames: 1n << 32n, octets: 1n << 40n };

interface Trial {
  readonly mode: DataPathMode;
  readonly rules?: RoleRules;
  readonly transform?: number;
  readonly dataOptions?: number;
  readonly lifetimes?: typeof lifetimes;
}

/** An initiator with an adapter, keyed, and its server fed by hand. Keys are the same each time. */
async function start(t: ExecutionContext, trial: Trial) {
  const { mode, rules = rulesOf.client(), transform = Transform.aes256gcm, dataOptions = 0, ...options } = trial;
  const listener = createServer({ allowHalfOpen: true });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const accepted = once(listener, 'connection');
  const { device, stack } = framePipe();
  const effects: Effect[] = [];
  const keys = new Map<string, Uint8Array>();
  const authorized = Promise.withResolvers<void>();
  const node = new InitiatorNode({
    name: 'alice',
    staticPrivate: initiatorKeys.privateKey,
    server: { publicKey: serverKeys.publicKey, suite: Suite.x25519 },
    path: ['server.test'],
    transforms: [transform],
    lifetimes,
    freshness: () => 1n,
    timers: defaultTimers,
    randomness: seed(1),
    reconnect: false,
    keyLog: true,
    dataOptions,
    ...options,
  });
  const connection: Connection = new Connection(
    node,
    {
      open: (_name, _group, signal) => connect({ address: '127.0.0.1', port }, signal),
      deliver: (datagram) => void adapter.deliver(datagram, rules.permits),
      pressure: (full) => (full ? adapter.pause() : adapter.resume()),
      handled: () => path.offer(connection),
      report: (effect) => {
        effects.push(effect);
        if (effect.type === 'key log') keys.set(effect.label, effect.octets);
        if (effect.type === 'authorized') authorized.resolve();
      },
    },
    systemClock,
  );
  const adapter = new Adapter({
    device,
    tunnel: (datagram) => {
      if (!rules.leaves(datagram)) return false;
      connection.transmit(datagram);
      return true;
    },
    failed: (error) => t.fail(String(error)),
  });
  const path = new DataPath(mode, rules.thread, rules.routes, {
    log: createLog('error', (line) => t.fail(line)),
    adapter: () => adapter,
  });
  connection.input({ type: 'command', command: 'connect' });
  const socket = (await accepted)[0] as Socket;
  const chunks: Uint8Array[] = [];
  const server = new ServerNode({
    names: ['server.test'],
    staticPrivate: serverKeys.privateKey,
    timers: defaultTimers,
    randomness: seed(2),
    dataOptions,
    source: '',
    giveWay: () => {},
    authority: {
      opening: () => true,
      authorize: (_peer, { lifetimes: asked }) => ({ type: 'grant', transform, lifetimes: asked, clientData }),
      confirmed: () => {},
      ending: () => {},
      ended: () => {},
    },
  });
  server.handle({ type: 'tcp accepted' }, 0);
  let opened = false;
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    if (opened) chunks.push(new Uint8Array(chunk));
    else
      for (const effect of server.handle({ type: 'octets', octets: new Uint8Array(chunk) }, 0)) {
        if (effect.type === 'send') socket.write(effect.octets);
        if (effect.type === 'authorized') opened = true;
      }
  });
  await authorized.promise;
  adapter.activate(clientActivation(settings));
  const key = (label: string): DirectionKeys =>
    deriveDirection(keys.get(label)!.slice(), transform, keys.get('HANDSHAKE_HASH')!);
  const [own, peer] = [key('INITIATOR_KEY'), key('SERVER_KEY')];
  path.change(onlyTunnel, rules.change);
  path.add({ number: onlyTunnel, connection, node, transform, dataOptions });
  const close = async (): Promise<void> => {
    await path.stop();
    connection.destroy();
    await adapter.close();
    stack.close();
    socket.destroy();
    listener.close();
  };
  return { close, connection, node, adapter, path, stack, socket, chunks, effects, own, peer, transform, dataOptions };
}

type Started = Awaited<ReturnType<typeof start>>;
async function lent({ connection }: Started): Promise<void> {
  while (!connection.lent) await pause(1);
}

/** Short enough to be read where two differ. */
const brief = (octets: Uint8Array): string =>
  octets.length < 60
    ? octets.toHex()
    : `${octets.length}: ${octets.slice(0, 44).toHex()}… ${sha256(octets).toHex().slice(0, 8)}`;

/** One thing that happens. */
type Step =
  | { readonly what: 'frame'; readonly frame: Uint8Array; readonly leaves: boolean }
  | { readonly what: 'data'; readonly datagrams: readonly Uint8Array[]; readonly padding: number }
  | { readonly what: 'recall' | 'turn' };

const physical = Uint8Array.of(6, 0, 0, 0, 0, 1);
const ethernet = (etherType: number, payload: Uint8Array): Uint8Array =>
  encodeEthernet({ destination: settings.serverPhysical, source: physical, etherType, payload });
const typeOf = (octets: Uint8Array): number => (octets[0]! >> 4 === 4 ? EtherType.ipv4 : EtherType.ipv6);
const frame = (octets: Uint8Array, leaves: boolean): Step => ({ what: 'frame', frame: octets, leaves });
const question = ethernet(
  EtherType.arp,
  encodeArp({
    operation: 1,
    senderPhysical: physical,
    senderAddress: '10.8.0.10',
    targetPhysical: new Uint8Array(6),
    targetAddress: '10.8.0.1',
  }),
);
/** @param most datagrams that share a frame of the peer's */
function stepOf(rules: RoleRules, most: number): fc.Arbitrary<Step> {
  const data = { what: fc.constant('data' as const), padding: fc.nat(255) };
  const sent = (octets: Uint8Array, end: Uint8Array): Step =>
    frame(ethernet(typeOf(octets), concat(octets, end)), rules.leaves(octets));
  const own = datagramsOfStack(rules);
  return fc.oneof(
    { weight: 6, arbitrary: own.map((octets) => sent(octets, new Uint8Array(0))) },
    { weight: 1, arbitrary: own.map((octets) => sent(octets, filled(9))) },
    { weight: 1, arbitrary: own.map((octets) => frame(ethernet(typeOf(octets), octets.slice(0, -1)), false)) },
    { weight: 1, arbitrary: fc.constantFrom(frame(question, false), frame(ethernet(0x88cc, filled(50)), false)) },
    {
      weight: 9,
      arbitrary: fc.record({
        ...data,
        datagrams: fc.array(datagramsOfPeer(rules), { minLength: 1, maxLength: most }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        ...data,
        datagrams: fc.constantFrom([new Uint8Array(0)], [Uint8Array.of(0x45)], [filled(0x45)]),
      }),
    },
    { weight: 2, arbitrary: fc.constantFrom<Step>({ what: 'recall' }, { what: 'turn' }) },
  );
}

/** What happened: octets on the wire from the empty first frame on, frames to the local stack, counters. */
async function play(t: ExecutionContext, trial: Trial, steps: readonly Step[], cuts: readonly number[]) {
  const run = await start(t, trial);
  const { connection, stack, socket, chunks, peer, own, transform, dataOptions, adapter } = run;
  if (trial.mode === 'fast') await lent(run);
  const indicated: string[] = [];
  const drain = (): void => {
    for (let read = stack.read(); read !== undefined; read = stack.read()) indicated.push(brief(read));
  };
  let padding = 0;
  const sealer = createSealer(transform, peer, { padding: () => padding, dataOptions });
  const opener = createOpener(transform, own, { dataOptions });
  const deframer = new Deframer();
  const opened: string[] = [];
  let close = '';
  const take = (): void => {
    for (const chunk of chunks.splice(0)) {
      deframer.push(chunk);
      for (let next = deframer.next(); next !== undefined; next = deframer.next()) {
        if (next.type === 'DATA') opened.push(...opener.openAll(next.octets).map(brief));
        else close = brief(next.octets);
      }
    }
  };
  const until = async (done: () => boolean): Promise<void> => {
    for (const limit = Date.now() + 3_000; !done() && Date.now() < limit; await pause(1)) {
      take();
      drain();
    }
    if (!done()) t.log(`${trial.mode}: ${opened.length} of ${leaving} frames; ${indicated.at(-1)}`);
  };
  let leaving = 0;
  let cut = 0;
  for (const one of steps) {
    if (one.what === 'frame') {
      while (!stack.write(one.frame)) {
        drain();
        take();
        await turn();
      }
      if (one.leaves) leaving += 1;
    } else if (one.what === 'data') {
      ({ padding } = one);
      let octets = one.datagrams.length === 1 ? sealer.seal(one.datagrams[0]!) : sealer.sealBundle(one.datagrams);
      while (octets.length > 0) {
        const size = cuts[cut++ % cuts.length]!;
        await new Promise((resolve) => socket.write(octets.subarray(0, size), resolve));
        octets = octets.subarray(size);
        drain();
      }
    } else if (one.what === 'recall') connection.recall();
    else await turn();
  }
  // The last datagram comes after all others.
  padding = 0;
  const { permitted } = trial.rules ?? rulesOf.client();
  const [[source = ''], [destination = '']] = permitted[0]!;
  const final = encodeIpv4({ protocol: 1, source, destination, payload: filled(3) });
  socket.write(sealer.seal(final));
  const asked = steps.filter((one) => one.what === 'frame' && one.frame === question).length;
  const replies = () => indicated.filter((one) => one.slice(24, 28) === '0806');
  const arrived = () => indicated.some((one) => one.endsWith(final.toHex()));
  await until(() => opened.length >= leaving && arrived() && replies().length === asked);
  run.path.settle();
  connection.input({ type: 'command', command: 'end session' });
  await until(() => close !== '');
  const { pauses, ...counters } = adapter.counters;
  await run.close();
  t.is(close, keyedClose(own.close, 1, opener.frames).toHex());
  return {
    opened,
    bundled: opener.frames <= leaving,
    delivered: indicated.filter((one) => !replies().includes(one)),
    replies: replies(),
    counters,
    pauses,
  };
}

for (const role of ['client', 'server'] as const)
  for (const [transform, dataOptions] of [
    [Transform.aes256gcm, 0],
    [Transform.aes256gcm, DataOption.bundle],
    [Transform.chacha20poly1305, 0],
  ] as const)
    test.serial(
      `a thread does what the nodes of a ${role} do: transform ${transform}, options ${dataOptions}`,
      async (t) => {
        t.timeout(120_000);
        const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1_000, max: 100_000 })), {
          minLength: 1,
          maxLength: 6,
        });
        const rules = rulesOf[role]();
        const counted = { received: 0, policy: 0, bundled: 0 };
        const step = stepOf(rules, dataOptions === 0 ? 1 : 4);
        await fc.assert(
          fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 30 }), cuts, async (steps, sizes) => {
            const trial = { rules, transform, dataOptions };
            const readable = await play(t, { mode: 'readable', ...trial }, steps, sizes);
            const fast = await play(t, { mode: 'fast', ...trial }, steps, sizes);
            // Which datagrams share a frame depends on which of them wait.
            const differing = { pauses: 0, bundled: false };
            t.deepEqual({ ...fast, ...differing }, { ...readable, ...differing });
            counted.bundled += Number(fast.bundled);
            counted.received += fast.counters.received.frames;
            counted.policy += fast.counters.receiveDropped.policy;
          }),
          { numRuns: 25 },
        );
        t.true(counted.received > 50 && counted.policy > 50, JSON.stringify(counted));
        t.is(counted.bundled > 5, dataOptions !== 0);
      },
    );
