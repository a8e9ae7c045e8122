/** Steps about the order of datagrams on their way between adapter and tunnel. */
import assert from 'node:assert/strict';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { Given, Then } from '@cucumber/cucumber';
import { wordAt } from '../../reference/octets.ts';
import { DataOption } from '../../reference/wire/identifiers.ts';
import { cat, u16, u32, zeros } from '../../vectors/generate/octets.ts';
import { ipv4 } from '../../vectors/generate/packets.ts';
import { adapterUnderTest, packetDown, packetUp, serverUnderTest } from '../support/adapter.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import type { ScriptedEndPoint } from '../support/peers/session.ts';
import type { ConformanceWorld } from '../support/world.ts';

const unconfigured = { adapter: { configure: 'none', routes: false } } as const;
const aliceAndBob = { alice: [], bob: [] } as const;
const bundling = { dataOptions: ['bundle'] } as const;

Given(
  'an adapter that nobody configures, whose client sends keep-alives after {duration}, and a scripted server',
  async function (this: ConformanceWorld, keepAlive: number) {
    await adapterUnderTest(this, { ...unconfigured, timers: { keepAlive } }, {});
  },
);

Given(
  'an adapter that nobody configures, whose client bundles and sends keep-alives after {duration}, and a scripted server',
  async function (this: ConformanceWorld, keepAlive: number) {
    const options = { dataOptions: DataOption.bundle };
    await adapterUnderTest(this, { ...unconfigured, ...bundling, timers: { keepAlive } }, options);
  },
);

Given(
  "a tunnel server's adapter with alice and bob authorized, which sends keep-alives after {duration}",
  async function (this: ConformanceWorld, keepAlive: number) {
    await serverUnderTest(this, false, aliceAndBob, {}, { timers: { keepAlive } });
  },
);

Given(
  "a tunnel server's adapter with alice and bob authorized, which bundles and sends keep-alives after {duration}",
  async function (this: ConformanceWorld, keepAlive: number) {
    await serverUnderTest(this, false, aliceAndBob, {}, { ...bundling, timers: { keepAlive } });
  },
);

/** One tunnel of the adapter under test. */
interface Tunnel {
  readonly peer: ScriptedEndPoint;
  /** Addresses of the adapter's stack, and beyond the tunnel. */
  readonly near: string;
  readonly far: string;
  /** From the stack to the adapter. */
  readonly packet: (datagram: Uint8Array) => Uint8Array;
}

/** A node behind the server: nothing answers for it. */
const behind = '10.9.0.5';

function tunnelsOf(world: ConformanceWorld): readonly Tunnel[] {
  const { clientAddress } = virtualLan;
  if (world.iutRoles.includes('client'))
    return [{ peer: world.get('server'), near: clientAddress, far: behind, packet: packetUp }];
  const tunnel = (peer: ScriptedEndPoint, far: string): Tunnel => ({ peer, near: behind, far, packet: packetDown });
  return [tunnel(world.get('initiator'), clientAddress), tunnel(world.get('bob'), '10.8.0.11')];
}

/** Protocol 253 is for experiments (RFC 3692). */
const [experiment, udp] = [253, 17];
/** So many are sent one after the other, and are on their way at most: the socket on the adapter has room for more. */
const burst = 10;
const underway = 40;
/** Every so many bursts the rest of a frame comes after the next keep-alive, in milliseconds. */
const everyPause = 15;
const pauseLength = 70;
const cutOff = 30;

/** @param number is its identification */
const numbered = (source: string, destination: string, number: number): Uint8Array =>
  number % 16 === 5
    ? ipv4({ source, destination, protocol: udp, identification: number, payload: toDhcpServer })
    : ipv4({ source, destination, protocol: experiment, identification: number, payload: zeros(40 + (number % 200)) });
const toDhcpServer = cat(u16(5_000), u16(67), u16(48), zeros(42));

const isOurs = (datagram: Uint8Array, source: string): boolean =>
  (datagram[9] === experiment || datagram[9] === udp) && datagram.subarray(12, 16).join('.') === source;

/** What has come of 0, 1, 2, … */
class Sequence {
  readonly #what: string;
  count = 0;

  constructor(what: string) {
    this.#what = what;
  }

