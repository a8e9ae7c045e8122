/** Steps about a tunnel that is made again: an end is started anew, and the adapter and what goes through it stay. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { Given, Then, When } from '@cucumber/cucumber';
import { findAddress } from './adapter-addresses.ts';
import { assertAdapterKept, noteAdapter } from './kept-adapter.ts';
import { patience, within } from './lab/deadlines/deadline.ts';
import { until } from './lab/deadlines/until.ts';
import { adapterIn } from './lab/networks/adapter-device.ts';
import type { Family } from './lab/networks/kernel-tables.ts';
import type { NodeName } from './lab/networks/namespace.ts';
import { virtualLan, virtualLan6 } from './lab/networks/virtual-lan.ts';
import { connected, connectInside, listenInside, ping, socketEvent } from './lab/packets/traffic.ts';
import { lab } from './peers.ts';
import { startTunnel, tunnelOfBoth } from './tunnels.ts';
import type { ConformanceWorld } from './world.ts';

/** A TCP connection through the tunnel whose far end returns every octet. */
interface Echo {
  readonly socket: Socket;
  readonly sent: Uint8Array[];
  readonly returned: Uint8Array[];
}

declare module './world.ts' {
  interface Facts {
    echo: Echo;
  }
}

const octetsOf = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, { length }) => sum + length, 0);

/** Sends random octets that nobody waits for. */
export function send({ socket, sent }: Echo, octets: number): void {
  const chunk = randomBytes(octets);
  sent.push(chunk);
  socket.write(chunk);
}

/** Sends random octets, and waits until all that was ever sent has come back. */
export async function exchange(echo: Echo, octets: number): Promise<void> {
  send(echo, octets);
  while (octetsOf(echo.returned) < octetsOf(echo.sent)) await socketEvent(echo.socket, 'data');
}

/** Connects through the tunnel. @param address of the server's adapter @param onConnection at its end */
export async function connectThrough(
  world: ConformanceWorld,
  address: string,
  onConnection: (socket: Socket) => void,
): Promise<Socket> {
  const { server, port } = await listenInside(world.lab.namespace('server'), 0, onConnection);
  const socket = connectInside(world.lab.namespace('client'), address, port);
  world.own({
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      server.close();
    },
  });
  await connected(socket, `${address} through the tunnel`);
  return socket;
}

/** In IPv6 the tunnel carries both families. */
Given(
  'a tunnel that reconnects, whose server routes {word}, and a TCP connection in {family} through it',
  async function (this: ConformanceWorld, prefix: string, family: Family) {
    const client = { reconnect: true, accept: { defaultRoute: true } };
    const server = { clientData: { routes: [prefix] } };
    if (family === 'IPv4') {
      await lab(this);
      await startTunnel(this, { client, server });
    } else {
      await tunnelOfBoth(this, { client, server });
      await findAddress(this, virtualLan6.clientPrefix);
    }
    await echoThrough(this, { IPv4: virtualLan.serverAddress, IPv6: virtualLan6.serverAddress }[family]);
    await noteAdapter(this);
  },
);

/** A TCP connection through the tunnel, which has carried some octets both ways. @param address of the server's adapter */
export async function echoThrough(world: ConformanceWorld, address: string, milliseconds = patience): Promise<void> {
  const socket = await connectThrough(world, address, (far) => {
    far.on('error', () => {});
    far.pipe(far);
  });
  const echo: Echo = { socket, sent: [], returned: [] };
  socket.on('data', (chunk: Uint8Array) => echo.returned.push(chunk));
  await within(milliseconds, 'the octets coming back', exchange(echo, 50_000));
  world.set('echo', echo);
}

Then('the TCP connection has gone on, and every octet came back', async function (this: ConformanceWorld) {
  const echo = this.get('echo');
  await within(30_000, 'the octets coming back', exchange(echo, 200_000));
  assert.ok(Buffer.concat(echo.sent).equals(Buffer.concat(echo.returned)), 'other octets came back');
});

Then('the adapter and its addresses are those of before', async function (this: ConformanceWorld) {
  await assertAdapterKept(this);
});

/** With the configuration that it had. */
When('the {node} is killed and started again', async function (this: ConformanceWorld, node: NodeName) {
  const { program, role, configuration } = this.iut(node);
  program.kill('SIGKILL');
  await program.exited;
  const again = await this.start(role, node, configuration);
  if (role === 'client') await again.event('adapter');
});

/** An implementation may make it anew later. */
When("somebody removes the {node}'s adapter", async function (this: ConformanceWorld, node: NodeName) {
  const namespace = this.lab.namespace(node);
  await this.lab.ip(namespace, `link delete ${adapterIn(namespace)}`);
});

/** Through no connection but a new one: the one before has no address, or no server, any more. */
Then(
  'datagrams pass through the tunnel again within {duration}',
  async function (this: ConformanceWorld, limit: number) {
    const options = { namespace: this.lab.namespace('client'), destination: virtualLan.serverAddress, wait: 1 };
    const answered = async () => (await ping(options)).received > 0 || undefined;
    await until("an answer of the server's adapter", answered, limit);
  },
);
