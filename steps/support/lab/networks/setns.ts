/** Entering a network namespace on the calling thread, for as long as one synchronous function takes. */
import { closeSync, openSync } from 'node:fs';
import { enterNetwork } from '../../../../reference/libc/namespaces.ts';
import { kernelCall } from '../failure.ts';

/** Where `ip netns` keeps the handle of a namespace. */
function namespacePath(name: string): string {
  return `/run/netns/${name}`;
}

/**
 * Runs `act` with the calling thread inside the namespace. Sockets made and processes spawned in there belong to it.
 * @param name as `ip netns` knows it; undefined for the namespace that the thread is in
 * @param act synchronous: the thread is back in its own namespace as soon as this function returns
 * @throws LabFailure when a system call fails, also one of `act`
 */
export function inNamespace<T>(name: string | undefined, act: () => T): T {
  return kernelCall(() => {
    if (name === undefined) return act();
    using guard = new DisposableStack();
    const own = guard.adopt(openSync('/proc/thread-self/ns/net', 'r'), closeSync);
    enterNetwork(guard.adopt(openSync(namespacePath(name), 'r'), closeSync));
    try {
      return act();
    } finally {
      // A thread that can't come back would run everything after in the wrong namespace: this throws, the scenario ends.
      enterNetwork(own);
    }
  });
}
