/** Entering a network namespace on the calling thread, for as long as one synchronous function takes. */
import { closeSync, openSync } from 'node:fs';
import { setns } from './libc.ts';

/** Where `ip netns` keeps the handle of a namespace. */
export function namespacePath(name: string): string {
  return `/run/netns/${name}`;
}

/**
 * Runs `act` with the calling thread inside the namespace. Sockets made and processes spawned in there belong to it.
 * @param name as `ip netns` knows it
 * @param act synchronous: the thread is back in its own namespace as soon as this function returns
 */
export function inNamespace<T>(name: string, act: () => T): T {
  const own = openSync('/proc/thread-self/ns/net', 'r');
  try {
    const other = openSync(namespacePath(name), 'r');
    try {
      setns(other);
    } finally {
      closeSync(other);
    }
    try {
      return act();
    } finally {
      // A thread that can't come back would run everything after in the wrong namespace: setns throws, the scenario ends.
      setns(own);
    }
  } finally {
    closeSync(own);
  }
}
