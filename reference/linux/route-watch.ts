/** [EP] fig. 23, 520: notices when the local stack's links, addresses and routing table change, through rtnetlink(7). */
import { setTimeout as pause } from 'node:timers/promises';
import * as libc from '../libc/libc.ts';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_ROUTE = 0;
/** RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE. */
const GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;
const HEADER_LENGTH = 16;

/** RTM_NEWLINK, RTM_DELLINK, RTM_NEWADDR, RTM_DELADDR, RTM_NEWROUTE, RTM_DELROUTE. */
const TELLING: ReadonlySet<number> = new Set([16, 17, 20, 21, 24, 25]);

/** Milliseconds within which changes are one burst: a link that goes down takes its addresses and routes along. */
const SETTLE = 20;

export class RouteWatch implements AsyncDisposable {
  readonly #fd: number;
  readonly #stop: number;
  readonly #running: Promise<void>;
  #closed = false;

  /**
   * Watches the network namespace of the calling thread.
   * @param changed called after each burst of changes
   */
  constructor(changed: () => void) {
    this.#fd = libc.socket(AF_NETLINK, SOCK_RAW | libc.SOCK_CLOEXEC | libc.O_NONBLOCK, NETLINK_ROUTE);
    const address = new Uint8Array(12);
    const view = new DataView(address.buffer);
    view.setUint16(0, AF_NETLINK, true);
    view.setUint32(8, GROUPS, true);
    libc.bind(this.#fd, address);
    this.#stop = libc.eventfd();
    this.#running = this.#run(changed);
  }

  async close(): Promise<void> {
    if (!this.#closed) libc.signal(this.#stop);
    this.#closed = true;
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(changed: () => void): Promise<void> {
    const slab = new Uint8Array(65_536);
    const address = libc.addressOf(slab);
    try {
      while (true) {
        const [, stop = 0] = await libc.pollReadable([this.#fd, this.#stop]);
        if (stop !== 0) return;
        await pause(SETTLE);
        let telling = false;
        for (let count = this.#read(address, slab.length); count !== libc.WOULD_BLOCK; ) {
          if (count === OVERRUN || types(slab.subarray(0, count)).some((type) => TELLING.has(type))) telling = true;
          count = this.#read(address, slab.length);
        }
        if (telling && !this.#closed) changed();
      }
    } finally {
      libc.close(this.#fd);
      libc.close(this.#stop);
    }
  }

  /** More changes than the socket holds are as good as one that tells. */
  #read(address: number, length: number): number {
    try {
      return libc.read(this.#fd, address, length);
    } catch (error) {
      if (error instanceof libc.SystemCallFailure && error.code === 'ENOBUFS') return OVERRUN;
      throw error;
    }
  }
}

/** The one watch of this thread, for all who want to know: each watch keeps a thread of the pool. */
let shared: { readonly watch: RouteWatch; readonly listeners: Set<() => void> } | undefined;

/**
 * Watches the network namespace of the calling thread, together with others who do.
 * @param changed called after each burst of changes
 */
export function watchNetwork(changed: () => void): { close(): Promise<void> } {
  const listeners = shared?.listeners ?? new Set();
  const watching = shared ?? {
    listeners,
    watch: new RouteWatch(() => {
      for (const listener of [...listeners]) listener();
    }),
  };
  shared = watching;
  listeners.add(changed);
  return {
    close: async () => {
      listeners.delete(changed);
      if (listeners.size > 0 || shared !== watching) return;
      shared = undefined;
      await watching.watch.close();
    },
  };
}

const OVERRUN = -2;

/** The types of the messages in a datagram, each `length` u32, `type` u16, … and padded to 4 octets. */
function types(datagram: Uint8Array): number[] {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const found: number[] = [];
  for (let offset = 0; offset + HEADER_LENGTH <= datagram.length; ) {
    const length = view.getUint32(offset, true);
    if (length < HEADER_LENGTH) break;
    found.push(view.getUint16(offset + 4, true));
    offset += (length + 3) & ~3;
  }
  return found;
}
