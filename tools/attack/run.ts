/** One attack against real processes, and what honest initiators have of them meanwhile. */
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Status } from '../../reference/wire/identifiers.ts';
import { spawnInside } from '../../steps/support/lab/programs/command.ts';
import {
  clientConfiguration,
  relayConfiguration,
  serverConfiguration,
  tunnelPort,
} from '../../steps/support/peers/configuration.ts';
import { identityOf } from '../../steps/support/peers/identities.ts';
import type { Iut } from '../../steps/support/peers/iut.ts';
import { ScriptedConnection } from '../../steps/support/peers/scripted.ts';
import { ScriptedInitiator } from '../../steps/support/peers/scripted-initiator.ts';
import type { Attack } from './attacks.ts';
import { Field } from './field.ts';

export interface Options {
  /** iut.json of the implementation. */
  readonly iut: string;
  readonly tries: number;
  /** Whether the server is not told that it has a relay before it. */
  readonly plain: boolean;
}

export interface Outcome {
  readonly tries: number;
  /** Honest tries that were authorised in time. */
  readonly in: number;
  /** Milliseconds, the median of these and the longest. */
  readonly median: number;
  readonly longest: number;
  /** Echoes of the established tunnel, and how many were lost. */
  readonly echoes: number;
  readonly lost: number;
  /** Keys of the tunnel that were renewed. */
  readonly renewed: number;
  /** Octets of resident memory at most, and descriptors at most. */
  readonly memory: number;
  readonly descriptors: number;
  /** Octets that the attacked node logs in a minute. */
  readonly log: number;
  /** Connections that the attackers made in a second. */
  readonly rate: number;
}

/** Milliseconds in which an honest try has to be authorised. */
const inTime = 2_000;
/** Milliseconds between two tries. */
const between = 300;
/** Until the attack is at its height. */
const warmUp = 4_000;

const pathOf = (node: Attack['node']): readonly string[] =>
  node === 'server' ? ['server.test'] : ['relay-b.test', 'server.test'];

/** RELAY, REQUEST, RESPONSE and the first DATA. @returns milliseconds; undefined when it is not authorised in time */
async function tryOnce(field: Field, node: Attack['node']): Promise<number | undefined> {
  const start = performance.now();
  const { lab } = field;
  const attempt = async (): Promise<number> => {
    await using connection = await ScriptedConnection.connect(lab.namespace('client'), lab.address(node), tunnelPort);
    const peer = new ScriptedInitiator(connection, { path: pathOf(node) });
    await peer.authorize();
    const took = performance.now() - start;
    await peer.close(Status.endSession).catch(() => {});
    return took;
  };
  const took = await Promise.race([attempt().catch(() => undefined), pause(inTime, undefined)]);
  return took !== undefined && took <= inTime ? took : undefined;
}

async function record(field: Field, node: Attack['node']): Promise<string> {
  const { lab } = field;
  await using connection = await ScriptedConnection.connect(lab.namespace('client'), lab.address(node), tunnelPort);
  const peer = new ScriptedInitiator(connection, { path: pathOf(node) });
  const octets = new Uint8Array([...peer.relay, ...peer.requestFrame()]);
  await connection.send(octets);
  await peer.readResponse();
  await peer.send();
  return octets.toHex();
}

/** Samples what the attacked node uses, and keeps the greatest. */
function watch({ program }: Iut): { stop: () => { memory: number; descriptors: number } } {
  const greatest = { memory: 0, descriptors: 0 };
  const sample = (): void => {
    try {
      greatest.memory = Math.max(greatest.memory, program.residentMemory());
      greatest.descriptors = Math.max(greatest.descriptors, readdirSync(`/proc/${program.pid}/fd`).length);
    } catch {
      // It has ended: the tries tell.
    }
  };
  const timer = setInterval(sample, 100);
  return {
    stop: () => {
      clearInterval(timer);
      return greatest;
    },
  };
}

