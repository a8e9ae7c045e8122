/** [EP] fig. 23, 504 to 520: one pseudo network adapter that stays while tunnel connections come and go. */
import { isDeepStrictEqual } from 'node:util';
import { Adapter } from '../adapter/adapter.ts';
import { setAddress } from '../adapter/address.ts';
import { Routes } from '../adapter/routes.ts';
import type { ClientData, NetworkSettings } from '../wire/client-data.ts';
import { toNetworkSettings } from '../wire/client-data.ts';
import { judge } from './acceptance.ts';
import type { ClientConfig } from './config.ts';
import { type OpenDevice, openTap } from './device.ts';
import type { Log } from './log.ts';
import { watchRoutes } from './route-watch.ts';
import { connectedSubnets } from './subnets.ts';

interface Ports {
  readonly log: Log;
  readonly openDevice: OpenDevice | undefined;
  /** @returns whether there is a tunnel for the datagram. */
  readonly tunnel: (datagram: Uint8Array) => boolean;
  readonly failed: (error: unknown) => void;
}

/** A server may send anything that has the form of a datagram: whose it is, its own policy has judged. */
const anyone = (): boolean => true;

export class ClientAdapter {
  readonly #config: ClientConfig;
  readonly #ports: Ports;
  #adapter: Adapter | undefined;
  #routes: Routes | undefined;
  #unwatch: (() => void) | undefined;
  #settings: NetworkSettings | undefined;
  /** One activation or closing after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(config: ClientConfig, ports: Ports) {
    this.#config = config;
    this.#ports = ports;
  }

  settingsOf(clientData: ClientData): NetworkSettings {
    return toNetworkSettings(clientData);
  }

  /**
   * Makes the client data available to the adapter (508) and brings it up (510); again after Reconnect.
   * @returns the adapter's name if it is new.
   */
  activate(clientData: ClientData, firstHops: readonly string[]): Promise<string | undefined> {
    return this.#next(() => this.#activate(this.#accepted(clientData), firstHops));
  }

  deliver(datagram: Uint8Array): void {
    this.#adapter?.deliver(datagram, anyone);
  }

  pressure(full: boolean): void {
    if (full) this.#adapter?.pause();
    else this.#adapter?.resume();
  }

  /** Gives back the routes, then the adapter. */
  close(): Promise<void> {
    return this.#next(async () => {
      this.#unwatch?.();
      await this.#routes?.remove();
      await this.#adapter?.close();
      this.#adapter = undefined;
      this.#routes = undefined;
      this.#settings = undefined;
    });
  }

  #next<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act, act);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #accepted(clientData: ClientData): NetworkSettings {
    const { accept, adapter } = this.#config;
    const { accepted, refused } = judge(toNetworkSettings(clientData), accept, connectedSubnets(adapter.name));
    for (const { option, reason } of refused) this.#ports.log.warn(`client data: ${option} is refused: ${reason}`);
    if (accepted !== undefined) return accepted;
    throw new Error(`the server's client data cannot be used: ${refused.map(({ reason }) => reason).join('; ')}`);
  }

  async #activate(settings: NetworkSettings, firstHops: readonly string[]): Promise<string | undefined> {
    const { adapter: wanted } = this.#config;
    const renew = this.#settings !== undefined && !isDeepStrictEqual(settings, this.#settings);
    const fresh = this.#adapter === undefined;
    this.#adapter ??= new Adapter({
      device: await (this.#ports.openDevice ?? openTap)(wanted.name),
      tunnel: this.#ports.tunnel,
      failed: this.#ports.failed,
    });
    const { name } = this.#adapter;
    if (fresh || renew) {
      this.#adapter.activate(clientActivation(settings, wanted.mtu), renew);
      if (wanted.configure === 'direct')
        await setAddress(name, { address: settings.address, length: settings.prefixLength });
    }
    this.#settings = settings;
    if (wanted.routes && wanted.configure !== 'none') await this.#route(name, settings, firstHops);
    return fresh ? name : undefined;
  }

  /** Step 520: the routes to the private network, through the server's adapter. */
  async #route(device: string, settings: NetworkSettings, firstHops: readonly string[]): Promise<void> {
    this.#routes ??= new Routes(device);
    const routes = settings.routes.map(({ destination, prefixLength, gateway }) => ({
      address: destination,
      length: prefixLength,
      gateway,
    }));
    for (const { reason } of await this.#routes.install(routes, firstHops))
      this.#ports.log.warn(`client data: a route is refused: ${reason}`);
    this.#unwatch?.();
    this.#unwatch = watchRoutes(device, this.#routes, (error) => this.#ports.failed(error));
  }
}
