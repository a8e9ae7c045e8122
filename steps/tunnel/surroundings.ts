/** Steps about what befalls a machine: processes that stand still, a wire that is cut, an adapter that is down or removed. */
import { setTimeout as pause } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { until } from '../support/lab/deadlines/until.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { networksBehind } from '../support/lab/networks/kernel-tables.ts';
import { type NodeName, wireDevice } from '../support/lab/networks/namespace.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { ping } from '../support/lab/packets/traffic.ts';
import { lab } from '../support/peers.ts';
import { echoThrough } from '../support/reconnecting.ts';
import { startTunnelThatReconnects } from '../support/tunnels.ts';
import type { ConformanceWorld } from '../support/world.ts';

Given('a tunnel that reconnects soon, and a TCP connection through it', async function (this: ConformanceWorld) {
  await lab(this);
  await startTunnelThatReconnects(this);
  await echoThrough(this, virtualLan.serverAddress);
});

const longEnough = { timeout: 30_000 };

When(
  'the {node} is suspended for {duration}',
  longEnough,
  async function (this: ConformanceWorld, node: NodeName, milliseconds: number) {
    const { program } = this.iut(node);
    program.suspend();
    await pause(milliseconds);
    program.resume();
  },
);

/** Takes a device of a node down for a while, in which the server's machine sends. */
async function down(world: ConformanceWorld, node: NodeName, device: string, milliseconds: number): Promise<void> {
  const namespace = world.lab.namespace(node);
  await world.lab.ip(namespace, `link set ${device} down`);
  const over = pause(milliseconds);
  await ping({ namespace: world.lab.namespace('server'), destination: virtualLan.clientAddress, wait: 1 });
  await over;
  await world.lab.ip(namespace, `link set ${device} up`);
}

When('the wire is cut for {duration}', longEnough, async function (this: ConformanceWorld, milliseconds: number) {
  await down(this, 'client', wireDevice, milliseconds);
});

When(
  "the {node}'s adapter is down for {duration}",
  longEnough,
  async function (this: ConformanceWorld, node: NodeName, milliseconds: number) {
    await down(this, node, adapterIn(this.lab.namespace(node)), milliseconds);
  },
);

Then(
  "the client routes {word} through the server's adapter again",
  async function (this: ConformanceWorld, network: string) {
    const namespace = this.lab.namespace('client');
    const look = async () =>
      (await networksBehind(namespace, 'IPv4', adapterIn(namespace))).includes(network) || undefined;
    await until(`a route to ${network} through the adapter`, look, beforeLong);
  },
);

/** The server is killed before, and started again afterwards. */
When(
  "somebody removes the client's adapter while no server is there",
  longEnough,
  async function (this: ConformanceWorld) {
    const { program, role, configuration } = this.iut('server');
    program.kill('SIGKILL');
    await program.exited;
    await this.iut('client').event('ended');
    const namespace = this.lab.namespace('client');
    await this.lab.ip(namespace, `link delete ${adapterIn(namespace)}`);
    await pause(500);
    await this.start(role, 'server', configuration);
  },
);

/** Milliseconds. */
const beforeLong = 15_000;

Then(
  'before long the {node} has an adapter that carries datagrams, or its program has ended with an error',
  longEnough,
  async function (this: ConformanceWorld, node: NodeName) {
    const { program } = this.iut(node);
    const namespace = this.lab.namespace('client');
    const look = async () => {
      if (!program.running) return true;
      return (await ping({ namespace, destination: virtualLan.serverAddress, wait: 1 })).received > 0 || undefined;
    };
    await until('an echo through the tunnel, or the end of the program', look, beforeLong);
    if (program.running) return;
    const { code } = await program.exited;
    if (code === 0) throw new Nonconformance('the program ended as if nothing had happened, with status 0');
  },
);
