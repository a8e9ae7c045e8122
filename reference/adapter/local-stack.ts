/** [EP] fig. 23, 508 to 520: the local stack told of the adapter's address and of the routes through it, and kept to it. */
import { isDeepStrictEqual } from 'node:util';
import { type Address, removeAddress, setAddress } from './address.ts';
import { Pins } from './pins.ts';
import { contains, type Prefix, textOf } from './prefix.ts';
import { RepairLimit, rest } from './repair-limit.ts';
import { hostPrefix } from './route-table.ts';
import { watchNetwork } from './route-watch.ts';
import { type RefusedRoute, type Route, Routes } from './routes.ts';

export interface Wanted {
  /** Set here and now; none leaves it to a DHCP client and to autoconfiguration. */
  readonly addresses?: readonly Address[];
  readonly routes: readonly Route[];
  /** Addresses that the tunnel connection itself goes to. */
  readonly firstHops?: readonly string[];
  /** What else may come to be routed through the adapter, such as by a DHCP client. */
  readonly reachable?: readonly Prefix[];
}

export class LocalStack implements AsyncDisposable {
  readonly #device: string;
  readonly #routes: Routes;
  readonly #pins: Pins;
  readonly #limit: RepairLimit;
  readonly #failed: (error: unknown) => void;
  #watch: { close(): Promise<void> } | undefined;
  #addresses: readonly Address[] = [];
  /** The routes last asked for, and which of them were refused. */
  #installed: { readonly routes: readonly Route[]; readonly refused: readonly RefusedRoute[] } | undefined;
  #hops: readonly string[] = [];
  #repairing = false;
  #later: NodeJS.Timeout | undefined;
  /** Changes one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * @param device name of an adapter, in the network namespace of the calling thread
   * @param failed told when routes could not be repaired
   * @param contested told, with a line for the user, when a route is left alone because another program removes it
   */
  constructor(device: string, failed: (error: unknown) => void, contested: (line: string) => void = () => undefined) {
    this.#device = device;
    this.#routes = new Routes(device);
    this.#pins = new Pins(device);
    this.#failed = failed;
    this.#limit = new RepairLimit((prefix) => {
      contested(`another program keeps removing the route to ${prefix}: it is not put back for ${rest / 1000} s`);
      this.#later ??= setTimeout(() => {
        this.#later = undefined;
        this.#repair();
      }, rest).unref();
    });
  }

  /**
   * Makes it so, and keeps it so: routes that another manager removes come back, and the routes to the first hops follow
   * the machine. What was wanted before and is no longer is taken back.
   * @returns routes that are refused
   * @throws DeviceFailure with what iproute2 complained of
   */
  configure({ addresses = [], routes, firstHops = [], reachable = [] }: Wanted): Promise<readonly RefusedRoute[]> {
    return this.#next(async () => {
      const before = this.#addresses;
      for (const old of before)
        if (!addresses.some((wanted) => textOf(wanted) === textOf(old))) await removeAddress(this.#device, old);
      const covered = [...routes, ...reachable];
      const hops = [...new Set(firstHops)].filter((hop) => covered.some((prefix) => contains(prefix, hostPrefix(hop))));
      // A first hop is pinned before a route covers it, and as long as one does.
      await this.#pins.set([...new Set([...this.#hops, ...hops])]);
      this.#hops = hops;
      // What is so already is not done again: a tunnel connection that is renewed waits for this.
      for (const wanted of addresses)
        if (!before.some((old) => isDeepStrictEqual(old, wanted))) await setAddress(this.#device, wanted);
      this.#addresses = addresses;
      if (!isDeepStrictEqual(routes, this.#installed?.routes))
        this.#installed = { routes, refused: await this.#routes.install(routes) };
      await this.#pins.set(hops);
      if (routes.length > 0 || hops.length > 0) this.#watch ??= watchNetwork(() => this.#repair());
      return this.#installed?.refused ?? [];
    });
  }

  /** Takes back what was done. */
  async close(): Promise<void> {
    const watch = this.#watch;
    this.#watch = undefined;
    clearTimeout(this.#later);
    await watch?.close();
    await this.#next(async () => {
      await this.#routes.remove();
      this.#installed = undefined;
      await this.#pins.remove();
      for (const address of this.#addresses) await removeAddress(this.#device, address);
      this.#addresses = [];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** A burst of changes is one repair, and one more when some came in between. */
  #repair(): void {
    if (this.#repairing) return;
    this.#repairing = true;
    const admit = (prefix: string): boolean => this.#limit.admit(prefix, performance.now());
    this.#next(async () => {
      this.#repairing = false;
      if (this.#watch === undefined) return;
      await this.#pins.refresh(admit);
      await this.#routes.repair(admit);
    }).catch((error: unknown) => {
      if (this.#watch) this.#failed(error);
    });
  }

  #next<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act, act);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
