/** Names whose addresses are known from before, for an initiator that connects again. */
import type { Resolver } from '../names/resolver.ts';

/** Milliseconds after which an address from before is as good as one that may never come. */
const patience = 2_000;

/**
 * Asks afresh each time. Where no answer comes, the last one has to do: the way to the name server may lead through the
 * very tunnel that is to be made.
 */
export function rememberingResolver(resolver: Resolver, wait = patience): Resolver {
  const known = new Map<string, readonly string[]>();
  const asking = new Map<string, Promise<readonly string[]>>();
  const ask = (host: string): Promise<readonly string[]> => {
    const answer = resolver
      .addresses(host)
      .then((addresses) => {
        known.set(host, addresses);
        return addresses;
      })
      .finally(() => asking.delete(host));
    asking.set(host, answer);
    return answer;
  };
  return {
    services: (host) => resolver.services(host),
    addresses: async (host) => {
      const answer = asking.get(host) ?? ask(host);
      const before = known.get(host);
      if (before === undefined) return answer;
      const { promise: late, resolve } = Promise.withResolvers<readonly string[]>();
      const timer = setTimeout(() => resolve(before), wait);
      try {
        return await Promise.race([answer.catch(() => before), late]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
