/**
 * A process that attacks, so that its own cost is no part of what is measured: it keeps many connections open, and makes
 * each anew when it has ended. Its only argument is a `Crowd` as JSON. It writes how many it has made, each second.
 */
import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';

export interface Crowd {
  readonly to: string;
  readonly port: number;
  /** Local addresses, each used in turn. */
  readonly from: readonly string[];
  /** Connections at once. */
  readonly abreast: number;
  /** Milliseconds from the end of a connection to the next. */
  readonly pause: number;
  readonly sends: 'nothing' | 'garbage' | 'an octet a second' | 'these octets';
  /** In hexadecimal: the octets that are sent, at once or one each second. */
  readonly octets?: string;
  /** Each is sent on connections of its own, in turn. */
  readonly several?: readonly string[];
}

const crowd = JSON.parse(process.argv[2] ?? '{}') as Crowd;
let made = 0;
let turn = 0;

function talk(socket: Socket): () => void {
  const list = crowd.several ?? [crowd.octets ?? ''];
  const octets = Buffer.from(list[turn++ % list.length] ?? '', 'hex');
  if (crowd.sends === 'garbage') socket.write(randomBytes(200));
  else if (crowd.sends === 'these octets') socket.write(octets);
  else if (crowd.sends === 'an octet a second') {
    let at = 0;
    const timer = setInterval(() => socket.write(octets.subarray(at, ++at)), 1_000);
    return () => clearInterval(timer);
  }
  return () => {};
}

function keep(index: number): void {
  const socket = new Socket({ allowHalfOpen: false });
  let stop = (): void => {};
  socket.on('error', () => {});
  socket.on('data', () => {});
  socket.on('close', () => {
    stop();
    setTimeout(() => keep(index), crowd.pause);
  });
  socket.connect(
    { host: crowd.to, port: crowd.port, localAddress: crowd.from[index % crowd.from.length] ?? '' },
    () => {
      made += 1;
      stop = talk(socket);
    },
  );
}

// Not all of them in one instant: the first second would be another attack than the rest.
for (let index = 0; index < crowd.abreast; index++) setTimeout(() => keep(index), (index * 1_000) / crowd.abreast);
setInterval(() => process.stdout.write(`${JSON.stringify({ event: 'made', connections: made })}\n`), 1_000);
