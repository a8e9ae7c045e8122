/** What a tunnel client and the thread of its data path agree on. */
import type { Reception } from './reception.ts';

/** The number of its only tunnel. */
export const onlyTunnel = 1;

/** What a `Reception` is made of: the thread has one of its own. */
export type RoutesChange = ConstructorParameters<typeof Reception>;
