/** A relay node fed by hand, for unit tests. */
import { defaultTimers } from '../machines/timers.ts';
import type { Effect, Input } from '../nodes/effect.ts';
import { RelayNode } from '../nodes/relay.ts';
import { concat } from '../octets.ts';
import { encodeRelay } from '../wire/relay.ts';

/** RELAY of [EP] fig. 6 from `origin.invalid`, on the wire. @param path node names, the server last */
export const relayFrame = (...path: string[]): Uint8Array =>
  encodeRelay({ type: 'RELAY', origin: 'origin.invalid', path });
/** RELAY to one server behind one relay. */
export const toServer = relayFrame('relay.test', 'server.test:99');

/** A frame of any type and length, its body all one octet. */
export function frame(type: number, length: number, version = 1): Uint8Array {
  const octets = new Uint8Array(length).fill(0x77);
  new DataView(octets.buffer).setUint32(0, length);
  octets.set([type, version], 4);
  return octets;
}

/** A relay fed by hand. */
export class Bench {
  readonly node: RelayNode;
  readonly effects: Effect[] = [];
  now = 0;

  constructor(options: { opening?: () => boolean; ending?: () => void } = {}) {
    this.node = new RelayNode({ names: ['relay.test', 'alias.test'], timers: defaultTimers, ...options });
    this.input({ type: 'tcp accepted' });
  }

  input(input: Input): this {
    this.effects.push(...this.node.handle(input, this.now));
    return this;
  }

  up(octets: Uint8Array): this {
    return this.input({ type: 'octets', octets, side: 'upstream' });
  }

  down(octets: Uint8Array): this {
    return this.input({ type: 'octets', octets, side: 'downstream' });
  }

  pass(milliseconds: number): this {
    this.now += milliseconds;
    const { deadline } = this.node;
    return deadline !== undefined && deadline <= this.now ? this.input({ type: 'time' }) : this;
  }

  sent(side: 'upstream' | 'downstream'): string {
    return concat(...this.effects.flatMap((e) => (e.type === 'send' && e.side === side ? [e.octets] : []))).toHex();
  }

  /** Types of effects that are about connections. */
  get asked(): string[] {
    return this.effects.flatMap((effect) => {
      if (effect.type === 'finish') return [`finish ${effect.side}`];
      if (effect.type === 'disconnect') return [`${effect.abort ? 'abort' : 'disconnect'} ${effect.side}`];
      return effect.type === 'open' ? [`open ${effect.name}${effect.group ? ' as a group' : ''}`] : [];
    });
  }

  get cause(): unknown {
    return this.effects.find((effect) => effect.type === 'ended')?.cause;
  }
}
