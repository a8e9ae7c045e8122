/** Names to addresses. "Each tunnel relay is capable of finding a next node … using DNS" ([EP] fig. 4, 76). */
import { lookup, resolveSrv } from 'node:dns/promises';
import { defaultPort, parseNodeName } from '../wire/names.ts';

/** `address` is numeric, IPv4 or IPv6. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A member of a group of tunnel servers (RFC 2782). */
export interface Service {
  readonly host: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

export interface Resolver {
  /** Numeric addresses of a host, in the system's order of preference. Rejects when there are none. */
  addresses(host: string): Promise<readonly string[]>;
  /** The group behind a name; empty when the name has none. Rejects on a fault, which isn't the same as none. */
  services(host: string): Promise<readonly Service[]>;
}

/** The hosts file and DNS, as the system is set up. Nothing is remembered: each connection resolves afresh. */
export const systemResolver: Resolver = {
  addresses: async (host) => (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address),
  services: async (host) => {
    try {
      return (await resolveSrv(`_pna._tcp.${host}`)).map(({ name, ...rest }) => ({ host: name, ...rest }));
    } catch (error) {
      if (withoutService.has((error as NodeJS.ErrnoException).code ?? '')) return [];
      throw error;
    }
  },
};

/** SERVFAIL, REFUSED and a timeout are faults; ECONNREFUSED means that this machine has no DNS server at all. */
const withoutService = new Set(['ENODATA', 'ENOTFOUND', 'ECONNREFUSED']);

/** Where to connect for a name of the tunnel path, in the order to try. */
export async function endpoints(resolver: Resolver, name: string): Promise<Endpoint[]> {
  const { host, port = defaultPort } = parseNodeName(name);
  return (await resolver.addresses(host)).map((address) => ({ address, port }));
}
