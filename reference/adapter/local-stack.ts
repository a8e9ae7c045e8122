/** [EP] fig. 23, 508 to 520: the local stack told of the adapter's address and of the routes through it, and kept to it. */
import { removeAddress, setAddress } from './address.ts';
import type { Prefix } from './prefix.ts';
import { RouteWatch } from './route-watch.ts';
import { type RefusedRoute, type Route, Routes } from './routes.ts';

export interface Wanted {
  /** Set here and now; undefined leaves it to a DHCP client. */
  readonly address?: Prefix | undefined;
  /** Whether the address brings a route to all of its prefix; by default it does. */
  readonly prefixRoute?: boolean;
  readonly routes: readonly Route[];
  /** Addresses that the tunnel connection itself goes to. */
  readonly firstHops?: readonly string[];
}

export class LocalStack implements AsyncDisposable {
  readonly #device: string;
  readonly #routes: Routes;
  readonly #failed: (error: unknown) => void;
  #watch: RouteWatch | undefined;
  #address: Prefix | undefined;
  #repairing = false;

  /**
   * @param device name of an adapter that is up, in the network namespace of the calling thread
   * @param failed told when routes could not be repaired
   */
  constructor(device: string, failed: (error: unknown) => void) {
    this.#device = device;
    this.#routes = new Routes(device);
    this.#failed = failed;
  }

  /**
   * Makes it so, and keeps it so: routes that another manager removes come back. What was wanted before and is no longer
   * is taken back.
   * @returns routes that are refused
   * @throws DeviceFailure with what iproute2 complained of
   */
  async configure({ address, prefixRoute, routes, firstHops = [] }: Wanted): Promise<readonly RefusedRoute[]> {
    const before = this.#address;
    if (before && (before.address !== address?.address || before.length !== address.length))
      await removeAddress(this.#device, before);
    if (address) await setAddress(this.#device, address, prefixRoute);
    this.#address = address;
    const refused = await this.#routes.install(routes, firstHops);
    if (routes.length > 0) this.#watch ??= new RouteWatch(() => this.#repair());
    return refused;
  }

  /** Takes back what was done. */
  async close(): Promise<void> {
    await this.#watch?.close();
    this.#watch = undefined;
    await this.#routes.remove();
    if (this.#address) await removeAddress(this.#device, this.#address);
    this.#address = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** A burst of changes is one repair, and one more when some came in between. */
  #repair(): void {
    if (this.#repairing) return;
    this.#repairing = true;
    setImmediate(() => {
      this.#repairing = false;
      this.#routes.repair().catch((error: unknown) => {
        if (this.#watch) this.#failed(error);
      });
    });
  }
}
