/** Steps that make a whole tunnel: both end points as processes, and the relays between them. */
import { setTimeout as pause } from 'node:timers/promises';
import { Given } from '@cucumber/cucumber';
import { adapterIn } from './lab/networks/adapter-device.ts';
import { networksBehind } from './lab/networks/kernel-tables.ts';
import type { NodeName } from './lab/networks/namespace.ts';
import { virtualLan, virtualLan6 } from './lab/networks/virtual-lan.ts';
import type { Overrides } from './peers/configuration.ts';
import { preferredSuite } from './peers/declaration.ts';
import type { Iut } from './peers/iut.ts';
import { lab } from './peers.ts';
import { addPlace } from './places.ts';
import type { ConformanceWorld } from './world.ts';

/** What is particular to the configurations of a tunnel's ends. */
export interface TunnelOptions {
  readonly server?: Overrides;
  readonly client?: Overrides;
  /** Relays to start; the client's path is in its configuration. */
  readonly relays?: readonly ('relay-b' | 'relay-c')[];
}

/** In a laboratory that there is: starts the server, the relays and the client. Resolves when the client's adapter is up. */
export async function startTunnel(world: ConformanceWorld, options: TunnelOptions): Promise<void> {
  const relays = (options.relays ?? []).map((relay) => world.startRelay(relay));
  await Promise.all([world.startServer(options.server), ...relays]);
  const client = await world.startClient(options.client);
  await client.event('authorized');
  await client.event('adapter');
  await routesLaid(world, client);
}

/** Milliseconds, of both ends: a tunnel connection that is dead is noticed in seconds. */
const soon = { stalledFrame: 1_000, keepAlive: 500, silence: 2_500, dying: 300 };

/**
 * In a laboratory that there is: an end that hears nothing any more notices it in seconds, and the client connects again.
 * @param changes further keys of the ends
 */
export async function startTunnelThatReconnects(world: ConformanceWorld, changes: TunnelOptions = {}): Promise<void> {
  const timers = { responseWait: 1_500, backOffMin: 100, backOffMax: 300, ...soon };
  await startTunnel(world, {
    client: { reconnect: true, timers, ...changes.client },
    server: { timers: { receiveRelay: 1_500, connectWait: 1_500, confirmation: 1_500, ...soon }, ...changes.server },
  });
}

/** Milliseconds in which routes may follow the event. */
const routesFollow = 2_000;

/** The event promises the address alone; and which routes there are, the user may have a say in. */
export async function routesLaid(world: ConformanceWorld, client: Iut, node: NodeName = 'client'): Promise<void> {
  const { adapter } = client.configuration as { adapter: { configure: string; routes?: boolean } };
  if (adapter.configure !== 'direct' || adapter.routes === false) return;
  const namespace = world.lab.namespace(node);
  const over = performance.now() + routesFollow;
  while ((await networksBehind(namespace, 'IPv4', adapterIn(namespace))).length === 0 && performance.now() < over)
    await pause(20);
}

/** Both ends in both families; `server6` is a place from now on. */
export async function tunnelOfBoth(world: ConformanceWorld, { client, server }: TunnelOptions): Promise<void> {
  await lab(world, { ipv6: true });
  addPlace(world, 'server6', { namespace: world.lab.namespace('server'), address: virtualLan6.serverAddress });
  const adapter = { address6: virtualLan6.serverPrefix };
  const routes = [virtualLan.behindServer, virtualLan6.behindServer];
  await startTunnel(world, { client: client ?? {}, server: { adapter, clientData: { routes }, ...server } });
}

/** Unless named, suite and transform are those that the implementation under test prefers. */
Given(
  /^a tunnel(?: with suite (\S+) and transform (\S+))?(, its adapter left to a DHCP client)?$/,
  async function (this: ConformanceWorld, suite: string | null, transform: string | null, dhcp: string | null) {
    const { declaration } = this;
    await lab(this);
    const transforms = [transform ?? declaration.transforms[0] ?? 'chacha20poly1305'];
    const adapter = { configure: dhcp === null ? 'direct' : 'dhcp', routes: true };
    const client = { server: { suite: suite ?? preferredSuite(declaration) }, transforms, adapter };
    await startTunnel(this, { server: { transforms }, client });
  },
);