  take(datagram: Uint8Array): void {
    const number = (datagram[4]! << 8) | datagram[5]!;
    if (number !== this.count)
      throw new Nonconformance(`${this.#what}: datagram ${number} came where ${this.count} was next`);
    this.count += 1;
  }
}

async function outOf(tunnel: Tunnel, total: number, sequence: Sequence): Promise<void> {
  while (sequence.count < total) {
    const datagram = await tunnel.peer.receive();
    if (isOurs(datagram, tunnel.near)) sequence.take(datagram);
  }
}

async function into(world: ConformanceWorld, { far }: Tunnel, total: number, sequence: Sequence): Promise<void> {
  const isNext = (frame: Uint8Array): boolean => frame[12] === 8 && frame[13] === 0 && isOurs(frame.subarray(14), far);
  while (sequence.count < total)
    sequence.take((await world.get('stack').next('a datagram out of a tunnel', isNext)).subarray(14));
}

Then(
  '{int} numbered datagrams each way keep their order',
  { timeout: 120_000 },
  async function (this: ConformanceWorld, total: number) {
    const tunnels = tunnelsOf(this).map((tunnel) => ({
      ...tunnel,
      sent: new Sequence(`from the stack to ${tunnel.far}`),
      came: new Sequence(`from ${tunnel.far} to the stack`),
    }));
    const received = tunnels.flatMap((tunnel) => [
      outOf(tunnel, total, tunnel.sent),
      into(this, tunnel, total, tunnel.came),
    ]);
    const failed = Promise.all(received);
    failed.catch(() => {});
    const sending = (async (): Promise<void> => {
      let left = tunnels.map(() => new Uint8Array());
      for (let number = 0; number < total; number += burst) {
        const numbers = Array.from({ length: Math.min(burst, total - number) }, (_, index) => number + index);
        for (const one of numbers)
          for (const { near, far, packet } of tunnels) this.get('stack').inject(packet(numbered(near, far, one)));
        for (const [index, { peer, near, far }] of tunnels.entries()) {
          const frames = cat(left[index]!, ...numbers.map((one) => peer.session.seal(numbered(far, near, one))));
          const end = number + burst >= total ? frames.length : frames.length - cutOff;
          left = left.with(index, frames.slice(end));
          await peer.connection.send(frames.subarray(0, end));
        }
        await pause((number / burst) % everyPause === 0 ? pauseLength : 1);
        while (tunnels.some(({ sent, came }) => Math.min(sent.count, came.count) < number - underway)) await pause(1);
      }
    })();
    await Promise.race([failed, sending.then(() => failed)]);
  },
);

/** So many follow each other without a pause. */
const without = 25;
/** Octets of the header before the number. */
const numberAt = 20;

const counted = (source: string, destination: string, number: number): Uint8Array =>
  ipv4({ source, destination, protocol: experiment, payload: cat(u32(number), zeros(36)) });

/** Until the last one has come. @returns how many came */
async function inOrderUntil(last: number, { peer, far }: Tunnel): Promise<number> {
  let came = 0;
  for (let before = 0; before < last; ) {
    const datagram = await peer.receive();
    if (datagram[9] !== experiment) continue;
    const number = wordAt(datagram, numberAt);
    if (number <= before) throw new Nonconformance(`to ${far}: datagram ${number} came behind ${before}`);
    before = number;
    came += 1;
  }
  return came;
}

Then(
  'of a flood of {int} datagrams for each client none overtakes another',
  { timeout: 120_000 },
  async function (this: ConformanceWorld, total: number) {
    const tunnels = tunnelsOf(this);
    const stack = this.get('stack');
    const all = Promise.all(tunnels.map((tunnel) => inOrderUntil(total, tunnel)));
    let isOver = false;
    const over = all.finally(() => {
      isOver = true;
    });
    over.catch(() => {});
    const send = (number: number): void => {
      for (const { near, far, packet } of tunnels) stack.inject(packet(counted(near, far, number)));
    };
    for (let number = 1; number < total && !isOver; number += 1) {
      send(number);
      if (number % without === 0) await turn();
    }
    // The last one comes when there is room for it.
    for (; !isOver; await pause(20)) send(total);
    for (const came of await over) assert.ok(came > total / 100, `only ${came} datagrams came`);
  },
);
