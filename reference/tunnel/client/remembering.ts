/** Names that were resolved before, for a client that connects again. */
import { NoService, type Resolver } from '../names/resolver.ts';

/** Milliseconds to wait for an answer before the last answer is used. */
const patience = 2_000;

/**
 * Asks afresh each time, for addresses and for groups. If no answer comes, the last answer is used: the way to the name
 * server may lead through the tunnel that is to be made.
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
    const last = known.get(host);
    if (last === undefined) return asked;
    const orLast = (error: unknown): Answer => {
      if (error instanceof NoService) throw error;
      return last.answer;
    };
    const { promise: late, resolve } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => resolve(last.answer), wait);
    try {
      return await Promise.race([asked.catch(orLast), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
