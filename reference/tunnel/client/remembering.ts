/** Names that were resolved before, for an initiator that connects again. */
import { NoService, type Resolver } from '../names/resolver.ts';

/** Milliseconds after which an answer from before is as good as one that may never come. */
const patience = 2_000;

/**
 * Asks afresh each time, for addresses and for groups. Where no answer comes, the last one has to do: the way to the name
 * server may lead through the very tunnel that is to be made.
 */
export function rememberingResolver(resolver: Resolver, wait = patience): Resolver {
  return {
    services: remembering((host) => resolver.services(host), wait),
    addresses: remembering((host) => resolver.addresses(host), wait),
  };
}

type Question<Answer> = (host: string) => Promise<Answer>;

function remembering<Answer>(question: Question<Answer>, wait: number): Question<Answer> {
  const known = new Map<string, { readonly answer: Answer }>();
  const asking = new Map<string, Promise<Answer>>();
  const ask = (host: string): Promise<Answer> => {
    const asked = question(host)
      .then((answer) => {
        known.set(host, { answer });
        return answer;
      })
      .finally(() => asking.delete(host));
    asking.set(host, asked);
    return asked;
  };
  return async (host) => {
    const asked = asking.get(host) ?? ask(host);
    const before = known.get(host);
    if (before === undefined) return asked;
    const orBefore = (error: unknown): Answer => {
      if (error instanceof NoService) throw error;
      return before.answer;
    };
    const { promise: late, resolve } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => resolve(before.answer), wait);
    try {
      return await Promise.race([asked.catch(orBefore), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
