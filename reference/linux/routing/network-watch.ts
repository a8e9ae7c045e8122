/** [EP] fig. 23, 520: notices when the local stack's links, addresses and routing table change. */
import { setTimeout as pause } from 'node:timers/promises';
import { openChanges, readChanges } from '../../libc/netlink.ts';
import { Readiness } from '../../libc/poll.ts';

/** Milliseconds within which changes are one burst: a link that goes down takes its addresses and routes along. */
const burst = 20;

interface Watch {
  readonly readiness: Readiness;
  readonly listeners: Set<() => void>;
  readonly running: Promise<void>;
}

/** The one watch of this thread, with all its listeners: each watch keeps a thread of the pool busy. */
let shared: Watch | undefined;

/**
 * Watches the network namespace of the calling thread. All who do share one watch.
 * @param changed called after each burst of changes
 */
export function watchNetwork(changed: () => void): AsyncDisposable & { close(): Promise<void> } {
  shared ??= begin();
  const watch = shared;
  watch.listeners.add(changed);
  const close = async (): Promise<void> => {
    watch.listeners.delete(changed);
    if (watch.listeners.size > 0) return;
    if (shared === watch) shared = undefined;
    await watch.readiness.close();
    await watch.running;
  };
  return { close, [Symbol.asyncDispose]: close };
}

function begin(): Watch {
  const fd = openChanges();
  const readiness = new Readiness(fd);
  const listeners = new Set<() => void>();
  const slab = new Uint8Array(65_536);
  const run = async (): Promise<void> => {
    while (await readiness.readable()) {
      await pause(burst);
      if (listeners.size > 0 && readChanges(fd, slab)) for (const listener of [...listeners]) listener();
    }
  };
  return { readiness, listeners, running: run() };
}
