/**
 * What was kept for the decoders, changed a little and sent to running processes: as raw octets, as what a right handshake
 * seals, and inside an authorised session. After each batch somebody honest has to get in.
 */
import { Misuse } from '../../reference/errors.ts';
import { concat } from '../../reference/octets.ts';
import { Nonconformance } from '../../steps/support/lab/failure.ts';
import {
  clientConfiguration,
  relayConfiguration,
  serverConfiguration,
  tunnelPort,
} from '../../steps/support/peers/configuration.ts';
import { identityOf } from '../../steps/support/peers/identities.ts';
import { ScriptedConnection, ScriptedListener } from '../../steps/support/peers/scripted.ts';
import { ScriptedInitiator } from '../../steps/support/peers/scripted-initiator.ts';
import { ScriptedServer } from '../../steps/support/peers/scripted-server.ts';
import type { ScriptedEndPoint } from '../../steps/support/peers/session.ts';
import { Field } from '../attack/field.ts';
import { keepFinding, keptOf } from './corpus.ts';
import { type Draw, drawing, mutated } from './guided/mutate.ts';

interface Options {
  readonly iut: string;
  readonly minutes: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

const roles = ['server', 'relay', 'client'] as const;
type Role = (typeof roles)[number];

/** Inputs between two honest tries. */
const batch = 40;
/** Milliseconds within which an honest try has to be authorised. */
const inTime = 5_000;
const longest = 2_000;

/** An endless supply of inputs for one role. */
class Inputs {
  readonly #draw: Draw;
  readonly #pools = new Map<string, readonly Uint8Array[]>();
  /** Those of the last batch: one of them did it. */
  readonly last: Uint8Array[] = [];

  constructor(seed: number) {
    this.#draw = drawing(seed);
  }

  below(limit: number): number {
    return this.#draw(limit);
  }

