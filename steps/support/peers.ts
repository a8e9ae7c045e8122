/** What steps call to have a laboratory and scripted peers. The facts about these peers are set here and nowhere else. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { statusName } from '../../reference/wire/identifiers.ts';
import type { OpenedResponse } from '../../reference/wire/response.ts';
import { Deadline, patience } from './lab/deadlines/deadline.ts';
import type { Mailbox } from './lab/deadlines/mailbox.ts';
import { LabFailure, Nonconformance } from './lab/failure.ts';
import type { LabOptions, NodeName } from './lab/networks/namespace.ts';
import type { Overrides } from './peers/configuration.ts';
import { preferredSuite } from './peers/declaration.ts';
import { mistakeOfServer } from './peers/likely-mistakes.ts';
import type { ScriptedConnection, ScriptedListener } from './peers/scripted.ts';
import { ScriptedInitiator, type ScriptedInitiatorOptions } from './peers/scripted-initiator.ts';
import { ScriptedServer, type ScriptedServerOptions } from './peers/scripted-server.ts';
import type { ReceivedClose, ScriptedEndPoint } from './peers/session.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    /** The scripted initiator of the scenario, or the last one. */
    initiator: ScriptedInitiator;
    /** The scripted server of the present connection. */
    server: ScriptedServer;
    /** That of the connection before it. */
    earlier: ScriptedServer;
    /** Where scripted servers accept: the server of an initiator, the next node of a relay. */
    listener: ScriptedListener;
    /** The CLOSE frame that the implementation sent last. */
    close: ReceivedClose;
    /** Milliseconds of performance.now() from which a later step counts. */
    clockStart: number;
  }
}

/** A role of the protocol on the wire ([EP] figs. 11 to 13). */
export type WireRole = 'initiator' | 'server' | 'relay';

/** Starts a laboratory unless the scenario has one. */
export async function lab(world: ConformanceWorld, options: LabOptions = {}): Promise<void> {
  if (!world.hasLab) await world.startLab(options);
}

// Scripted peers.

/**
 * A scripted initiator that takes nobody's place. It connects to the relay under test, or to the server if there is none,
 * and asks for the suite that the implementation under test prefers.
 */
export async function newInitiator(
  world: ConformanceWorld,
  changes: ScriptedInitiatorOptions = {},
  from: NodeName = 'client',
): Promise<ScriptedInitiator> {
  if ('freshness' in changes) world.remote?.lacks('an implementation that has just started');
  const options = { suite: preferredSuite(world.declaration), ...changes };
  if (!world.iuts.has('relay-b')) return new ScriptedInitiator(await world.connect(from), options);
  const path = ['relay-b.test', 'server.test'];
  return new ScriptedInitiator(await world.connect(from, 'relay-b'), { path, ...options });
}

/** The same, as the scenario's initiator. */
export async function scriptedInitiator(
  world: ConformanceWorld,
  options: ScriptedInitiatorOptions = {},
  from?: NodeName,
): Promise<ScriptedInitiator> {
  const initiator = await newInitiator(world, options, from);
  world.set('initiator', initiator);
  return initiator;
}

/** Listens where scripted servers accept. @param connections where several listeners put what they accept */
export async function listenAsServer(
  world: ConformanceWorld,
  node: NodeName = 'server',
  port?: number,
  connections?: Mailbox<ScriptedConnection>,
): Promise<ScriptedListener> {
  const listener = await world.listen(node, port, connections);
  world.set('listener', listener);
  return listener;
}

/** A scripted server on the next connection to the listener. */
export async function scriptedServer(
  world: ConformanceWorld,
  options: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
  const server = new ScriptedServer(await world.get('listener').accept(), options);
  if (world.has('server')) world.set('earlier', world.get('server'));
  world.set('server', server);
  return server;
}

