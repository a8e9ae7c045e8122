/**
 * A process that makes or takes load, so that its own cost is not part of what is measured.
 *
 *   load.ts sink PORT                   answers each connection's first octets with one frame, and discards the rest; at
 *                                       the end of a stream it sends back one octet
 *   load.ts source ADDRESS PORT NAMES   takes jobs, a JSON line each on stdin: {"connections", "octets", "frame"}: so
 *                                       many connections send RELAY for the path NAMES (a comma between) and one frame,
 *                                       await one back, and then send so many octets in frames of that length; without
 *                                       octets they stay open and idle. Answers {"event":"done","seconds"} on stdout
 */
import { createServer, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { encodeRelay } from '../reference/wire/relay.ts';

const chunk = 1024 * 1024;

/** A frame by its looks: a relay sees no more of it. */
function frame(type: number, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  new DataView(octets.buffer).setUint32(0, length);
  octets.set([type, 1], 4);
  return octets;
}

/** Reads into one buffer: what the runtime would allocate for each chunk is no part of the measurement. */
function reader(options: object, took: (count: number, socket: Socket) => void): Socket {
  const buffer = new Uint8Array(256 * 1024);
  const onread = {
    buffer,
    callback: (count: number) => {
      took(count, socket);
      return true;
    },
  };
  const socket: Socket = new Socket({ ...options, allowHalfOpen: true, onread } as object);
  socket.setNoDelay(true);
  return socket;
}

async function sink(port: number): Promise<void> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (accepted) => {
    let first = true;
    const { _handle: handle } = accepted as unknown as { _handle: unknown };
    const socket = reader({ handle, readable: true, writable: true }, () => {
      if (first) socket.write(frame(3, 204));
      first = false;
    });
    socket.on('end', () => socket.end(new Uint8Array(1)));
    socket.on('error', () => {});
    socket.resume();
  });
  server.listen(port, '0.0.0.0', 4096, () => process.stdout.write('{"event":"ready"}\n'));
}

interface Job {
  readonly connections: number;
  readonly octets: number;
  readonly frame: number;
}

async function source(host: string, port: number, path: string[]): Promise<void> {
  const opening = Buffer.concat([encodeRelay({ type: 'RELAY', origin: 'origin.invalid', path }), frame(2, 260)]);
  for await (const line of createInterface({ input: process.stdin })) {
    const job = JSON.parse(line) as Job;
    const sockets: Socket[] = [];
    for (let left = job.connections; left > 0; left -= 1) sockets.push(await open(host, port, opening));
    const begun = performance.now();
    if (job.octets > 0) await Promise.all(sockets.map((socket) => send(socket, job)));
    process.stdout.write(`${JSON.stringify({ event: 'done', seconds: (performance.now() - begun) / 1_000 })}\n`);
  }
}

/** Waits until the far end has answered. */
function open(host: string, port: number, opening: Uint8Array): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = reader({}, () => resolve(socket));
    socket.once('error', reject);
    socket.connect({ host, port }, () => socket.write(opening));
  });
}

/** Resolves when the far end has read everything. */
async function send(socket: Socket, job: Job): Promise<void> {
  const ended = new Promise((resolve) => socket.once('end', resolve));
  const perChunk = Math.max(1, Math.floor(chunk / job.frame));
  const frames = new Uint8Array(perChunk * job.frame);
  for (let at = 0; at < frames.length; at += job.frame) frames.set(frame(4, job.frame), at);
  for (let left = job.octets; left > 0; left -= frames.length)
    await new Promise<void>((resolve, reject) => socket.write(frames, (error) => (error ? reject(error) : resolve())));
  socket.end();
  await ended;
  socket.destroy();
}

const [mode, ...words] = process.argv.slice(2);
if (mode === 'sink') await sink(Number(words[0]));
else await source(words[0] ?? '', Number(words[1]), (words[2] ?? '').split(','));
