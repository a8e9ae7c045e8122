/** Steps about nodes whose output folder is full. */
import { join } from 'node:path';
import { Given, Then } from '@cucumber/cucumber';
import { Status } from '../../reference/wire/identifiers.ts';
import { clientConfiguration, relayConfiguration, serverConfiguration } from '../support/peers/configuration.ts';
import type { Role } from '../support/peers/declaration.ts';
import {
  lab,
  listenAsServer,
  newInitiator,
  scriptedServer,
  tunnelThroughRelay,
  type WireRole,
} from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** A file system of its own for the folder, one page large and full; it is gone with the program. */
const fill =
  'mount -t tmpfs -o size=4k tmpfs "$0" || exit 9; head -c 65536 /dev/zero > "$0/filler" 2> /dev/null; exec "$@"';

async function start(world: ConformanceWorld, role: Role, node: 'client' | 'server' | 'relay-b'): Promise<void> {
  const configuration = {
    client: () => clientConfiguration(world.declaration),
    server: () => serverConfiguration(world.declaration),
    relay: () => relayConfiguration('relay-b.test'),
  }[role]();
  await world.start(role, node, configuration, {}, ['sh', '-c', fill, join(world.folder, node, 'output')]);
}

Given('a tunnel {role} into whose output folder nothing fits', async function (this: ConformanceWorld, role: WireRole) {
  if (role === 'relay') {
    await lab(this, { relays: ['relay-b'] });
    await start(this, 'relay', 'relay-b');
    await listenAsServer(this);
  } else if (role === 'server') {
    await lab(this);
    await start(this, 'server', 'server');
  } else {
    await lab(this);
    await listenAsServer(this);
    await start(this, 'client', 'client');
    await scriptedServer(this);
  }
});

Then('alice is authorized by it, twice', async function (this: ConformanceWorld) {
  for (let time = 0; time < 2; time++) {
    const alice = await newInitiator(this);
    await alice.authorize();
    await alice.close(Status.endSession);
    await alice.connection.ended();
  }
});

Then('a tunnel passes through it', async function (this: ConformanceWorld) {
  const { initiator, server } = await tunnelThroughRelay(this);
  await initiator.send();
  await server.receive({ keepAlives: true });
});
