/** rtnetlink(7): requests to the kernel to change routes, and its reports of links, addresses and routes that have changed. */
import { concat, viewOf } from '../octets.ts';
import { close, read, write } from './descriptors.ts';
import { SystemCallFailure } from './failure.ts';
import { addressOf, errnoName, WOULD_BLOCK } from './native.ts';
import { bind, SOCK_NONBLOCK, SOCK_RAW, socket } from './sockets.ts';

const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;
const NLMSG_ERROR = 2;
const NLM_F_REQUEST = 0x1;
const NLM_F_ACK = 0x4;
export const NLM_F_CREATE = 0x400;

/** <linux/rtnetlink.h> */
const RTM_DELLINK = 17;
export const RTM_NEWROUTE = 24;
export const RTM_DELROUTE = 25;
/** RTM_NEWLINK, RTM_DELLINK, RTM_NEWADDR, RTM_DELADDR, RTM_NEWROUTE, RTM_DELROUTE. */
const changes: ReadonlySet<number> = new Set([16, 17, 20, 21, RTM_NEWROUTE, RTM_DELROUTE]);
/** RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE. */
const changeGroups = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

/** `struct nlmsghdr`: length u32, type u16, flags u16, number and sender u32. */
const HEADER_LENGTH = 16;

const open = (): number => socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_ROUTE);

/** Requests, each answered when the call returns. */
export class RouteRequests {
  readonly #fd = open();
  readonly #answer = new Uint8Array(4096);
  readonly #answerAddress = addressOf(this.#answer);

  /**
   * @param flags besides those of every request
   * @param body what follows the header
   * @returns the kernel's complaint, as the name of the error
   */
  send(type: number, flags: number, body: Uint8Array): string | undefined {
    const header = new Uint8Array(HEADER_LENGTH);
    const view = viewOf(header);
    view.setUint32(0, HEADER_LENGTH + body.length, true);
    view.setUint16(4, type, true);
    view.setUint16(6, flags | NLM_F_REQUEST | NLM_F_ACK, true);
    write(this.#fd, concat(header, body));
    read(this.#fd, this.#answerAddress, this.#answer.length);
    const answer = viewOf(this.#answer);
    const number = answer.getUint16(4, true) === NLMSG_ERROR ? answer.getInt32(HEADER_LENGTH, true) : 0;
    return number === 0 ? undefined : errnoName(-number);
  }

  close(): void {
    close(this.#fd);
  }
}

/** @param index of a device of the calling thread's network namespace. @returns the kernel's complaint */
export function deleteLink(index: number): string | undefined {
  const requests = new RouteRequests();
  try {
    // `struct ifinfomsg`: family, type, index, flags, change.
    return requests.send(RTM_DELLINK, 0, new Uint8Array(new Int32Array([0, index, 0, 0]).buffer));
  } finally {
    requests.close();
  }
}

/** @returns a socket that is readable when links, addresses or routes of the calling thread's namespace have changed */
export function openChanges(): number {
  const fd = open();
  const address = new Uint8Array(12);
  const view = viewOf(address);
  view.setUint16(0, AF_NETLINK, true);
  view.setUint32(8, changeGroups, true);
  bind(fd, address, address.length);
  return fd;
}

/** Reads what has come. @param slab at least as long as the longest datagram @returns whether it reports a change */
export function readChanges(fd: number, slab: Uint8Array): boolean {
  const address = addressOf(slab);
  let changed = false;
  while (true)
    try {
      const count = read(fd, address, slab.length);
      if (count === WOULD_BLOCK) return changed;
      if (types(slab.subarray(0, count)).some((type) => changes.has(type))) changed = true;
    } catch (error) {
      if (!(error instanceof SystemCallFailure) || error.code !== 'ENOBUFS') throw error;
      // More came than the socket holds, so something has changed.
      changed = true;
    }
}

/** The types of the messages in a datagram, each padded to 4 octets. */
function types(datagram: Uint8Array): number[] {
  const view = viewOf(datagram);
  const found: number[] = [];
  for (let offset = 0; offset + HEADER_LENGTH <= datagram.length; ) {
    const length = view.getUint32(offset, true);
    if (length < HEADER_LENGTH) break;
    found.push(view.getUint16(offset + 4, true));
    offset += (length + 3) & ~3;
  }
  return found;
}
