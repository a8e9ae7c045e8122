/**
 * Initiator, relays and server as sequences of inputs, with somebody on the wire. Each pair of octets of the input is an
 * event; whatever comes in whatever order, nothing is delivered that was not sent, and all ends Dead or Authorized.
 */
import type { Input, Side } from '../../../reference/nodes/effect.ts';
import { type DrivenNode, MemoryTunnel } from '../../../reference/testing/memory-tunnel.ts';
import { Transform } from '../../../reference/wire/identifiers.ts';
import type { Target } from './target.ts';

/** More would make a run slow without showing more. */
const transforms = Object.values(Transform);
const longestScript = 120;
/** States that nothing but a command ends. */
const ends: readonly string[] = ['Idle', 'Dead'];
const twoHours = 2 * 3_600_000;

class Play {
  readonly #tunnel: MemoryTunnel;
  readonly #sent = new Map<'initiator' | 'server', string[]>([
    ['initiator', []],
    ['server', []],
  ]);
  #count = 0;
  #harm: ((octets: Uint8Array) => readonly Uint8Array[]) | undefined;

  constructor(first: number) {
    this.#tunnel = new MemoryTunnel({
      transforms: [transforms[first & 3] ?? 0],
      relays: (first >> 2) % 3,
      initiator: { reconnect: (first & 16) === 0, ...(first & 32 ? { lifetimes: brief } : {}) },
    });
    this.#tunnel.tamper = (octets) => {
      const harm = this.#harm;
      this.#harm = undefined;
      return harm === undefined ? [octets] : harm(octets);
    };
  }

  step(event: number, argument: number): void {
    const tunnel = this.#tunnel;
    const nodes = [tunnel.initiator, ...tunnel.relays, ...tunnel.servers.slice(-2)];
    const node = nodes[argument % nodes.length] ?? tunnel.initiator;
    const side = this.#sideOf(node, argument);
    const act = actions[event % actions.length];
    act?.({
      tunnel,
      node,
      argument,
      send: (from) => this.#send(from, argument),
      harm: (change) => {
        this.#harm = change;
      },
      input: (input) => {
        tunnel.input(node, { ...input, ...side } as Input);
      },
    });
    this.#check();
  }

  /** At a relay what comes has a side. */
  #sideOf({ ends }: DrivenNode, argument: number): { readonly side?: Side } {
    const sides = [...ends.keys()].filter((side) => side !== undefined);
    const side = sides[(argument >> 4) % Math.max(1, sides.length)];
    return side === undefined ? {} : { side };
  }

  #send(from: 'initiator' | 'server', argument: number): void {
    const { initiator, servers } = this.#tunnel;
    const node = from === 'initiator' ? initiator : servers.at(-1);
    if (node === undefined) return;
    const datagram = new Uint8Array(20 + argument);
    datagram.set([0x45, 0, this.#count >> 8, this.#count & 0xff]);
    this.#count += 1;
    this.#sent.get(from)?.push(datagram.toHex());
    this.#tunnel.send(node, datagram);
  }

  /** Each datagram once at most, in order, and by a server only after its initiator is confirmed. */
  #check(): void {
    const { initiator, servers } = this.#tunnel;
    checkOrder('initiator', deliveredTo([initiator]), this.#sent.get('server') ?? []);
    checkOrder('server', deliveredTo(servers), this.#sent.get('initiator') ?? []);
    for (const { effects } of servers) {
      const [confirmed, delivered] = ['confirmed', 'deliver'].map((type) =>
        effects.findIndex((one) => one.type === type),
      );
      if (delivered !== -1 && (confirmed === -1 || confirmed! > delivered!))
        throw new Error('a server delivered what an initiator sent that is not confirmed');
    }
  }

  /** Without further harm. */
  end(): void {
    const tunnel = this.#tunnel;
    this.#harm = undefined;
    tunnel.reachable = true;
    tunnel.mute = false;
    tunnel.input(tunnel.initiator, { type: 'command', command: 'end session' });
    tunnel.pass(twoHours);
    this.#check();
    const alive = [tunnel.initiator, ...tunnel.relays, ...tunnel.servers].filter(
      ({ node }) => !ends.includes(node.state),
    );
    if (alive.length > 0) throw new Error(`two hours later: ${alive.map(({ node }) => node.state).join(', ')}`);
  }
}

/** Keys that are soon used up. */
const brief = { seconds: 40, frames: 20n, octets: 4_000n };

const deliveredTo = (nodes: readonly DrivenNode[]): string[] =>
  nodes.flatMap((node) => node.all('deliver').map(({ datagram }) => datagram.toHex()));

function checkOrder(at: string, delivered: readonly string[], sent: readonly string[]): void {
  let from = 0;
  for (const one of delivered) {
    const found = sent.indexOf(one, from);
    if (found === -1) throw new Error(`the ${at} delivered ${one}: not sent, or not after those before it`);
    from = found + 1;
  }
}

interface Occasion {
  readonly tunnel: MemoryTunnel;
  readonly node: DrivenNode;
  readonly argument: number;
  readonly send: (from: 'initiator' | 'server') => void;
  /** Of the next octets on the initiator's connection. */
  readonly harm: (change: (octets: Uint8Array) => readonly Uint8Array[]) => void;
  /** At the node; with a side if it is a relay. */
  readonly input: (input: Input) => void;
}

const recorded = ({ tunnel, argument }: Occasion): Uint8Array => {
  const all = [...tunnel.wire.downstream, ...tunnel.wire.upstream];
  return all[argument % Math.max(1, all.length)] ?? new Uint8Array(0);
};

const actions: readonly ((occasion: Occasion) => void)[] = [
  ({ tunnel }) => void tunnel.connect(),
  ({ send }) => send('initiator'),
  ({ send }) => send('server'),
  ({ tunnel, argument }) => void tunnel.pass(2 ** (argument % 22)),
  ({ tunnel, argument }) => void tunnel.pass(argument * 100),
  ({ harm, argument }) =>
    harm((octets) => [octets.with(argument % octets.length, 255 - (octets[argument % octets.length] ?? 0))]),
  ({ harm }) => harm(() => []),
  ({ harm }) => harm((octets) => [octets, octets]),
  ({ harm, argument }) => harm((octets) => [octets.slice(0, argument % octets.length)]),
  ({ harm, argument }) => harm((octets) => [octets, octets.slice(0, argument % octets.length)]),
  ({ tunnel, argument }) => {
    tunnel.readLength = argument === 0 ? Number.POSITIVE_INFINITY : argument;
  },
  ({ tunnel }) => void tunnel.input(tunnel.initiator, { type: 'command', command: 'end session' }),
  ({ tunnel, node }) => void tunnel.input(node, { type: 'command', command: 'shut down' }),
  ({ input }) => input({ type: 'network error', reason: 'reset' }),
  ({ input }) => input({ type: 'end of stream' }),
  ({ input }) => input({ type: 'disconnected' }),
  ({ tunnel, node }) => void tunnel.input(node, { type: 'superseded' }),
  ({ tunnel, node }) => void tunnel.input(node, { type: 'gives way' }),
  ({ tunnel }) => void tunnel.input(tunnel.initiator, { type: 'network changed' }),
  ({ tunnel, argument }) => {
    tunnel.reachable = argument % 2 === 0 ? 'refused' : true;
  },
  ({ tunnel, argument }) => {
    tunnel.mute = argument % 2 === 0;
  },
  (occasion) => occasion.input({ type: 'octets', octets: recorded(occasion) }),
  ({ input, argument }) => input({ type: 'octets', octets: Uint8Array.of(0, 0, 0, 8, 5, 1, 0, 1 + (argument % 12)) }),
  ({ input, argument }) => input({ type: 'octets', octets: new Uint8Array(1 + argument).fill(argument) }),
  ({ tunnel, node }) => {
    const { node: own } = node;
    if (!('lend' in own) || typeof own.lend !== 'function') return;
    const loan = own.lend(tunnel.now) as { sent: object; received: object; unread: Uint8Array } | undefined;
    if (loan === undefined) return;
    const { sent, received, unread } = loan as never;
    tunnel.input(node, { type: 'given back', sent, received, unread, sentAgo: undefined, receivedAgo: undefined });
  },
];

const step = (name: string, argument = 0): readonly number[] => [names.indexOf(name), argument];
const names = ['connect', 'send', 'answer', 'pass', 'pass short', 'alter', 'drop', 'double', 'cut', 'repeat'];

export const nodeTargets: readonly Target[] = [
  {
    name: 'nodes',
    does: 'initiator, relays and server as sequences of inputs, with somebody on the wire',
    covers: ['reference/nodes', 'reference/machines'],
    longest: 1 + 2 * longestScript,
    seeds: () => [
      Uint8Array.from([0, ...step('connect'), ...step('send', 20), ...step('answer', 30), ...step('pass', 21)]),
      Uint8Array.from([
        5,
        ...step('connect'),
        ...step('send', 20),
        ...step('alter', 9),
        ...step('send'),
        ...step('pass', 16),
      ]),
      Uint8Array.from([32, ...step('connect'), ...Array.from({ length: 25 }, () => step('send', 40)).flat()]),
      Uint8Array.from([
        2,
        ...step('drop'),
        ...step('connect'),
        ...step('pass', 17),
        ...step('connect'),
        ...step('send'),
      ]),
      Uint8Array.from([
        11,
        ...step('connect'),
        ...step('repeat', 9),
        ...step('send'),
        ...step('cut', 7),
        ...step('answer'),
      ]),
    ],
    run: (input) => {
      const play = new Play(input[0] ?? 0);
      for (let at = 1; at + 1 < input.length; at += 2) play.step(input[at] ?? 0, input[at + 1] ?? 0);
      play.end();
    },
  },
];