  next(target: string): Uint8Array {
    const pool = this.#pools.get(target) ?? keptOf(target).map(({ input }) => input);
    this.#pools.set(target, pool);
    const input = mutated(pool[this.#draw(pool.length)] ?? new Uint8Array(1), this.#draw, pool, longest);
    this.last.push(input);
    return input;
  }
}

/** The scripted peers put the length into O, so that it has a header. */
const sealable = (input: Uint8Array): Uint8Array => concat(input, new Uint8Array(Math.max(0, 18 - input.length)));

/** Frames that are none, or datagrams that are sealed rightly, in an authorised session. */
async function misuse(peer: ScriptedEndPoint, inputs: Inputs): Promise<void> {
  if (inputs.below(2) === 0) {
    await peer.connection.send(inputs.next('frame'));
    return;
  }
  for (let left = 4; left > 0; left--)
    try {
      await peer.send(inputs.next('reception'));
    } catch (error) {
      if (!(error instanceof Misuse)) throw error;
    }
}

/** The peer has been refused, or has closed: nothing else may be made of that. */
const unlessEnded = async (act: () => Promise<unknown>): Promise<void> => {
  await act().catch((error: unknown) => {
    if (!(error instanceof Nonconformance)) throw error;
  });
};

/** To a server, or through a relay to one. */
async function attackListener(field: Field, role: 'server' | 'relay', inputs: Inputs): Promise<void> {
  const { lab } = field;
  const to = role === 'server' ? 'server' : 'relay-b';
  await using connection = await ScriptedConnection.connect(lab.namespace('client'), lab.address(to), tunnelPort);
  const path = role === 'server' ? ['server.test'] : ['relay-b.test', 'server.test'];
  const peer = new ScriptedInitiator(connection, { path });
  await unlessEnded(async () => {
    const manner = inputs.below(4);
    if (manner > 0) await peer.sendRelay();
    if (manner === 0) await connection.send(inputs.next('stream'));
    else if (manner === 1) await connection.send(inputs.next('frame'));
    else if (manner === 2) await peer.sendRequest({ opened: () => sealable(inputs.next('opened-request')) });
    else {
      await peer.sendRequest();
      await peer.readResponse(inTime);
      await peer.send();
      await misuse(peer, inputs);
    }
  });
  if (inputs.below(2) === 0) connection.reset();
  else connection.finish();
}

async function honestTry(field: Field, role: 'server' | 'relay'): Promise<void> {
  const { lab } = field;
  const to = role === 'server' ? 'server' : 'relay-b';
  await using connection = await ScriptedConnection.connect(lab.namespace('others'), lab.address(to), tunnelPort);
  const path = role === 'server' ? ['server.test'] : ['relay-b.test', 'server.test'];
  const peer = new ScriptedInitiator(connection, { path, identity: identityOf('bob') });
  await peer.sendRelay();
  await peer.sendRequest();
  await peer.readResponse(inTime);
}

/** A client connects again and again. @param honest to be taken for its server once more */
async function attackClient(listener: ScriptedListener, inputs: Inputs, honest: boolean): Promise<void> {
  await using connection = await listener.accept(inTime);
  const server = new ScriptedServer(connection);
  if (honest) {
    await server.authorize();
    return;
  }
  await unlessEnded(async () => {
    await server.readRelay();
    await server.readRequest();
    const manner = inputs.below(3);
    if (manner === 0) await connection.send(inputs.next('frame'));
    else if (manner === 1) await server.sendResponse({ opened: () => sealable(inputs.next('opened-response')) });
    else {
      await server.sendResponse();
      await misuse(server, inputs);
    }
  });
  connection.finish();
}

async function startRole(field: Field, role: Role) {
  const { declaration } = field;
  if (role === 'client')
    return field.start(
      'client',
      'client',
      clientConfiguration(declaration, { reconnect: true, timers: { backOffMin: 1, backOffMax: 1 } }),
    );
  const unlimited = 65_535;
  const initiators = ['alice', 'bob'].map((name) => ({ name, publicKey: identityOf(name).publicKey }));
  const limits = { halfOpen: unlimited, halfOpenPerSource: unlimited, halfOpenPerKey: unlimited };
  const server = await field.start('server', 'server', serverConfiguration(declaration, { initiators, limits }));
  if (role === 'server') return server;
  const { halfOpenPerKey: _, ...ofRelay } = limits;
  return field.start(
    'relay',
    'relay-b',
    relayConfiguration('relay-b.test', { limits: { ...ofRelay, connectionsPerSource: unlimited } }),
  );
}

async function attackRole(role: Role, { iut, minutes, seed, say }: Options): Promise<boolean> {
  await using field = await Field.create(iut);
  await using listener =
    role === 'client' ? await ScriptedListener.listen(field.lab.namespace('server'), tunnelPort) : undefined;
  const subject = await startRole(field, role);
  const inputs = new Inputs(seed);
  const begun = performance.now();
  let connections = 0;
  try {
    while (performance.now() - begun < minutes * 60_000) {
      inputs.last.length = 0;
      for (let left = batch; left > 0; left--, connections++)
        if (listener !== undefined) await attackClient(listener, inputs, false);
        else if (role !== 'client') await attackListener(field, role, inputs);
      if (listener !== undefined) await attackClient(listener, inputs, true);
      else if (role !== 'client') await honestTry(field, role);
      if (!subject.program.running) throw new Error('the process has ended');
    }
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    say(`FAULT of the running ${role} after ${connections} connections: ${fault}`);
    const files = new Set(inputs.last.map((input) => keepFinding(`live-${role}`, input, fault)));
    say(`the inputs of the last batch are in ${[...files].join(', ')}; again: npm run fuzz -- --live --seed ${seed}`);
    return false;
  }
  const rate = connections / ((performance.now() - begun) / 1_000);
  say(`${role.padEnd(20)}${String(connections).padStart(12)} connections${rate.toFixed(0).padStart(8)} a second`);
  return true;
}

/** @returns whether nothing was found */
export async function live(options: Options): Promise<boolean> {
  options.say(`seed ${options.seed}, ${roles.length} roles, ${(options.minutes * 60) / roles.length} s each`);
  let clean = true;
  for (const role of roles)
    clean = (await attackRole(role, { ...options, minutes: options.minutes / roles.length })) && clean;
  return clean;
}
