/**
 * A process that keeps many tunnels, so that a thousand need few processes. Its only argument is `Tunnels` as JSON. Each tunnel
 * sends echo requests to the server, and counts them. On stdin, a JSON line each: {"kill":N,"start":N}, {"rest":true}, which
 * ends the sending, and {"account":true}, which is answered with an event `account`.
 */
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { toNetworkSettings } from '../../reference/wire/network-settings.ts';
import { connected } from '../../steps/support/lab/packets/traffic.ts';
import { identityOf } from '../../steps/support/peers/identities.ts';
import { ScriptedConnection } from '../../steps/support/peers/scripted.ts';
import { ScriptedInitiator } from '../../steps/support/peers/scripted-initiator.ts';
import { cat, u16 } from '../../vectors/generate/octets.ts';
import { checksum, ipv4 } from '../../vectors/generate/packets.ts';
import { type Account, echoIds, type Tunnels } from './account.ts';

/** Milliseconds after which an answer is late. */
const late = 1_000;
/** Milliseconds that a tunnel which is to be killed waits for its answers. */
const patience = 15_000;
/** Milliseconds without an answer, after which none is expected. */
const settling = 3_000;

const orders = JSON.parse(process.argv[2] ?? '{}') as Tunnels;
const sums = { killed: 0, sent: 0, answered: 0, cut: 0, late: 0, unanswered: 0, longest: 0, lost: 0, reason: '' };
const open = new Set<Tunnel>();
/** Those that are to be killed once their requests are answered. */
const dying = new Set<Tunnel>();
/** Names that no tunnel has: a second tunnel of a name would end the first. Those that were free longest come first. */
const free = [...orders.names];
let turn = 0;
let resting = false;

class Tunnel {
  readonly #peer: ScriptedInitiator;
  readonly #address: string;
  readonly #name: string;
  /** Times of requests that are not answered, by number. */
  readonly #waiting = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;
  #number = 0;
  #dying = false;
  #cut = false;

  private constructor(peer: ScriptedInitiator, address: string, name: string) {
    this.#peer = peer;
    this.#name = name;
    this.#address = address;
    this.#timer = setInterval(() => void this.#ask(), orders.every);
    void this.#read();
  }

  static async start(name: string, localAddress: string): Promise<Tunnel> {
    const socket = new Socket({ allowHalfOpen: true });
    socket.on('error', () => {});
    const { to: host, port } = orders;
    socket.connect({ host, port, localAddress });
    await connected(socket, `${host}:${port}`);
    const peer = new ScriptedInitiator(new ScriptedConnection(socket), { identity: identityOf(name) });
    const { address } = toNetworkSettings((await peer.authorize()).clientData);
    return new Tunnel(peer, address, name);
  }

  /**
   * As if its process were killed, once all its requests are answered, or after a while: nothing is said to the server.
   * @param cut in the middle of sending one more, by a reset
   */
  kill(cut: boolean): void {
    open.delete(this);
    sums.killed += 1;
    this.#dying = true;
    this.#cut = cut;
    dying.add(this);
    if (this.#waiting.size === 0) this.#die();
    // What was dropped on the way is never answered, and its name is wanted.
    else setTimeout(() => this.#waiting.size > 0 && this.#die(), patience);
  }

  #die(): void {
    dying.delete(this);
    this.settle();
    if (!this.#cut) {
      this.#end();
      return;
    }
    const frame = this.#request(echoIds.cut, 0);
    this.#peer.connection.socket.write(frame, (error) => {
      if (!error) sums.cut += 1;
    });
    this.#end(true);
  }

  /** Nothing more is sent. */
  rest(): void {
    clearInterval(this.#timer);
  }

  /** Counts what was never answered. */
  settle(): void {
    sums.unanswered += this.#waiting.size;
    this.#waiting.clear();
  }

  async #ask(): Promise<void> {
    if (this.#dying) return;
    const number = this.#number++ & 0xffff;
    this.#waiting.set(number, performance.now());
    try {
      await this.#peer.connection.send(this.#request(echoIds.usual, number));
      sums.sent += 1;
    } catch (error) {
      this.#waiting.delete(number);
      this.#lost(error);
    }
  }

  #request(id: number, number: number): Uint8Array {
    const message = cat(Uint8Array.of(8, 0, 0, 0), u16(id), u16(number), new Uint8Array(8));
    message.set(u16(checksum(message)), 2);
    const datagram = ipv4({ source: this.#address, destination: orders.server, protocol: 1, payload: message });
    return this.#peer.session.seal(datagram);
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const datagram = await this.#peer.receive({ milliseconds: 600_000 });
        const at = this.#waiting.get(((datagram[26] ?? 0) << 8) | (datagram[27] ?? 0));
        if (datagram[20] !== 0 || datagram[25] !== echoIds.usual || at === undefined) continue;
        this.#waiting.delete(((datagram[26] ?? 0) << 8) | (datagram[27] ?? 0));
        sums.answered += 1;
        const took = performance.now() - at;
        sums.longest = Math.max(sums.longest, took);
        if (took > late) sums.late += 1;
        if (this.#dying && this.#waiting.size === 0) this.#die();
      }
    } catch (error) {
      this.#lost(error);
    }
  }

  #end(reset = false): void {
    clearInterval(this.#timer);
    this.#dying = true;
    free.push(this.#name);
    const { socket } = this.#peer.connection;
    if (reset) socket.resetAndDestroy();
    else socket.destroy();
  }

  #lost(error: unknown): void {
    if (this.#dying) return;
    this.settle();
    this.#end();
    open.delete(this);
    sums.lost += 1;
    sums.reason = error instanceof Error ? error.message : String(error);
  }
}

/** Ten at a time: a crowd that comes at once is another attack. */
async function start(count: number): Promise<void> {
  const tries = Array.from({ length: count }, () => ({
    name: free.shift() ?? '',
    from: orders.from[turn++ % orders.from.length] ?? '',
  }));
  for (let at = 0; at < tries.length; at += 10) {
    await Promise.all(
      tries.slice(at, at + 10).map(async ({ name, from }) => {
        try {
          const tunnel = await Tunnel.start(name, from);
          open.add(tunnel);
          if (resting) tunnel.rest();
        } catch (error) {
          sums.lost += 1;
          sums.reason = error instanceof Error ? error.message : String(error);
        }
      }),
    );
    await pause(20);
  }
}

/** The oldest half of them, and the newest: long and short lives. Every other one in the middle of sending. */
function kill(count: number): void {
  const all = [...open];
  const chosen = [...all.slice(0, count >> 1), ...all.slice(all.length - (count - (count >> 1)))];
  for (const [index, tunnel] of [...new Set(chosen)].entries()) tunnel.kill(index % 2 === 0);
}

/** Once no answer comes any more, and nobody is to be killed: a slow machine has many of them on the way. */
async function account(): Promise<void> {
  for (let before = -1; before !== sums.answered || dying.size > 0; ) {
    before = sums.answered;
    await pause(settling);
  }
  for (const tunnel of open) tunnel.settle();
  report({ event: 'account', open: open.size, ...sums } satisfies Account);
}

const report = (event: object): void => void process.stdout.write(`${JSON.stringify(event)}\n`);

createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line) as { kill?: number; start?: number; rest?: true; account?: true };
  if (order.kill !== undefined) kill(order.kill);
  if (order.start !== undefined) void start(order.start).then(() => report({ event: 'started' }));
  if (order.rest) {
    resting = true;
    for (const tunnel of open) tunnel.rest();
  }
  if (order.account) void account();
});
await start(orders.tunnels);
report({ event: 'ready' });
