/** What devices of a namespace lose, be it for a moment: rtnetlink(7) tells of every address and route that is removed. */
import { close, read } from '../../../../reference/libc/descriptors.ts';
import { addressOf, WOULD_BLOCK } from '../../../../reference/libc/native.ts';
import { openChanges, RTM_DELROUTE } from '../../../../reference/libc/netlink.ts';
import { viewOf } from '../../../../reference/octets.ts';
import { kernelCall } from '../failure.ts';
import { inNamespace } from './setns.ts';

/** <linux/rtnetlink.h>, <linux/if_addr.h> */
const RTM_DELADDR = 21;
const IFA_ADDRESS = 1;
const RTA_DST = 1;
const RTA_OIF = 4;
/** `struct nlmsghdr`, `struct ifaddrmsg`, whose last field is the index of the device, `struct rtmsg`. */
const headerLength = 16;
const addressLength = 8;
const routeLength = 12;

interface Loss {
  /** Index of the device. */
  readonly device: number;
  readonly what: string;
}

/** Kept from `watch` on; reading them takes what has come so far, without waiting. */
export class Losses implements AsyncDisposable {
  readonly #fd: number;
  readonly #slab = new Uint8Array(65_536);
  readonly #losses: Loss[] = [];

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Watches from now on. @param namespace as `ip netns` knows it */
  static watch(namespace: string): Losses {
    return new Losses(inNamespace(namespace, openChanges));
  }

  /** What a device has lost so far, each in words. */
  of(device: number): string[] {
    // The kernel keeps what was not read yet. More than it keeps is an error of the lab's.
    const next = (): number => kernelCall(() => read(this.#fd, addressOf(this.#slab), this.#slab.length));
    for (let count = next(); count !== WOULD_BLOCK; count = next())
      this.#losses.push(...lossesIn(this.#slab.subarray(0, count)));
    return this.#losses.filter((loss) => loss.device === device).map(({ what }) => what);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    close(this.#fd);
  }
}

/** Of the messages in a datagram, each padded to 4 octets. */
function lossesIn(datagram: Uint8Array): Loss[] {
  const view = viewOf(datagram);
  const losses: Loss[] = [];
  for (let at = 0; at + headerLength <= datagram.length; ) {
    const length = view.getUint32(at, true);
    const type = view.getUint16(at + 4, true);
    const body = datagram.subarray(at + headerLength, at + length);
    if (type === RTM_DELADDR) losses.push(ofAddress(body));
    else if (type === RTM_DELROUTE) losses.push(ofRoute(body));
    at += (Math.max(length, headerLength) + 3) & ~3;
  }
  return losses;
}

function ofAddress(body: Uint8Array): Loss {
  const address = attributes(body.subarray(addressLength)).get(IFA_ADDRESS);
  return { device: viewOf(body).getUint32(4, true), what: `the address ${address?.toHex()}` };
}

/** Its second octet is the length of the prefix. */
function ofRoute(body: Uint8Array): Loss {
  const found = attributes(body.subarray(routeLength));
  const device = found.get(RTA_OIF);
  const what = `the route to ${found.get(RTA_DST)?.toHex() ?? 'all'}/${body[1]}`;
  return { device: device === undefined ? 0 : viewOf(device).getUint32(0, true), what };
}

/** `struct rtattr`: length u16, type u16, then its octets, padded to 4. */
function attributes(octets: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const view = viewOf(octets);
  const found = new Map<number, Uint8Array>();
  for (let at = 0; at + 4 <= octets.length; ) {
    const length = view.getUint16(at, true);
    found.set(view.getUint16(at + 2, true), octets.slice(at + 4, at + length));
    at += (Math.max(length, 4) + 3) & ~3;
  }
  return found;
}
