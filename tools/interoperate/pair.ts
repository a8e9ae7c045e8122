/** Two implementations against each other: one initiates, the other serves, and either of them may be the relay between. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inContext, Nonconformance } from '../../steps/support/lab/failure.ts';
import { Lab } from '../../steps/support/lab/networks/namespace.ts';
import { virtualLan } from '../../steps/support/lab/networks/virtual-lan.ts';
import { ping, transfer } from '../../steps/support/lab/packets/traffic.ts';
import {
  clientConfiguration,
  type Json,
  relayConfiguration,
  serverConfiguration,
  tunnelPort,
} from '../../steps/support/peers/configuration.ts';
import type { Declaration, Role } from '../../steps/support/peers/declaration.ts';
import { Iut } from '../../steps/support/peers/iut.ts';

export interface Cast {
  readonly client: Declaration;
  readonly server: Declaration;
  /** The path is direct if absent. */
  readonly relay?: Declaration;
}

export interface Figures {
  /** The transform that both have and the initiator prefers. */
  readonly transform: string;
  readonly pings: number;
  /** Octets of each way. */
  readonly octets: number;
  /** Milliseconds for both ways. */
  readonly took: number;
}

/** Each of two as the initiator, with the other as its server: direct, and through a relay of either. */
export function casts(one: Declaration, other: Declaration): Cast[] {
  const has = (role: Role, { roles }: Declaration): boolean => roles[role] !== undefined;
  const relays = [undefined, ...[one, other].filter((relay) => has('relay', relay))];
  const ends = [
    { client: one, server: other },
    { client: other, server: one },
  ].filter(({ client, server }) => has('client', client) && has('server', server));
  return ends.flatMap(({ client, server }) =>
    relays.map((relay) => ({ client, server, ...(relay !== undefined && { relay }) })),
  );
}

/** The cast as a path: `python → reference`. */
export const nameOf = ({ client, server, relay }: Cast): string =>
  [client, ...(relay === undefined ? [] : [relay]), server].map(({ name }) => name).join(' → ');

/**
 * Makes a tunnel of them in namespaces, sends pings both ways, and octets by TCP both ways.
 * @param folder for configurations and logs
 * @throws Nonconformance when something does not arrive as it was sent
 */
export async function interoperate(cast: Cast, folder: string, octets: number): Promise<Figures> {
  await using lab = await Lab.create({ relays: ['relay-b'] });
  const transform = common(cast.client, cast.server);
  const suite = cast.client.suites.find((one) => cast.server.suites.includes(one)) ?? 'x25519';
  const path = [...(cast.relay === undefined ? [] : ['relay-b.test']), `server.test:${tunnelPort}`];
  const start = async (role: Role, node: 'client' | 'server' | 'relay-b', who: Declaration, configuration: Json) => {
    const own = join(folder, node);
    mkdirSync(own, { recursive: true });
    const iut = await Iut.start({
      declaration: who,
      role,
      namespace: lab.namespace(node),
      configuration,
      folder: own,
    });
    await iut.ready().catch((error: unknown) => {
      throw inContext(`${who.name} as ${role}`, error);
    });
    return iut;
  };
  await using server = await start(
    'server',
    'server',
    cast.server,
    serverConfiguration(cast.server, { transforms: [transform] }),
  );
  await using relay =
    cast.relay === undefined
      ? undefined
      : await start('relay', 'relay-b', cast.relay, relayConfiguration('relay-b.test'));
  const wanted = { path, server: { suite }, transforms: [transform] };
  await using client = await start('client', 'client', cast.client, clientConfiguration(cast.client, wanted));
  await client.event('authorized');
  await client.event('adapter');
  const ends = {
    client: { namespace: lab.namespace('client'), address: virtualLan.clientAddress },
    server: { namespace: lab.namespace('server'), address: virtualLan.serverAddress },
  };
  const since = performance.now();
  let pings = 0;
  for (const [from, to] of [
    [ends.client, ends.server],
    [ends.server, ends.client],
  ] as const) {
    for (const size of [56, 8_000]) {
      const result = await ping({ namespace: from.namespace, destination: to.address, size });
      if (result.received !== 1)
        throw new Nonconformance(`a ping of ${size} octets to ${to.address}: ${result.output}`);
      pings += 1;
    }
    const common = { octets, milliseconds: 60_000 };
    const result = await transfer({ from: from.namespace, to: to.namespace, address: to.address, ...common });
    if (result.octets !== octets || result.arrived !== result.sent) {
      throw new Nonconformance(
        `${result.octets} of ${octets} octets arrived, SHA-256 ${result.arrived}, not ${result.sent}`,
      );
    }
  }
  const took = performance.now() - since;
  await client.terminate();
  await relay?.terminate();
  await server.terminate();
  return { transform, pings, octets, took };
}

function common(client: Declaration, server: Declaration): string {
  const transform = client.transforms.find((one) => server.transforms.includes(one));
  if (transform === undefined)
    throw new Nonconformance(`${client.name} and ${server.name} have no transform in common`);
  return transform;
}
