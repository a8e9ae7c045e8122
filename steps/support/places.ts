/** The words by which steps call where traffic starts and ends: `client` and `server`, and what a scenario adds to them. */
import { LabFailure } from './lab/failure.ts';
import { virtualLan } from './lab/networks/virtual-lan.ts';
import type { ConformanceWorld } from './world.ts';

export interface Place {
  /** As `ip netns` knows it. */
  readonly namespace: string;
  /** By which other places reach it. */
  readonly address: string;
}

declare module './world.ts' {
  interface Facts {
    places: ReadonlyMap<string, Place>;
  }
}

const endPoints: ReadonlyMap<string, string> = new Map([
  ['client', virtualLan.clientAddress],
  ['server', virtualLan.serverAddress],
]);

const added = (world: ConformanceWorld): ReadonlyMap<string, Place> =>
  world.has('places') ? world.get('places') : new Map();

/** Lets later steps of this scenario call a place by this name. */
export function addPlace(world: ConformanceWorld, name: string, place: Place): void {
  world.set('places', new Map([...added(world), [name, place]]));
}

/** @throws LabFailure when nothing has that name */
export function placeOf(world: ConformanceWorld, name: string): Place {
  const address = endPoints.get(name);
  const place = added(world).get(name) ?? (address && { namespace: world.lab.namespace(name), address });
  if (place) return place;
  throw new LabFailure(`no place is named ${name}: client, server, or one that an earlier step made`);
}
