/** A route for each tunnel client that this member of a group has: what others have must not be swallowed here. */
import { ip } from './iproute2.ts';
import { ROUTE_PROTOCOL } from './route-table.ts';

export class HostRoutes {
  readonly #device: string;
  /** Changes one after the other: a client may be gone before its route is there. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param device name of the pseudo network adapter; its routes go with it */
  constructor(device: string) {
    this.#device = device;
  }

  /** @param address IPv4. @throws DeviceFailure */
  add(address: string): Promise<void> {
    return this.#change('replace', address);
  }

  remove(address: string): Promise<void> {
    return this.#change('delete', address);
  }

  #change(action: 'replace' | 'delete', address: string): Promise<void> {
    const words = ['-4', 'route', action, `${address}/32`, 'dev', this.#device, 'proto', ROUTE_PROTOCOL];
    const done = this.#turn.then(async () => void (await ip(...words)));
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
