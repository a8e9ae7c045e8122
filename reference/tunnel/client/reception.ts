/** What may come out of the tunnel at a client: its server routes for a whole private network, and for nothing else. */

import { isIpv6 } from '../../packets/addresses.ts';
import { hostPrefix, lastAddressOf, networkOf, type Prefix } from '../../packets/prefix.ts';
import { isReserved } from '../../packets/reserved.ts';
import { configuresLink } from '../../packets/upper-layer.ts';
import type { NetworkSettings } from '../../wire/network-settings.ts';
import { Network } from '../lan.ts';
import { reachableBy } from './stack-settings.ts';

/** Of one family. */
interface Family {
  /** Where the datagrams may go: the client's own addresses, and the networks behind it. */
  readonly here: readonly Network[];
  /** Where they may come from. */
  readonly there: readonly Network[];
  /** What is not behind the server, unless a longer one of those has it. */
  readonly elsewhere: readonly Network[];
}

/** None of which a node has. */
const endsOf = (lan: Prefix): Prefix[] =>
  lan.length > 30 ? [] : [networkOf(lan).address, lastAddressOf(lan)].map(hostPrefix);

/** ADP-33 to ADP-37 for one adapter. Made anew with each client data, as it does not change. */
export class Reception {
  readonly #four: Family;
  readonly #six: Family;

  /**
   * @param settings what of the client data is accepted
   * @param networks behind this machine, as its user lists them
   * @param connected the subnets that this machine's other adapters are on
   */
  constructor(settings: NetworkSettings, networks: readonly Prefix[], connected: readonly Prefix[]) {
    const { address, prefixLength, ipv6 } = settings;
    const own = [hostPrefix(address), ...(ipv6 === undefined ? [] : [{ address: ipv6.prefix, length: 64 }])];
    const local = [...own, ...networks];
    const elsewhere = [...local, ...connected, ...endsOf({ address, length: prefixLength })];
    const family = (six: boolean): Family => {
      const longestFirst = (prefixes: readonly Prefix[]): Network[] =>
        prefixes
          .filter((prefix) => isIpv6(prefix.address) === six)
          .map((prefix) => new Network(prefix))
          .sort((one, other) => other.length - one.length);
      return {
        here: longestFirst(local),
        there: longestFirst(reachableBy(settings)),
        elsewhere: longestFirst(elsewhere),
      };
    };
    this.#four = family(false);
    this.#six = family(true);
  }

  /**
   * @param source 4 or 16 octets
   * @param destination as many
   */
  readonly permits = (source: Uint8Array, destination: Uint8Array, datagram: Uint8Array): boolean => {
    const { here, there, elsewhere } = source.length === 4 ? this.#four : this.#six;
    return (
      lengthOf(here, destination) >= 0 &&
      lengthOf(there, source) > lengthOf(elsewhere, source) &&
      !isReserved(source) &&
      !isReserved(destination) &&
      !configuresLink(datagram)
    );
  };
}

/** Of the longest one that has the address; -1 when none has. @param networks the longest first */
function lengthOf(networks: readonly Network[], address: Uint8Array): number {
  for (const network of networks) if (network.has(address, 0)) return network.length;
  return -1;
}