/** Honest tries and a tunnel beside the attack, in a field of their own. @returns what they had of it, and what the node used */
export async function run(attack: Attack, { iut, tries, plain }: Options, progress: (text: string) => void) {
  await using field = await Field.create(iut);
  const { declaration, lab } = field;
  const initiators = ['alice', 'bob'].map((name) => ({
    name,
    publicKey: identityOf(name).publicKey,
    suites: [...declaration.suites],
  }));
  const configuration = serverConfiguration(declaration, {
    listen: `[::]:${tunnelPort}`,
    initiators,
    ...(plain ? {} : { limits: { relays: [lab.address('relay-b')] } }),
  });
  let server = await field.start('server', 'server', configuration);
  const relay =
    attack.node === 'relay-b'
      ? await field.start('relay', 'relay-b', relayConfiguration('relay-b.test', { listen: `[::]:${tunnelPort}` }))
      : undefined;
  const recorded: string[] = [];
  for (let left = attack.records ?? 0; left > 0; left--) recorded.push(await record(field, attack.node));
  if (attack.restarts) {
    await server.terminate();
    server = await field.start('server', 'server', configuration);
  }
  const client = await field.start(
    'client',
    'client',
    clientConfiguration(declaration, {
      name: 'bob',
      privateKey: identityOf('bob').privateKey,
      path: [...pathOf(attack.node)],
      lifetime: { seconds: 20 },
      reconnect: true,
    }),
  );
  await client.event('adapter');
  const attacked = relay ?? server;
  const watched = watch(attacked);
  const crowds = attack.crowds(recorded).map((crowd) =>
    field.crowd('crowd.ts', {
      to: crowd.from[0]?.includes(':') ? `fd77::${attack.node === 'server' ? 2 : 3}` : lab.address(attack.node),
      port: tunnelPort,
      ...crowd,
    }),
  );
  await pause(warmUp);
  const echo = spawnInside(lab.namespace('client'), ['ping', '-n', '-i', '0.2', '-W', '2', '10.8.0.1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  echo.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const begun = performance.now();
  const logged = logOf(attacked);
  const took: number[] = [];
  for (let nth = 1; nth <= tries; nth++) {
    const milliseconds = await tryOnce(field, attack.node);
    if (milliseconds !== undefined) took.push(milliseconds);
    progress(`${attack.id}: ${took.length} of ${nth}`);
    await pause(between);
  }
  const minutes = (performance.now() - begun) / 60_000;
  const log = (logOf(attacked) - logged) / minutes;
  const closed = once(echo, 'close');
  echo.kill('SIGINT');
  await closed;
  const renewed = client.program.seen.filter(({ event }) => event === 'authorized').length - 1;
  const made = crowds.map(({ seen }) => Number(seen.at(-1)?.['connections'] ?? 0)).reduce((sum, one) => sum + one, 0);
  took.sort((one, other) => one - other);
  return {
    tries,
    in: took.length,
    median: took[took.length >> 1] ?? Number.NaN,
    longest: took.at(-1) ?? Number.NaN,
    ...echoesOf(output),
    renewed,
    ...watched.stop(),
    log,
    rate: made / (minutes * 60 + warmUp / 1_000),
  } satisfies Outcome;
}

/** Echoes that are under way at the end may still be answered: at five a second those of the last two seconds. */
const underWay = 10;

/** @param output of ping */
function echoesOf(output: string): { readonly echoes: number; readonly lost: number } {
  const echoes = Number(/(\d+) packets transmitted/.exec(output)?.[1] ?? 0);
  const answered = new Set([...output.matchAll(/icmp_seq=(\d+) ttl/g)].map(([, sequence]) => Number(sequence)));
  const last = Math.max(0, ...answered);
  return { echoes, lost: last - answered.size + Math.max(0, echoes - last - underWay) };
}

const logOf = ({ folder }: Iut): number => statSync(join(folder, 'stderr.log')).size;
