/** Connections that a relay has forwarded to its next node, which answers them or not ([EP] fig. 13). */
import { frameOf } from './exchanges.ts';
import type { ScriptedConnection } from './peers/scripted.ts';
import { type ScriptedInitiator, withRequest } from './peers/scripted-initiator.ts';
import { newInitiator, scriptedServer } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

/** The next node has accepted, and has not answered. @returns its connection */
export async function forwardedToNextNode(
  world: ConformanceWorld,
  peer: ScriptedInitiator,
): Promise<ScriptedConnection> {
  await peer.connection.send(withRequest(peer.relay));
  return world.get('listener').accept();
}

/** A tunnel: the next node has answered. */
export async function answeredByNextNode(world: ConformanceWorld, peer: ScriptedInitiator): Promise<void> {
  await peer.connection.send(withRequest(peer.relay));
  const server = await world.get('listener').accept();
  await server.send(frameOf(9, 10));
  await peer.connection.octets(10);
  // A tunnel is over when both its ends are.
  server.ended(60_000).then(
    () => server.finish(),
    () => {},
  );
}

/** Towards the next node REQUEST has passed; it is silent. */
export async function requested(world: ConformanceWorld) {
  const initiator = await newInitiator(world);
  await initiator.connection.send(withRequest(initiator.relay));
  const server = await scriptedServer(world);
  await server.expect('RELAY');
  await server.expect('REQUEST');
  return { initiator, server, before: server.connection.received.length };
}
