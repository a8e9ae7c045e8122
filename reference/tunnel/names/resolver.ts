/** Names to addresses. "Each tunnel relay is capable of finding a next node … using DNS" ([EP] fig. 4, 76). */
import type { SrvRecord } from 'node:dns';
import { CONNREFUSED, Resolver as DnsResolver, lookup, NODATA, NOTFOUND } from 'node:dns/promises';

const { readFileSync } = process.getBuiltinModule('node:fs');

/** A member of a group of tunnel servers (RFC 2782). */
export interface GroupMember {
  readonly host: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

export interface Resolver {
  /** Numeric addresses of a host, in the system's order of preference. Rejects when there are none. */
  addresses(host: string): Promise<readonly string[]>;
  /** The group behind a name; empty when the name has none. Rejects on a fault, and where DNS says that there is no such service. */
  services(host: string): Promise<readonly GroupMember[]>;
}

/** What `Resolver.resolveSrv` gives: `name` is the target, empty for the root. */
export type ServiceRecord = Pick<SrvRecord, 'name' | 'port' | 'priority' | 'weight'>;

/** Milliseconds for the first of two questions. If a DNS server does not answer, this is known after 4 s. */
const patience = { timeout: 1_000, tries: 2 };

/** The hosts file and DNS, as the system is set up. Nothing is remembered: each connection resolves afresh. */
export const systemResolver: Resolver = {
  addresses: async (host) => {
    try {
      return (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);
    } catch (cause) {
      throw new Error(`${host} could not be resolved (${codeOf(cause)})`, { cause });
    }
  },
  services: async (host) => {
    // A new one for each question, since it reads /etc/resolv.conf only when it is made.
    const asked = new DnsResolver(patience).resolveSrv(`_pna._tcp.${host}`);
    const records = await asked.catch((cause: unknown) => {
      if (meansNone(cause, resolverSettings())) return [];
      const remedy = `give it a port, as in ${host}:3265, and it is taken for a single server`;
      throw new Error(`DNS does not tell whether ${host} is a group of servers (${codeOf(cause)}): ${remedy}`, {
        cause,
      });
    });
    return groupOf(host, records);
  },
};

/** DNS says that there is no such service. The answer holds: nobody asks again, and no former answer is used. */
export class NoService extends Error {
  override readonly name = 'NoService';
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code ?? error);

/** The members that records name. @throws NoService (RFC 2782, "Target") */
export function groupOf(host: string, records: readonly ServiceRecord[]): GroupMember[] {
  if (records.length === 1 && records[0]?.name === '') {
    throw new NoService(`${host} decidedly has no tunnel server: the target of its SRV record is the root`);
  }
  return records.map(({ name, port, priority, weight }) => ({ host: name, port, priority, weight }));
}

/**
 * Whether a look-up failed because there are no records. SERVFAIL, REFUSED and a timeout are faults. So is a DNS server
 * that does not listen, unless the machine names none: then the local one is assumed (resolv.conf(5)).
 * @param settings the text of /etc/resolv.conf
 */
export function meansNone(error: unknown, settings: string): boolean {
  const { code } = error as NodeJS.ErrnoException;
  if (code === NODATA || code === NOTFOUND) return true;
  return code === CONNREFUSED && !/^nameserver\s/m.test(settings);
}

/** Empty when the machine has none. */
function resolverSettings(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}
