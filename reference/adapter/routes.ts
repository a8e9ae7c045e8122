/**
 * [EP] fig. 23, 520: the routes of the private network, with the server's adapter as their gateway, in the local stack's
 * routing table (claims 3 and 11). What was installed is remembered, repaired and taken back.
 */
import { family, ip } from './iproute2.ts';
import { contains, type Prefix, textOf } from './prefix.ts';
import { refusalOf } from './route-policy.ts';

export interface Route extends Prefix {
  /** The address of the adapter at the other end. */
  readonly gateway: string;
}

export interface RefusedRoute {
  readonly route: Route;
  /** A line for the user. */
  readonly reason: string;
}

/** A line of `ip -j route show` or `route get`. */
interface KernelRoute {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly metric?: number;
}

/** One route of ours: how it is put there and how it is taken back. */
interface Installed {
  readonly prefix: string;
  readonly where: readonly string[];
}

export class Routes implements AsyncDisposable {
  readonly #device: string;
  #installed: Installed[] = [];
  /** Changes to the routing table one after the other, in the order in which they were asked for. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param device name of the adapter, in the network namespace of the calling thread */
  constructor(device: string) {
    this.#device = device;
  }

  /**
   * Installs these routes and no others: what was installed before and is not among them is removed. Idempotent.
   * @param firstHops addresses that the tunnel connection itself goes to: they keep the way they have now, or the tunnel
   * would carry itself
   * @returns the routes that are refused
   */
  install(routes: readonly Route[], firstHops: readonly string[] = []): Promise<readonly RefusedRoute[]> {
    return this.#next(async () => {
      const refused: RefusedRoute[] = [];
      const accepted: Route[] = [];
      for (const route of routes) {
        const reason = refusalOf(route, this.#device) ?? (await this.#taken(route));
        if (reason === undefined) accepted.push(route);
        else refused.push({ route, reason });
      }
      const wanted = [...(await this.#pins(accepted, firstHops)), ...accepted.flatMap((route) => this.#entries(route))];
      for (const old of this.#installed)
        if (!wanted.some((entry) => entry.prefix === old.prefix)) await this.#remove(old);
      this.#installed = [];
      for (const entry of wanted) {
        await this.#replace(entry);
        this.#installed.push(entry);
      }
      return refused;
    });
  }

  /** Puts back whatever another manager has removed since. */
  repair(): Promise<void> {
    return this.#next(async () => {
      for (const entry of this.#installed) await this.#replace(entry);
    });
  }

  /** What the kernel has through this adapter, gateways only. */
  async list(): Promise<readonly Route[]> {
    const lines = await Promise.all(
      ['-4', '-6'].map(async (flag) => {
        const found = (await ip(flag, 'route', 'show', 'dev', this.#device)) as KernelRoute[];
        return found.flatMap(({ dst, gateway }) =>
          gateway === undefined ? [] : [{ ...prefixOf(dst, flag === '-6'), gateway }],
        );
      }),
    );
    return lines.flat();
  }

  /** Takes everything back, the last first; what is gone already is no error. */
  remove(): Promise<void> {
    return this.#next(async () => {
      for (const entry of this.#installed.splice(0).reverse()) await this.#remove(entry);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
  }

  #next<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act, act);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** A default route is laid as two halves: they win over the one that is there, and leave it untouched. */
  #entries(route: Route): Installed[] {
    const where = ['via', route.gateway, 'dev', this.#device, 'onlink'];
    if (route.length > 0) return [{ prefix: textOf(route), where }];
    const halves = route.address.includes(':') ? ['::/1', '8000::/1'] : ['0.0.0.0/1', '128.0.0.0/1'];
    return halves.map((prefix) => ({ prefix, where }));
  }

  /** Why an identical route through another adapter is left alone. */
  async #taken(route: Route): Promise<string | undefined> {
    if (route.length === 0) return undefined;
    const found = (await ip(...family(route.address), 'route', 'show', 'exact', textOf(route))) as KernelRoute[];
    const other = found.find(({ dev, metric }) => dev !== this.#device && (metric ?? 0) === 0);
    return other && `${textOf(route)} is routed through ${other.dev ?? 'another adapter'} already`;
  }

  /** Host routes for first hops that the new routes would otherwise swallow. */
  async #pins(routes: readonly Route[], firstHops: readonly string[]): Promise<Installed[]> {
    const pins: Installed[] = [];
    for (const address of new Set(firstHops)) {
      const host = { address, length: address.includes(':') ? 128 : 32 };
      if (!routes.some((route) => contains(route, host))) continue;
      const prefix = textOf(host);
      const before = this.#installed.find((entry) => entry.prefix === prefix);
      const [way] = (await ip(...family(address), 'route', 'get', address)) as KernelRoute[];
      if (way?.dev === undefined || way.dev === 'lo') continue;
      if (way.dev !== this.#device) {
        const gateway = way.gateway === undefined ? [] : ['via', way.gateway];
        pins.push({ prefix, where: [...gateway, 'dev', way.dev] });
      } else if (before) pins.push(before);
    }
    return pins;
  }

  async #replace({ prefix, where }: Installed): Promise<void> {
    await ip(...family(prefix), 'route', 'replace', prefix, ...where);
  }

  async #remove({ prefix, where }: Installed): Promise<void> {
    await ip(...family(prefix), 'route', 'delete', prefix, ...where).catch(() => undefined);
  }
}

function prefixOf(destination: string, six: boolean): Prefix {
  const [address = '', length] = (destination === 'default' ? (six ? '::/0' : '0.0.0.0/0') : destination).split('/');
  return { address, length: length === undefined ? (six ? 128 : 32) : Number(length) };
}
