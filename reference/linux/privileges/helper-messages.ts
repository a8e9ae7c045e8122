/** What the helper process may be asked for, and what it answers: JSON over the channel that Node gives to a child. */
import { isIP } from 'node:net';
import type { NameServers } from '../name-service.ts';
import type { HookResult } from '../programs/hook.ts';

/** What the configuration says at the start; no later order can change it. */
export interface Duty {
  /** The adapter. */
  readonly device: string;
  /** Whether the name service is told of DNS servers. */
  readonly names: boolean;
  /** The DHCP client to run on the adapter: `auto`, or a program and its arguments. */
  readonly dhcpClient?: 'auto' | readonly string[];
  /** A program and its arguments. */
  readonly routeHook?: readonly string[];
}

/** Whether a helper process is needed at all. */
export const hasDuty = ({ names, dhcpClient, routeHook }: Duty): boolean =>
  names || dhcpClient !== undefined || routeHook !== undefined;

export type Order =
  | ({ readonly order: 'names' } & NameServers)
  | { readonly order: 'start DHCP client' | 'end DHCP client' }
  /** Three words for the hook: `add` or `remove`, a prefix, a name. */
  | { readonly order: 'hook'; readonly words: readonly string[] };

export interface Question {
  readonly number: number;
  readonly order: Order;
}

export type Report =
  | { readonly report: 'done'; readonly number: number; readonly result: HookResult }
  | { readonly report: 'failed'; readonly number: number; readonly message: string }
  /** Of the DHCP client: a line that it printed, or why it ended. */
  | { readonly report: 'printed'; readonly line: string }
  | { readonly report: 'ended'; readonly line: string };

const domain = /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})$/;
const hookPrefix = /^[0-9a-f.:]+\/\d{1,3}$/;
const initiator = /^[\x20-\x7e]{1,255}$/;

const isWords = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length <= 64 && value.every((word) => typeof word === 'string');

/** @returns undefined for what is no question, whatever it is: whoever asks may have been taken over */
export function orderOf(message: unknown): Question | undefined {
  if (typeof message !== 'object' || message === null || !('number' in message) || !('order' in message))
    return undefined;
  const { number, order } = message;
  const isOrder = typeof order === 'object' && order !== null && 'order' in order && typeof order.order === 'string';
  return typeof number === 'number' && isOrder ? { number, order: order as Order } : undefined;
}

/** Whoever asks may have been taken over: nothing passes that could mean something else to a program. */
export function permitted(order: Order, duty: Duty): boolean {
  switch (order.order) {
    case 'names':
      return (
        duty.names &&
        isWords(order.servers) &&
        order.servers.every((server) => isIP(server) !== 0) &&
        isWords(order.search) &&
        order.search.every((name) => domain.test(name))
      );
    case 'start DHCP client':
    case 'end DHCP client':
      return duty.dhcpClient !== undefined;
    case 'hook': {
      if (duty.routeHook === undefined || !isWords(order.words) || order.words.length !== 3) return false;
      const [change = '', prefix = '', name = ''] = order.words;
      return /^(add|remove)$/.test(change) && hookPrefix.test(prefix) && initiator.test(name);
    }
    default:
      return false;
  }
}
