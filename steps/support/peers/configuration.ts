/** The neutral configuration of each role (docs/iut.md), with what scenarios have in common as defaults. */

import { virtualLan, wantedDevice } from '../lab/networks/virtual-lan.ts';
import { type Declaration, preferredSuite } from './declaration.ts';
import { identityOf } from './identities.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
/** Changes to a configuration: objects merge, everything else replaces, undefined removes. */
export type Overrides = { readonly [key: string]: Json | undefined };

/** The port of a tunnel server and of every relay. */
export const tunnelPort = 3265;

/** A tunnel initiator named alice that goes straight to server.test. */
export function clientConfiguration(declaration: Declaration, overrides: Overrides = {}): Json {
  const base = {
    role: 'client',
    name: 'alice',
    privateKey: identityOf('alice').privateKey,
    path: [`server.test:${tunnelPort}`],
    server: {
      publicKey: identityOf('server.test').publicKey,
      suite: preferredSuite(declaration),
    },
    transforms: [...declaration.transforms],
    adapter: { name: wantedDevice, configure: 'direct' },
    reconnect: false,
  };
  return merge(base, overrides);
}

/** A tunnel server named server.test that knows alice; the members of a group all have this name and its key. */
export function serverConfiguration(declaration: Declaration, overrides: Overrides = {}): Json {
  const base = {
    role: 'server',
    listen: `0.0.0.0:${tunnelPort}`,
    names: ['server.test'],
    privateKey: identityOf('server.test').privateKey,
    initiators: [
      {
        name: 'alice',
        publicKey: identityOf('alice').publicKey,
        suites: [...declaration.suites],
        address: virtualLan.clientAddress,
      },
    ],
    transforms: [...declaration.transforms],
    adapter: {
      name: wantedDevice,
      address: `${virtualLan.serverAddress}/${virtualLan.prefixLength}`,
      mtu: virtualLan.mtu,
      clientPhysical: virtualLan.clientPhysical,
      serverPhysical: virtualLan.serverPhysical,
    },
    clientData: { pool: '10.8.0.10-10.8.0.99', routes: [virtualLan.behindServer], leaseSeconds: 3600 },
  };
  return merge(base, overrides);
}

const relayedTo = ['relay-b.test', 'relay-c.test', 'server.test', 'server-2.test', 'server-3.test'];

/** A tunnel relay that may connect to every other relay and server of the lab. @param name `relay-b.test` for instance */
export function relayConfiguration(name: string, overrides: Overrides = {}): Json {
  const others = relayedTo.filter((other) => other !== name);
  const base = {
    role: 'relay',
    listen: `0.0.0.0:${tunnelPort}`,
    names: [name],
    allow: others.map((other) => ({ name: other, ports: [1, tunnelPort] })),
  };
  return merge(base, overrides);
}

/**
 * No option of DATA, said to those that know the key: without it each implementation has its own default (docs/protocol.md,
 * section 5.2). For scenarios whose octets hang on it.
 */
export function withoutDataOptions({ capabilities }: Declaration): Overrides {
  return capabilities.includes('bundles') || capabilities.includes('offload') ? { dataOptions: [] } : {};
}

/** Lays `changes` over `base`. */
export function merge(base: Json, changes: Json | undefined): Json {
  if (!isObject(base) || !isObject(changes)) return changes ?? base;
  const merged: Record<string, Json | undefined> = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const old = merged[key];
    if (value === undefined) delete merged[key];
    else merged[key] = old === undefined ? value : merge(old, value);
  }
  return merged;
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
