/** Steps about a client under lockdown: what is on the wire outside, whatever it sends. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { programIn } from '../../reference/linux/programs/installed.ts';
import { watchAdapter } from '../support/adapter.ts';
import { Capture } from '../support/lab/captures/capture.ts';
import { patience, within } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { networksBehind } from '../support/lab/networks/kernel-tables.ts';
import { wireAddresses, wireAddresses6, wireDevice } from '../support/lab/networks/namespace.ts';
import { virtualLan6 } from '../support/lab/networks/virtual-lan.ts';
import { attempt, run } from '../support/lab/programs/command.ts';
import { merge, tunnelPort } from '../support/peers/configuration.ts';
import { lab } from '../support/peers.ts';
import { placeOf } from '../support/places.ts';
import { privateNetwork } from '../support/sites.ts';
import { startTunnel } from '../support/tunnels.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** What another program has laid, which stays whatever becomes of the lockdown (section 11.1). */
const rulesOfOthers =
  'table inet others {\nchain forward {\ntype filter hook forward priority 0; policy accept;\n}\n}\n';

/** Under npm other programs of that name come first. */
const nft = programIn('/usr/sbin:/sbin:/usr/bin:/bin', 'nft') ?? 'nft';

async function assertRulesOfOthers(world: ConformanceWorld): Promise<void> {
  const namespace = world.lab.namespace('client');
  const found = await run([nft, 'list', 'tables', 'inet'], { namespace });
  assert.match(found, /^table inet others$/m, 'the rules of another program are gone');
}

/** Its routes lead everywhere by the wire, so that without the tunnel everything would leave there. */
Given(
  /^a client under lockdown(?: that is the gateway of (\S+))?(, whose user refuses IPv6)?, to whom the server routes ([^\s,]+)(?: and ([^\s,]+))?(?:, with the DNS server (\S+))?$/,
  async function (
    this: ConformanceWorld,
    host: string | null,
    isWithout6: string | null,
    route: string,
    route6: string | null,
    dns: string | null,
  ) {
    await lab(this, { ipv6: true });
    if (host !== null) await privateNetwork(this, 'client', [host], true);
    const namespace = this.lab.namespace('client');
    await this.lab.ip(
      namespace,
      `route add default via ${wireAddresses.server}`,
      `route add ::/0 via ${wireAddresses6.server}`,
    );
    const reconnect = this.declaration.capabilities.includes('reconnect');
    const routes = [route, ...(route6 === null ? [] : [route6])];
    const adapter = route6 === null ? {} : { adapter: { address6: virtualLan6.serverPrefix } };
    await run([nft, '-f', '-'], { namespace, input: rulesOfOthers });
    await startTunnel(this, {
      server: { ...adapter, clientData: { routes, ...(dns !== null && { dns: [dns] }) } },
      client: { reconnect, accept: { defaultRoute: true, ipv6: isWithout6 === null }, lockdown: {} },
    });
  },
);

When(
  /^the server comes back( without IPv6)? and routes ([^\s,]+)(?: and ([^\s,]+))?(?:, with the DNS server (\S+))?$/,
  async function (
    this: ConformanceWorld,
    isWithout6: string | null,
    route: string,
    route6: string | null,
    dns: string | null,
  ) {
    const { program, configuration } = this.iut('server');
    program.kill('SIGKILL');
    await program.exited;
    const routes = [route, ...(route6 === null ? [] : [route6])];
    const changes = {
      clientData: { routes, ...(dns !== null && { dns: [dns] }) },
      ...(isWithout6 !== null && { adapter: { address6: undefined } }),
    };
    await this.start('server', 'server', merge(configuration, changes));
    const namespace = this.lab.namespace('client');
    for (const [family, network] of [['IPv4', route] as const, ['IPv6', route6] as const]) {
      const look = async () =>
        network === null ||
        (await networksBehind(namespace, family, adapterIn(namespace))).includes(network) ||
        undefined;
      await until(`a route to ${network} through the adapter`, look, 20_000);
    }
  },
);

When('nothing else happens', () => undefined);