/** The scripted server that a relay connects to when the initiator sends RELAY. @throws for an answer instead */
export async function nextNode(
  world: ConformanceWorld,
  { connection }: ScriptedInitiator,
  send: () => Promise<void>,
): Promise<ScriptedServer> {
  const listener = world.get('listener');
  const before = listener.accepted;
  await send();
  const deadline = new Deadline(patience);
  while (listener.accepted === before && connection.received.length === 0 && !connection.over && deadline.left > 0)
    await pause(5);
  if (connection.received.length > 0 || connection.over)
    throw new Nonconformance(`the relay answered RELAY: ${connection.received.toHex() || 'the end of the stream'}`);
  return scriptedServer(world);
}

/** An initiator under test, connected to a scripted server. */
export async function initiatorUnderTest(
  world: ConformanceWorld,
  overrides: Overrides = {},
  options: ScriptedServerOptions = {},
): Promise<void> {
  await lab(world);
  await listenAsServer(world);
  await world.startClient(overrides);
  await scriptedServer(world, options);
}

/** Both ends of a tunnel scripted, the relay under test between them. */
export async function tunnelThroughRelay(world: ConformanceWorld, from?: NodeName) {
  const initiator = await scriptedInitiator(world, {}, from);
  await initiator.sendRelay();
  await initiator.sendRequest();
  const server = await scriptedServer(world);
  await server.readRelay();
  await server.readRequest();
  await server.sendResponse();
  await initiator.readResponse();
  return { initiator, server };
}

/** The scripted end point of that role. */
export function scripted(world: ConformanceWorld, role: WireRole): ScriptedEndPoint {
  if (role === 'relay') throw new LabFailure('no step scripts a relay');
  return world.get(role);
}

/** The scripted end point that sees what an implementation of that role sends. */
export function facing(world: ConformanceWorld, role: WireRole): ScriptedEndPoint {
  return role === 'initiator' ? world.get('server') : world.get('initiator');
}

/** What initiators have opened. */
const opened = new WeakMap<ScriptedInitiator, OpenedResponse>();

/** What RESPONSE to the scripted initiator holds; it is awaited if none has been opened yet. */
export async function responseOf(world: ConformanceWorld): Promise<OpenedResponse> {
  const initiator = world.get('initiator');
  const before = opened.get(initiator);
  if (before !== undefined) return before;
  const response = await initiator.readResponse().catch(async (error: unknown) => {
    throw await refusalExplained(world, initiator, error);
  });
  opened.set(initiator, response);
  return response;
}

/** Milliseconds that the answers may take which only explain a failure. */
const longestExplanation = 3_000;

/** That the server refuses a right REQUEST, with the mistake by which it takes another. Other errors stay as they are. */
async function refusalExplained(
  world: ConformanceWorld,
  { options }: ScriptedInitiator,
  error: unknown,
): Promise<unknown> {
  if (
    !(error instanceof Nonconformance) ||
    !error.message.startsWith('expected RESPONSE, received CLOSE not authorized')
  )
    return error;
  const mistake = await mistakeOfServer(async (prologue) => {
    const other = await newInitiator(world, { ...options, prologue });
    await other.sendRelay();
    await other.sendRequest();
    await other.expect('RESPONSE', longestExplanation);
  });
  return mistake === undefined ? error : new Nonconformance(`${error.message}; ${mistake}`, { cause: error });
}

/** The implementation sends exactly one CLOSE of that status, rightly keyed or unkeyed, then its end of stream. */
export async function closes(
  world: ConformanceWorld,
  peer: ScriptedEndPoint,
  status: number,
  keyed: boolean,
): Promise<void> {
  const close = await peer.expectClose();
  world.set('close', close);
  assert.equal(statusName(close.status), statusName(status));
  assert.equal(close.keyed, keyed, keyed ? 'the CLOSE is not keyed' : 'the CLOSE is keyed');
  if (keyed && !close.valid) throw new Nonconformance('the digest of the CLOSE frame does not verify');
  await peer.connection.endedWithoutFrame();
}

// Time.

/** Called just before the scripted peer, or an operator, does what the implementation has to answer in a certain time. */
export function startClock(world: ConformanceWorld): void {
  world.set('clockStart', performance.now());
}

/** Milliseconds from there to the last CLOSE. */
export function timeOfClose(world: ConformanceWorld): number {
  return world.get('close').at - world.get('clockStart');
}
