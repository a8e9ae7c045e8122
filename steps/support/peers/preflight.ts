/**
 * Before the scenarios: is the program of a role able to do what every scenario needs of it? One message then takes the place
 * of hundreds of scenarios that wait ten seconds each. What it does is the contract of docs/iut.md, and nothing else.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { patience } from '../lab/deadlines/deadline.ts';
import { inContext, LabFailure, Nonconformance } from '../lab/failure.ts';
import { Lab, type NodeName } from '../lab/networks/namespace.ts';
import {
  clientConfiguration,
  type Json,
  relayConfiguration,
  serverConfiguration,
  tunnelPort,
} from './configuration.ts';
import { commandLine, type Declaration, type Role } from './declaration.ts';
import { Iut } from './iut.ts';
import { ScriptedConnection, ScriptedListener } from './scripted.ts';

const nodes = { client: 'client', server: 'server', relay: 'relay-b' } as const satisfies Record<Role, NodeName>;

const configurations: Readonly<Record<Role, (declaration: Declaration) => Json>> = {
  client: clientConfiguration,
  server: serverConfiguration,
  relay: () => relayConfiguration('relay-b.test'),
};

/** Octets that a program may write to stdout where hardly anything happens: 256 KiB. */
const mostSaid = 256 * 1024;

/** What the program of a role failed to do. */
export interface Unfit {
  readonly role: Role;
  /** Its command line. */
  readonly argv: readonly string[];
  /** The requirement of docs/iut.md that it broke, in words. */
  readonly expected: string;
  readonly reason: string;
  /** Folder of its configuration and logs. */
  readonly folder: string;
}

/**
 * Starts a role, has it connect or accept a connection, and ends it by SIGTERM.
 * @param folder takes its configuration and logs
 * @param milliseconds that each thing may take
 * @returns undefined if it is fit for scenarios
 * @throws LabFailure when the laboratory fails, or the machine is too busy to tell
 */
export async function preflight(
  declaration: Declaration,
  role: Role,
  folder: string,
  milliseconds = patience,
): Promise<Unfit | undefined> {
  mkdirSync(folder, { recursive: true });
  const node = nodes[role];
  const argv = commandLine(declaration, role, join(folder, 'config.json'), join(folder, 'output'));
  const seconds = milliseconds / 1000;
  let expected = `it starts, and says {"event":"ready"} within ${seconds} s`;
  await using lab = await Lab.create(role === 'relay' ? { relays: ['relay-b'] } : {});
  // Before it is started: a client connects as soon as it is ready.
  await using listener =
    role === 'client' ? await ScriptedListener.listen(lab.namespace('server'), tunnelPort) : undefined;
  try {
    await using iut = await Iut.start({
      declaration,
      role,
      namespace: lab.namespace(node),
      configuration: configurations[role](declaration),
      folder,
    });
    await iut.ready(milliseconds);
    if (listener !== undefined) {
      expected = 'a client that is ready connects to the first node of its path';
      await listener.accept(milliseconds);
    } else {
      expected = `a ${role} that is ready listens on the port of its configuration`;
      await using _ = await ScriptedConnection.connect(lab.namespace('client'), lab.address(node), tunnelPort);
    }
    expected = `it ends within ${seconds} s of SIGTERM with status 0, and leaves no process behind`;
    const { code, signal } = await iut.terminate(milliseconds);
    await iut[Symbol.asyncDispose]();
    const { faults } = iut.program;
    if (faults.length > 0) throw new Nonconformance(faults.map((fault) => `the program ${fault}`).join('\n'));
    if (code !== 0) throw new Nonconformance(`the program ended with ${signal ?? `status ${code}`}`);
    expected = 'it writes events to stdout, a line each, and its log to stderr';
    const { size } = statSync(join(folder, 'stdout.log'));
    if (size > mostSaid)
      throw new Nonconformance(`the program wrote ${size} octets to stdout while hardly anything happened`);
    return undefined;
  } catch (error) {
    const told = inContext(role, error);
    if (!(told instanceof Nonconformance)) throw asLabFailure(error, role);
    return { role, argv, expected, reason: (error as Error).message, folder };
  }
}

function asLabFailure(error: unknown, role: Role): Error {
  return error instanceof LabFailure ? error : new LabFailure(`preflight of the ${role}: ${String(error)}`);
}
