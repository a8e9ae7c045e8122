/** For tests: what a peer may send, on both forms of the data path. */
export const mayUse = (source: Uint8Array): boolean => source[source.length - 1] !== 66;
