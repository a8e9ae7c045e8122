/** Rows of tables: what a scripted peer sends, and what must come of it. All rows are tried; those that fail are told together. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { concat } from '../../reference/octets.ts';
import { encodeIpv4, IpProtocol } from '../../reference/packets/ipv4.ts';
import { encodeClose } from '../../reference/wire/close.ts';
import { statusName } from '../../reference/wire/identifiers.ts';
import { encodeRelay } from '../../reference/wire/relay.ts';
import { known } from './known.ts';
import { assertNoLater, Deadline, watch } from './lab/deadlines/deadline.ts';
import { aboutTheImplementation, Nonconformance } from './lab/failure.ts';
import { virtualLan } from './lab/networks/virtual-lan.ts';
import { statusOf } from './parameters.ts';
import type { ScriptedEndPoint } from './peers/session.ts';

/**
 * Tries each row, some of them side by side.
 * @throws Nonconformance with every row at which the implementation fails; what is the suite's own fault as it is
 */
export async function eachRow<T>(
  rows: readonly T[],
  title: (row: T) => string,
  act: (row: T) => Promise<void>,
  abreast = 1,
): Promise<void> {
  const failures: string[] = [];
  const left = [...rows];
  const worker = async (): Promise<void> => {
    for (let row = left.shift(); row !== undefined; row = left.shift()) {
      try {
        await act(row);
      } catch (error) {
        if (!(error instanceof Error) || !aboutTheImplementation.has(error.name)) throw error;
        failures.push(`${title(row)}: ${error.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: abreast }, worker));
  if (failures.length > 0) throw new Nonconformance(failures.join('\n'));
}

/** A frame of a type and a length, its body zeros. */
export function frameOf(type: number, length: number, version = 1): Uint8Array {
  const octets = new Uint8Array(Math.max(6, length));
  new DataView(octets.buffer).setUint32(0, length);
  octets.set([type, version], 4);
  return octets;
}

/** Frames by their looks: nothing of them is sealed. */
const frames: Readonly<Record<string, Uint8Array>> = {
  RELAY: encodeRelay({ type: 'RELAY', origin: 'origin.invalid', path: ['relay-b.test', 'server.test'] }),
  REQUEST: frameOf(2, 260),
  RESPONSE: frameOf(3, 204),
  DATA: frameOf(4, 16),
  CLOSE: encodeClose({ type: 'CLOSE', status: 1 }),
  'CLOSE of 40 octets': encodeClose({ type: 'CLOSE', status: 1, digest: new Uint8Array(32) }),
  'CLOSE of 9 octets': concat(frameOf(5, 9).subarray(0, 6), Uint8Array.of(0, 1, 0)),
  'CLOSE of 39 octets': frameOf(5, 39).with(7, 1),
  'CLOSE of status 0': frameOf(5, 8),
  'type 9': frameOf(9, 8),
  'version 2': frameOf(5, 8, 2),
  'length 5': frameOf(5, 5),
  'length 0': frameOf(4, 0),
  // Whoever refuses a frame out of place at its first octets has nothing to refuse in those that have one.
  'half a RELAY': frameOf(1, 64).subarray(0, 20),
  'half a REQUEST': frameOf(2, 260).subarray(0, 20),
  'half a RESPONSE': frameOf(3, 204).subarray(0, 20),
  'half a DATA': frameOf(4, 64).subarray(0, 20),
};

/** A whole frame by the words of a table. @throws LabFailure for words that nobody knows */
export const frameByLooks = (name: string): Uint8Array => known(frames, name);

/** Sends frames by their looks, one after the other; `FIN` and `RST` end the stream. */
export async function sendByLooks(peer: ScriptedEndPoint, list: string): Promise<void> {
  for (const word of list.split(', ')) {
    if (word === 'FIN') peer.connection.finish();
    else if (word === 'RST') peer.connection.reset();
    else await peer.connection.send(frameByLooks(word));
  }
}

/** Milliseconds for which what must stay silent is watched. */
const silence = 500;

/**
 * What the implementation must answer: `STATUS`, `keyed STATUS`, `end` for the end of its stream without a frame, or
 * `nothing`: no octet, and no end.
 */
export async function expectAnswer(peer: ScriptedEndPoint, expected: string): Promise<void> {
  const { connection } = peer;
  if (expected === 'end') {
    await connection.endedWithoutFrame(5_000);
    return;
  }
  if (expected === 'nothing') {
    const before = connection.received.length;
    await watch(silence);
    assert.ok(!connection.over, 'the connection ended');
    assert.equal(connection.received.length, before, `octets came: ${connection.received.subarray(before).toHex()}`);
    return;
  }
  const keyed = expected.startsWith('keyed ');
  const close = await peer.expectClose(5_000);
  assert.equal(statusName(close.status), statusName(statusOf(expected.replace(/^keyed /, ''))));
  assert.equal(close.keyed, keyed, keyed ? 'the CLOSE is not keyed' : 'the CLOSE is keyed');
  if (keyed) assert.ok(close.valid, 'the digest of the CLOSE does not verify');
  // The end follows at once: 2 s later a node gives up waiting for the peer's.
  await connection.endedWithoutFrame(1_800);
}

/**
 * Milliseconds from `since` until the peer has closed its connection for good, so that an octet more is answered with RST.
 * @throws Nonconformance when that does not happen in time
 */
export async function closedAfter(peer: ScriptedEndPoint, since: number, limit: number): Promise<number> {
  const { socket } = peer.connection;
  const gone = new Promise<void>((resolve) => {
    if (socket.destroyed) resolve();
    socket.once('close', resolve);
  });
  let isOver = false;
  void gone.then(() => {
    isOver = true;
  });
  const deadline = new Deadline(limit, undefined, since);
  while (!isOver) {
    if (deadline.left <= 0) throw deadline.failure('the connection closed in both directions');
    socket.write(Uint8Array.of(0), () => {});
    await Promise.race([gone, pause(20)]);
  }
  return performance.now() - since;
}

/** A time that the text bounds, just over: never early, and not much later. 1 ms is for the grain of the clocks. */
export function assertTime(waited: number, time: number, slack = 1_500): void {
  assert.ok(waited >= time - 1, `after ${waited.toFixed(0)} ms, not before ${time} ms is right`);
  assertNoLater(waited, time + slack, `after ${waited.toFixed(0)} ms, ${time} ms is right`);
}

/** An IPv4 datagram of that many octets, 28 at least: UDP between the adapters. The stack of a client answers it: nobody listens. */
export function datagramOf(length: number, to: 'client' | 'server' = 'server'): Uint8Array {
  const payload = new Uint8Array(length - 20);
  const view = new DataView(payload.buffer);
  // Port 0 is answered by nobody: at a server an answer would use up a key of its own.
  const port = to === 'server' ? 0 : 1;
  view.setUint16(0, port);
  view.setUint16(2, port);
  view.setUint16(4, payload.length);
  const { clientAddress, serverAddress } = virtualLan;
  const [source, destination] = to === 'server' ? [clientAddress, serverAddress] : [serverAddress, clientAddress];
  return encodeIpv4({ protocol: IpProtocol.udp, source, destination, payload });
}
