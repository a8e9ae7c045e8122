/** [EP] fig. 23, 508 to 520: sets the adapter's addresses and the routes through it in the local stack, and keeps them there. */

import { isUp } from '../../libc/netdevice.ts';
import { contains, hostPrefix, type Prefix, prefixText, type Route } from '../../packets/prefix.ts';
import { SerialQueue } from '../programs/serial-queue.ts';
import { type Address, missingAddresses, removeAddress, setAddress } from './address.ts';
import { hasNeighbour, type Neighbour, removeNeighbour, setNeighbour } from './neighbour.ts';
import { Pins } from './pins.ts';
import { Repairing, type RepairPorts } from './repairing.ts';
import { type RefusedRoute, Routes } from './routes.ts';

const { isDeepStrictEqual } = process.getBuiltinModule('node:util');

export interface StackConfiguration {
  /** Set at once. Without any, a DHCP client and autoconfiguration set them. */
  readonly addresses?: readonly Address[];
  /** Known without being asked for, such as gateways of the routes. */
  readonly neighbours?: readonly Neighbour[];
  /** To networks that the adapter's own addresses are in. */
  readonly ownRoutes?: readonly Route[];
  readonly routes: readonly Route[];
  /** Addresses that the tunnel connection itself goes to. */
  readonly firstHops?: readonly string[];
  /** What else may come to be routed through the adapter, such as by a DHCP client. */
  readonly reachable?: readonly Prefix[];
}

/**
 * What this process has set for one adapter. Changes are made one after the other; to dispose of it takes all of them back.
 */
export class LocalStack implements AsyncDisposable {
  readonly #device: string;
  readonly #routes: Routes;
  readonly #pins: Pins;
  readonly #ports: RepairPorts;
  #repairing: Repairing | undefined;
  #addresses: readonly Address[] = [];
  #neighbours: readonly Neighbour[] = [];
  /** The routes last asked for, own ones first, and which of them were refused. */
  #installed: { readonly routes: readonly Route[]; readonly refused: readonly RefusedRoute[] } | undefined;
  #hops: readonly string[] = [];
  readonly #changes = new SerialQueue();

  /**
   * @param device name of an adapter, in the network namespace of the calling thread
   * @param failed gets why routes could not be repaired
   * @param contested gets a line for the user when something is left alone because another program removes it
   */
  constructor(device: string, failed: (error: unknown) => void, contested: (line: string) => void = () => undefined) {
    this.#device = device;
    this.#routes = new Routes(device);
    this.#pins = new Pins(device);
    this.#ports = {
      failed,
      contested,
      repair: (admit) =>
        this.#changes.run(async () => {
          // An adapter that is down takes nothing, and has lost it to nobody: when it is up again, this is asked again.
          if (this.#repairing === undefined || !isUp(this.#device)) return;
          for (const address of missingAddresses(this.#device, this.#addresses))
            if (admit(`the address ${prefixText(address)}`)) await setAddress(this.#device, address);
          for (const neighbour of this.#neighbours)
            if (!(await hasNeighbour(this.#device, neighbour)) && admit(`the neighbour ${neighbour.address}`))
              await setNeighbour(this.#device, neighbour);
          await this.#pins.refresh(admit);
          await this.#routes.repair(admit);
        }),
    };
  }

  /**
   * Sets all this and keeps it: routes and addresses that another manager removes come back, and the routes to the first
   * hops follow the machine. What an earlier configuration had and this one has not is removed.
   * @returns routes that are refused
   * @throws DeviceFailure with what iproute2 complained of
   */
  configure({
    addresses = [],
    neighbours = [],
    ownRoutes = [],
    routes,
    firstHops = [],
    reachable = [],
  }: StackConfiguration): Promise<readonly RefusedRoute[]> {
    return this.#changes.run(async () => {
      const before = this.#addresses;
      for (const old of before)
        if (!addresses.some((wanted) => prefixText(wanted) === prefixText(old))) await removeAddress(this.#device, old);
      const covered = [...routes, ...reachable];
      const hops = [...new Set(firstHops)].filter((hop) => covered.some((prefix) => contains(prefix, hostPrefix(hop))));
      // A first hop is pinned before a route covers it, and as long as one does.
      await this.#pins.set([...new Set([...this.#hops, ...hops])]);
      this.#hops = hops;
      // What is there already is not set again: a tunnel connection that is renewed waits for this.
      this.#addresses = addresses;
      for (const wanted of addresses)
        if (!before.some((old) => isDeepStrictEqual(old, wanted))) await setAddress(this.#device, wanted);
      await this.#setNeighbours(neighbours);
      const all = [...ownRoutes, ...routes];
      if (!isDeepStrictEqual(all, this.#installed?.routes))
        this.#installed = { routes: all, refused: await this.#routes.install(routes, ownRoutes) };
      await this.#pins.set(hops);
      if (addresses.length + all.length + hops.length > 0) this.#repairing ??= new Repairing(this.#ports);
      return this.#installed?.refused ?? [];
    });
  }

  async #setNeighbours(neighbours: readonly Neighbour[]): Promise<void> {
    if (isDeepStrictEqual(neighbours, this.#neighbours)) return;
    for (const old of this.#neighbours) await removeNeighbour(this.#device, old);
    this.#neighbours = neighbours;
    for (const wanted of neighbours) await setNeighbour(this.#device, wanted);
  }

  /** What other programs remove is not put back any more: this process may not do so. */
  async leaveAlone(): Promise<void> {
    const repairing = this.#repairing;
    this.#repairing = undefined;
    await repairing?.close();
  }

  /** Removes all that was set. */
  async close(): Promise<void> {
    await this.leaveAlone();
    await this.#changes.run(async () => {
      await this.#routes.remove();
      this.#installed = undefined;
      await this.#pins.remove();
      await this.#setNeighbours([]);
      for (const address of this.#addresses) await removeAddress(this.#device, address);
      this.#addresses = [];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
