/** One initiator under test that connects again and again, because its user says so: a connection for each case. */
import { Given } from '@cucumber/cucumber';
import { merge, type Overrides } from './peers/configuration.ts';
import type { ScriptedServer } from './peers/scripted-server.ts';
import { lab, listenAsServer, scriptedServer } from './peers.ts';
import { tryEach } from './rows.ts';
import type { ConformanceWorld } from './world.ts';

const hasTimers = ({ declaration }: ConformanceWorld): boolean => declaration.capabilities.includes('timers');

/** Without a back-off where it can be set; else it is 1 s and more. */
export const quickly = (world: ConformanceWorld): Overrides =>
  hasTimers(world) ? { timers: { backOffMin: 1, backOffMax: 1 } } : {};

/** A process for each of a hundred connections takes its time. */
export const ofManyConnections = { timeout: 300_000 };

/**
 * Milliseconds that a table of so many connections may take: where one process can be told to connect again, a second for
 * each is plenty.
 */
export const longestTable = (world: ConformanceWorld, count: number): number =>
  hasTimers(world) ? Math.min(30_000 + 1_000 * count, 290_000) : 290_000;

/**
 * Starts it with timers of milliseconds, against a scripted server that listens. @param overrides of its configuration
 */
export async function startConnectingAgain(world: ConformanceWorld, overrides: Overrides = {}): Promise<void> {
  await lab(world);
  await listenAsServer(world);
  const base = {
    adapter: { configure: 'none', routes: false },
    accept: { defaultRoute: true },
    ...quickly(world),
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

/**
 * Has the initiator connect once more: by its user's command where the back-off before can be set, else as a program of its
 * own, since a back-off grows to a minute. Its last connection is over.
 */
export async function connectAgain(world: ConformanceWorld): Promise<void> {
  const client = world.iut('client');
  if (hasTimers(world)) {
    await client.event('ended');
    client.connect();
    return;
  }
  client.program.kill('SIGKILL');
  await client.program.exited;
  await world.start('client', 'client', client.configuration);
}

/** A connection for each case, whose REQUEST is read; `act` leaves it in any state. */
export async function eachConnection<Case>(
  world: ConformanceWorld,
  cases: readonly Case[],
  nameOf: (one: Case) => string,
  act: (server: ScriptedServer, one: Case) => Promise<void>,
): Promise<void> {
  const eachOne = async (one: Case): Promise<void> => {
    // The first connection it makes by itself.
    if (world.has('server')) await connectAgain(world);
    const server = await scriptedServer(world);
    try {
      await server.readRelay();
      await server.readRequest();
      await act(server, one);
      server.connection.finish();
    } catch (error) {
      // Whatever it waits for now, it has to be able to connect again.
      server.connection.reset();
      throw error;
    }
  };
  await tryEach(cases, nameOf, eachOne, 1, longestTable(world, cases.length));
}
