/** The many initiators of a server that is measured. */
import type { Json } from '../steps/support/peers/configuration.ts';
import { identityOf } from '../steps/support/peers/identities.ts';

/** The name of one of them, from 0, as its REQUEST and the server's configuration have it. */
export const initiatorName = (number: number): string => `initiator-${number}`;

/** Entries of a server's `initiators`. Addresses come from its pool. */
export const initiatorEntries = (count: number, suites: readonly string[]): Json =>
  Array.from({ length: count }, (_, number) => {
    const name = initiatorName(number);
    return { name, publicKey: identityOf(name).publicKey, suites: [...suites] };
  });

/** No limit of the server ends one of them. */
export const withoutLimits = { halfOpen: 65_535, halfOpenPerSource: 65_535, halfOpenPerKey: 65_535 };
