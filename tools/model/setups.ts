/** What is checked: relays of a tunnel path, tunnel connections at a time, and how often somebody does harm. */
import type { Search } from './properties.ts';

export interface Setup {
  readonly relays: number;
  /** Tunnel connections at a time, each with relays and a server machine of its own. Two: the older may linger. */
  readonly chains: number;
  /** How often, in a whole run, somebody on the wire does harm. */
  readonly harm: number;
  /** What is searched unless `--search` asks for more: where there are millions of states, a search takes minutes. */
  readonly searches?: readonly Search[];
  /** It is checked only where somebody names it: it takes minutes and gibioctets. */
  readonly onlyNamed?: true;
  /** TCP at the relays does not ask whether the peers are still there (RLY-27). */
  readonly unasked?: true;
}

export const setups = {
  direct: { relays: 0, chains: 1, harm: 0 },
  'direct-harmed': { relays: 0, chains: 1, harm: 2 },
  'direct-twice': { relays: 0, chains: 2, harm: 1, searches: ['safety'] },
  relay: { relays: 1, chains: 1, harm: 0 },
  'relay-harmed': { relays: 1, chains: 1, harm: 1, searches: ['safety', 'settled'] },
  'relay-harmed-twice': { relays: 1, chains: 1, harm: 2, searches: ['safety'] },
  relays: { relays: 2, chains: 1, harm: 0, searches: ['safety'] },
  'relays-harmed': { relays: 2, chains: 1, harm: 1, searches: ['safety'], onlyNamed: true },
} as const satisfies Readonly<Record<string, Setup>>;

/** Which node is which in the arrays of the model: the initiator is 0, then for each chain its relays in order, its server. */
export const nodeOf = ({ relays }: Setup, chain: number, position: number): number => chain * (relays + 1) + position;
/** The last node of a chain. */
export const serverOf = (setup: Setup, chain: number): number => nodeOf(setup, chain, setup.relays + 1);
/** One initiator, and the relays and the server of each chain. */
export const nodeCount = ({ relays, chains }: Setup): number => 1 + chains * (relays + 1);

/** The upper end of the link below the node at a position of a chain. The link's lower end is one more. */
export const upperEnd = ({ relays }: Setup, chain: number, position: number): number =>
  2 * (chain * (relays + 1) + position);

/** The node that has an end. */
export function ownerOf(setup: Setup, end: number): number {
  const stride = 2 * (setup.relays + 1);
  const position = Math.floor((end % stride) / 2) + (end % 2);
  return position === 0 ? 0 : nodeOf(setup, Math.floor(end / stride), position);
}

/** 0 up to `length`, without it. */
export const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
