/** Whether a client's adapter is what it was, and has been so all the time. */
import assert from 'node:assert/strict';
import { adapterIn } from './lab/networks/adapter-device.ts';
import { ipJson } from './lab/networks/iproute2.ts';
import { addressesOf, linkOf } from './lab/networks/kernel-tables.ts';
import { Losses } from './lab/networks/losses.ts';
import type { ConformanceWorld } from './world.ts';

interface AdapterState {
  readonly ifindex: number;
  /** Of both families, with their prefix lengths. */
  readonly addresses: readonly string[];
  /** Their destinations. */
  readonly routes: readonly string[];
}

declare module './world.ts' {
  interface Facts {
    noted: { readonly adapter: AdapterState; readonly losses: Losses };
  }
}

/** `assertAdapterKept` compares with this moment. */
export async function noteAdapter(world: ConformanceWorld): Promise<void> {
  const losses = world.own(Losses.watch(world.lab.namespace('client')));
  world.set('noted', { losses, adapter: await adapterNow(world) });
}

/** The same device has the same addresses and routes, and has lost none of them meanwhile. */
export async function assertAdapterKept(world: ConformanceWorld): Promise<void> {
  const { adapter, losses } = world.get('noted');
  const now = await adapterNow(world);
  assert.deepEqual(now, adapter);
  assert.deepEqual(losses.of(now.ifindex), [], 'for a moment it did not have all that it has');
}

async function adapterNow(world: ConformanceWorld): Promise<AdapterState> {
  const namespace = world.lab.namespace('client');
  const device = adapterIn(namespace);
  const { ifindex } = await linkOf(namespace, device);
  const addresses = [
    ...(await addressesOf(namespace, 'IPv4', device)),
    ...(await addressesOf(namespace, 'IPv6', device)),
  ];
  const routes = await ipJson<{ dst: string }>(namespace, 'route', 'show', 'dev', device);
  return {
    ifindex,
    addresses: addresses.map(({ local, prefixlen }) => `${local}/${prefixlen}`).sort(),
    routes: routes.map(({ dst }) => dst).sort(),
  };
}
