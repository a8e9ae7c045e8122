/** An end point under test that is brought to Authorized again and again, whichever role it plays: nothing of it has to be declared. */
import { Given } from '@cucumber/cucumber';
import { Transform, type TransformName } from '../../reference/wire/identifiers.ts';
import { connectAgain, quickly } from './connecting-again.ts';
import type { ScriptedEndPoint } from './peers/session.ts';
import { lab, listenAsServer, newInitiator, scriptedServer, type WireRole } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

/** Makes a connection in Authorized. */
type Authorize = (transform?: TransformName) => Promise<ScriptedEndPoint>;

declare module './world.ts' {
  interface Facts {
    authorize: Authorize;
    /** Which role it plays. */
    tested: 'server' | 'initiator';
  }
}

async function server(world: ConformanceWorld): Promise<Authorize> {
  await world.startServer();
  return async (transform = 'chacha20poly1305') => {
    const initiator = await newInitiator(world, { suite: 'x25519', transforms: [transform] });
    await initiator.authorize();
    return initiator;
  };
}

async function initiator(world: ConformanceWorld): Promise<Authorize> {
  await listenAsServer(world);
  // Nothing passes the stack: to configure it for each connection would only take time.
  const adapter = { configure: 'none', routes: false };
  await world.startClient({ server: { suite: 'x25519' }, adapter, ...quickly(world) });
  let former: ScriptedEndPoint | undefined;
  return async (transform = 'chacha20poly1305') => {
    if (former !== undefined) {
      former.connection.finish();
      await connectAgain(world);
    }
    const peer = await scriptedServer(world);
    former = peer;
    await peer.readRelay();
    await peer.readRequest();
    await peer.sendResponse({ fields: { transform: Transform[transform] } });
    await peer.receive({ keepAlives: true });
    return peer;
  };
}

Given('a tunnel {role} that is authorized again and again', async function (this: ConformanceWorld, role: WireRole) {
  await lab(this);
  this.set('tested', role === 'server' ? 'server' : 'initiator');
  this.set('authorize', await (role === 'server' ? server : initiator)(this));
});
