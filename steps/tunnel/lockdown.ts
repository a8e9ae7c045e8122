/** Steps about a client under lockdown: what is on the wire outside, whatever it sends. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { Capture } from '../support/lab/capture.ts';
import { attempt } from '../support/lab/command.ts';
import { patience, within } from '../support/lab/deadline.ts';
import { wireAddresses, wireAddresses6, wireDevice } from '../support/lab/namespace.ts';
import { virtualLan6 } from '../support/lab/virtual-lan.ts';
import { tunnelPort } from '../support/peers/configuration.ts';
import { lab } from '../support/peers.ts';
import { startTunnel } from '../support/tunnels.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Its routes lead everywhere by the wire, so that without the tunnel everything would leave there. */
Given(
  /^a client under lockdown, to whom the server routes (\S+)(?: and (\S+))?, with the DNS server (\S+)$/,
  async function (this: ConformanceWorld, route: string, route6: string | null, dns: string) {
    await lab(this, { ipv6: true });
    const namespace = this.lab.namespace('client');
    await this.lab.ip(
      namespace,
      `route add default via ${wireAddresses.server}`,
      `route add ::/0 via ${wireAddresses6.server}`,
    );
    const reconnect = this.declaration.capabilities.includes('reconnect');
    const routes = [route, ...(route6 === null ? [] : [route6])];
    const adapter = route6 === null ? {} : { adapter: { address6: virtualLan6.serverPrefix } };
    await startTunnel(this, {
      server: { ...adapter, clientData: { routes, dns: [dns] } },
      client: { reconnect, accept: { defaultRoute: true }, lockdown: {} },
    });
  },
);

When('nothing else happens', () => undefined);

When('the server is killed for good', async function (this: ConformanceWorld) {
  const { program } = this.iut('server');
  program.kill('SIGKILL');
  await program.exited;
});

When('the client is killed', async function (this: ConformanceWorld) {
  const { program } = this.iut('client');
  program.kill('SIGKILL');
  await program.exited;
});

const outer = `tcp port ${tunnelPort} and (host ${wireAddresses.server} or host ${wireAddresses6.server})`;
/** Neighbour discovery, and what stays on the link by its destination. */
const ofTheLink = '(ip6[24] = 0xff and ip6[25] = 0x02) or (ip6[6] = 58 and ip6[40] >= 133 and ip6[40] <= 136)';
const inner = `(ip or ip6) and not (${outer}) and not (ip6 and (${ofTheLink}))`;

/** Captures what is no part of the tunnel connection while the client sends. @returns a line for each packet */
async function outside(world: ConformanceWorld, commands: readonly (readonly string[])[]): Promise<string[]> {
  const namespace = world.lab.namespace('client');
  const file = join(world.folder, 'outside.pcap');
  await using capture = await Capture.start({ namespace, device: wireDevice, file, filter: inner });
  // Each may fail: that nothing leaves is what is asked for.
  const sent = commands.map((argv) => attempt(argv, { namespace, timeout: patience }));
  await within(2 * patience, 'the programs that send', Promise.all(sent));
  const packets = await capture.packets();
  return packets.map(({ number, octets }) => `packet ${number} of outside.pcap: ${octets.subarray(14, 94).toHex()}`);
}

/** Two echo requests to each: by the routes, and by the adapter outside. */
const pings = (destinations: string): string[][] =>
  destinations.split(/, | and /).flatMap((destination) => {
    const argv = ['ping', '-n', '-c', '1', '-W', '1'];
    return [
      [...argv, destination],
      [...argv, '-I', wireDevice, destination],
    ];
  });

/** To name servers outside, by UDP and TCP, and by TLS. */
const queries = ([wireAddresses.server, wireAddresses6.server] as const).flatMap((server) =>
  ['udp', 'tcp'].flatMap((protocol) =>
    (protocol === 'udp' ? [53] : [53, 853]).map((port) => [
      'bash',
      '-c',
      `echo query >/dev/${protocol}/${server}/${port}`,
    ]),
  ),
);

Then(
  /^of what the client sends to (.+) and of DNS queries nothing is on the wire outside$/,
  async function (this: ConformanceWorld, destinations: string) {
    const found = await outside(this, [...pings(destinations), ...queries]);
    assert.deepEqual(found, [], `${found.length} packets left beside the tunnel`);
  },
);

Then(
  /^what the client sends to (.+) is on the wire outside$/,
  async function (this: ConformanceWorld, destinations: string) {
    for (const argv of pings(destinations)) {
      const found = await outside(this, [argv]);
      assert.ok(found.length > 0, `nothing of ${argv.join(' ')} was on the wire`);
    }
  },
);
