/** One initiator under test that connects again and again, because its user says so: a connection for each case. */
import { Given } from '@cucumber/cucumber';
import { merge, type Overrides } from './peers/configuration.ts';
import type { ScriptedServer } from './peers/scripted-server.ts';
import { lab, listenAsServer, scriptedServer } from './peers.ts';
import { tryEach } from './rows.ts';
import type { ConformanceWorld } from './world.ts';

export async function startConnectingAgain(world: ConformanceWorld, overrides: Overrides = {}): Promise<void> {
  await lab(world);
  await listenAsServer(world);
  const base = {
    adapter: { configure: 'none', routes: false },
    accept: { defaultRoute: true },
    timers: { backOffMin: 1, backOffMax: 1 },
  };
  await world.startClient(merge(base, overrides) as Overrides);
}

Given('a tunnel initiator that waits for a command to connect again', async function (this: ConformanceWorld) {
  await startConnectingAgain(this);
});

Given(
  'a tunnel initiator that waits for a command to connect again, configured with',
  async function (this: ConformanceWorld, text: string) {
    await startConnectingAgain(this, JSON.parse(text) as Overrides);
  },
);

/** A connection for each case, whose REQUEST is read; `act` leaves it in any state. */
export async function eachConnection<Case>(
  world: ConformanceWorld,
  cases: readonly Case[],
  nameOf: (one: Case) => string,
  act: (server: ScriptedServer, one: Case) => Promise<void>,
): Promise<void> {
  const client = world.iut('client');
  await tryEach(cases, nameOf, async (one) => {
    // The first connection it makes by itself.
    if (world.has('server')) client.connect();
    const server = await scriptedServer(world);
    try {
      await server.readRelay();
      await server.readRequest();
      await act(server, one);
      server.connection.finish();
    } catch (error) {
      // Whatever it waits for now, it has to be able to connect again.
      server.connection.reset();
      await client.event('ended');
      throw error;
    }
    await client.event('ended');
  });
}
