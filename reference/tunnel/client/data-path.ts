/** What a tunnel client and the thread of its data path agree on. */

/** The number of its only tunnel. */
export const onlyTunnel = 1;

/** A server routes for a whole private network, so any source is right. */
export const anyone = (): boolean => true;