Then(
  "DNS queries of the client's to {word} leave through the adapter",
  async function (this: ConformanceWorld, server: string) {
    watchAdapter(this, 'client');
    const stack = this.get('stack');
    const namespace = this.lab.namespace('client');
    for (const [protocol, number] of [['udp', 17] as const, ['tcp', 6] as const]) {
      const argv = ['timeout', '1', 'bash', '-c', `echo query >/dev/${protocol}/${server}/53`];
      const asked = attempt(argv, { namespace, timeout: patience });
      const isQuery = (frame: Uint8Array): boolean =>
        frame[23] === number && frame.subarray(30, 34).join('.') === server && frame[36] === 0 && frame[37] === 53;
      await stack.next(`a query by ${protocol}`, isQuery);
      await asked;
    }
  },
);

When('the server is killed for good', async function (this: ConformanceWorld) {
  const { program } = this.iut('server');
  program.kill('SIGKILL');
  await program.exited;
});

When('the client is killed and started again, and gets no session', async function (this: ConformanceWorld) {
  const { program, role, configuration } = this.iut('client');
  program.kill('SIGKILL');
  await program.exited;
  await this.start(role, 'client', configuration);
});

When('its session is over', async function (this: ConformanceWorld) {
  await this.iut('client').event('ended');
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

/** Captures what is no part of the tunnel connection while somebody sends. @returns a line for each packet */
async function outside(
  world: ConformanceWorld,
  from: string,
  commands: readonly (readonly string[])[],
  filter = inner,
): Promise<string[]> {
  const namespace = world.lab.namespace('client');
  const sender = placeOf(world, from).namespace;
  const file = join(world.folder, 'outside.pcap');
  await using capture = await Capture.start({ namespace, device: wireDevice, file, filter });
  // Each may fail: that nothing leaves is what is asked for.
  const sent = commands.map((argv) => attempt(argv, { namespace: sender, timeout: patience }));
  await within(2 * patience, 'the programs that send', Promise.all(sent));
  const packets = await capture.packets();
  return packets.map(({ number, octets }) => `packet ${number} of outside.pcap: ${octets.subarray(14, 94).toHex()}`);
}

/**
 * An echo request to each by the routes, UDP and TCP to a port of its own; and one more echo request by the adapter outside,
 * which the client alone has.
 */
const datagrams = (from: string, destinations: string): string[][] =>
  destinations.split(/, | and /).flatMap((destination) => {
    const argv = ['ping', '-n', '-c', '1', '-W', '1'];
    return [
      [...argv, destination],
      ...['udp', 'tcp'].map((protocol) => ['timeout', '1', 'bash', '-c', `echo >/dev/${protocol}/${destination}/4242`]),
      ...(from === 'client' ? [[...argv, '-I', wireDevice, destination]] : []),
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
  /^of what (?:the )?(\S+) sends to (.+) and of DNS queries nothing is on the wire outside$/,
  async function (this: ConformanceWorld, from: string, destinations: string) {
    const found = await outside(this, from, [...datagrams(from, destinations), ...queries]);
    assert.deepEqual(found, [], `${found.length} packets left beside the tunnel`);
    await assertRulesOfOthers(this);
  },
);

Then(
  'no segment of {word} for the first node is on the wire outside',
  async function (this: ConformanceWorld, host: string) {
    const connect = ['timeout', '1', 'bash', '-c', `echo >/dev/tcp/${wireAddresses.server}/${tunnelPort}`];
    const found = await outside(this, host, [connect], `tcp and host ${host} and host ${wireAddresses.server}`);
    assert.deepEqual(found, [], `${found.length} packets left beside the tunnel`);
  },
);

Then(
  /^what (?:the )?(\S+) sends to (.+) is on the wire outside$/,
  async function (this: ConformanceWorld, from: string, destinations: string) {
    for (const argv of datagrams(from, destinations)) {
      const found = await outside(this, from, [argv]);
      assert.ok(found.length > 0, `nothing of ${argv.join(' ')} was on the wire`);
    }
    await assertRulesOfOthers(this);
  },
);
