/** Routes that the local stack refuses, each told to the user once. */
import type { RefusedRoute } from '../linux/routing/routes.ts';

/** Reports each route that the local stack refuses once, and again only after it was accepted meanwhile. */
export class RefusedRoutes {
  readonly #tell: (refused: RefusedRoute) => void;
  #known: ReadonlySet<string> = new Set();

  constructor(tell: (refused: RefusedRoute) => void) {
    this.#tell = tell;
  }

  /** @param refused all that are refused now */
  update(refused: readonly RefusedRoute[]): void {
    for (const one of refused) if (!this.#known.has(one.reason)) this.#tell(one);
    this.#known = new Set(refused.map(({ reason }) => reason));
  }
}
