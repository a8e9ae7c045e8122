/** Keys that a scripted server grants and an initiator uses up ([EP] fig. 11, 211): by time, by frames or by octets. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { statusName } from '../../reference/wire/identifiers.ts';
import { type Lifetimes, makeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import { assertTime, datagramOf } from './exchanges.ts';
import { virtualLan } from './lab/networks/virtual-lan.ts';
import { spawnInside } from './lab/programs/command.ts';
import { defaultLifetimes } from './peers/handshake.ts';
import type { ScriptedServer } from './peers/scripted-server.ts';
import type { ConformanceWorld } from './world.ts';

/** Milliseconds, longer than the shortest back-off: a key that lasts less is none that is renewed at once. */
export const shortestKey = 1_100;

/**
 * Reads RELAY and REQUEST, and grants a key of these bounds, or of lower ones that REQUEST asks for.
 * @returns the datagram of the first DATA frame
 */
export async function authorizeWithin(server: ScriptedServer, bounds: Partial<Lifetimes>): Promise<Uint8Array> {
  await server.readRelay();
  const { lifetimes } = (await server.readRequest()).keyExchangeData;
  const lower = (one: bigint, other: bigint): bigint => (one < other ? one : other);
  const asked = { ...defaultLifetimes, ...bounds };
  const granted = {
    seconds: Math.min(asked.seconds, lifetimes.seconds),
    frames: lower(asked.frames, lifetimes.frames),
    octets: lower(asked.octets, lifetimes.octets),
  };
  await server.sendResponse({ fields: { keyExchangeData: makeKeyExchangeData({ lifetimes: granted }) } });
  return server.receive({ keepAlives: true });
}

/** @param text such as `5 seconds`, `10 frames`, `4096 octets` */
export function boundOf(text: string): Partial<Lifetimes> {
  const [count = '', unit] = text.split(' ');
  if (unit === 'seconds') return { seconds: Number(count) };
  return unit === 'frames' ? { frames: BigInt(count) } : { octets: BigInt(count) };
}

/** Awaits a keyed CLOSE *key expired*, and nothing behind it. @returns when it came, in milliseconds of performance.now() */
export async function expectExpiry(server: ScriptedServer): Promise<number> {
  const close = await server.expectClose(4_000);
  assert.deepEqual(
    [statusName(close.status), close.valid],
    ['key expired', true],
    'status, and whether the digest verifies',
  );
  await server.connection.endedWithoutFrame();
  return close.at;
}

/** What a server's adapter in a laboratory is pinged with; each datagram has 228 octets. */
const pings = ['ping', '-n', '-i', '0.02', '-c', '100', '-s', '200', virtualLan.serverAddress];

/** One direction of a key, and when it has to be given up. */
interface Use {
  /** Frames or octets that count so far. */
  readonly used: () => number;
  /** How many of them may be used; the frame that reaches this is the last one. */
  readonly limit: number;
  readonly isOfFrames: boolean;
}

/** The server sends until one frame more reaches the limit, and then that one. @param sent the datagram, or none */
async function useFromServer(server: ScriptedServer, sent: readonly Uint8Array[], use: Use): Promise<void> {
  const { used, limit, isOfFrames } = use;
  const size = 28 + server.session.padding;
  while (used() + (isOfFrames ? 1 : size) < limit) await server.send(...sent);
  await pause(300);
  const closed = server.connection.frames.waiting.filter(({ type }) => type === 'CLOSE');
  assert.equal(closed.length, 0, `CLOSE at ${used()}`);
  await server.send(...sent);
  await expectExpiry(server);
}

/** The client's machine pings, while what the server sends stays far below: each direction counts by itself. */
async function useByPings(world: ConformanceWorld, { used, limit, isOfFrames }: Use): Promise<void> {
  const server = world.get('server');
  const { sealer } = server.session;
  while ((isOfFrames ? sealer.frames : sealer.octets) < limit / 2) await server.send(datagramOf(28));
  const child = spawnInside(world.lab.namespace('client'), pings, { stdio: ['ignore', 'ignore', 'ignore'] });
  await expectExpiry(server).finally(() => child.kill('SIGKILL'));
  const last = isOfFrames ? 1 : server.lastCounted;
  const text = `CLOSE at ${used()}, the last frame being ${last} of it, not at ${limit}`;
  assert.ok(used() >= limit && used() - last < limit, text);
}

/**
 * Grants a key, and uses it up until the initiator lets it go.
 * @param bound such as `10 frames`
 * @param by `time`, `keep-alives`, `the initiator`, `the server`, `the server, with padding`, `the server, by empty frames`
 * @param limit how much of the bound may be used: milliseconds, frames or octets
 * @throws AssertionError or Nonconformance if the initiator lets it go earlier or later
 */
export async function useUpKey(world: ConformanceWorld, bound: string, by: string, limit: number): Promise<void> {
  const server = world.get('server');
  const start = performance.now();
  await authorizeWithin(server, boundOf(bound));
  if (by === 'time') {
    assertTime((await expectExpiry(server)) - start, limit, 900);
    return;
  }
  const isOfFrames = bound.endsWith('frames');
  const isServer = by.startsWith('the server');
  if (by.endsWith('padding')) server.session.padding = 100;
  const counter = isServer ? server.session.sealer : server.session.opener;
  const used = () => (isOfFrames ? counter.frames : counter.octets);
  await pause(shortestKey);
  if (isServer) {
    const sent = by.endsWith('empty frames') ? [] : [datagramOf(28)];
    await useFromServer(server, sent, { used, limit, isOfFrames });
  } else if (by === 'keep-alives') {
    await expectExpiry(server);
    assert.equal(used(), limit, 'frames before CLOSE');
  } else await useByPings(world, { used, limit, isOfFrames });
}
