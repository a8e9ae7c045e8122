/**
 * Steps about the DHCP clients that people use, on the adapter of a tunnel, and about what such a client, or else the
 * kernel, makes of router advertisements there. Verdicts come from the kernel and the capture.
 */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { ipv4Octets } from '../../reference/packets/addresses.ts';
import { physicalText } from '../../reference/packets/physical.ts';
import { faultsOf } from '../../vectors/dhcp-reply.ts';
import { watchAdapter, watchClient } from '../support/adapter.ts';
import { addresses, isIn } from '../support/adapter-addresses.ts';
import { known } from '../support/known.ts';
import {
  type DhcpMessage,
  dhcpMessages,
  isDhcp,
  messageIn,
  optionOf,
  stateOf,
} from '../support/lab/captures/dhcp-messages.ts';
import type { Packet } from '../support/lab/captures/pcap.ts';
import { patience } from '../support/lab/deadlines/deadline.ts';
import { insist } from '../support/lab/deadlines/insist.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { DhcpClient } from '../support/lab/dhcp-clients/client.ts';
import { unplugged } from '../support/lab/dhcp-clients/networkd.ts';
import type { Purpose } from '../support/lab/dhcp-clients/recipe.ts';
import { recipes } from '../support/lab/dhcp-clients/recipes.ts';
import { LabFailure } from '../support/lab/failure.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { routesTo } from '../support/lab/networks/kernel-tables.ts';
import { virtualLan, virtualLan6 } from '../support/lab/networks/virtual-lan.ts';
import { isDiscovery, targetOf, type } from '../support/lab/packets/neighbour-packets.ts';
import { lab } from '../support/peers.ts';
import { addPlace, placeOf } from '../support/places.ts';
import { tunnelOfBoth } from '../support/tunnels.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    dhcpClient: DhcpClient;
  }
}

/** Not the MTU of the client data: a client that handles option 26 has to change it. */
const strangeMtu = 1280;
/** Three probes, and the time before and after: RFC 5227 §1.1. */
const probing = 20_000;
const names = { domain: 'private.test', search: ['private.test', 'lab.private.test'] };

Given(
  /^a tunnel whose adapter has nothing but its DHCP server(, and whose application lays the routes|, and takes checksums off the stack)?$/,
  async function (this: ConformanceWorld, words: string | null) {
    await lab(this);
    const routes = words?.includes('routes') === true;
    const options = words?.includes('checksums') ? { dataOptions: ['checksum', 'segmentation'] } : {};
    await this.startServer({ clientData: { ...names, dns: ['10.9.0.53'] }, ...options });
    const client = await this.startClient({ adapter: { configure: 'dhcp', routes }, ...options });
    await client.event('adapter');
    const namespace = this.lab.namespace('client');
    await this.lab.ip(namespace, `link set ${adapterIn(namespace)} mtu ${strangeMtu}`);
    await this.captureOn(namespace, adapterIn(namespace), 'adapter');
    await this.captureOn(this.lab.namespace('server'), adapterIn(this.lab.namespace('server')), 'far');
    watchAdapter(this, 'client');
  },
);

Given(
  /^a tunnel in both families, whose advertisements (the kernel|the client) takes and whose routes (the application|the client) lays$/,
  async function (this: ConformanceWorld, taker: string, layer: string) {
    await lab(this, { ipv6: true });
    // A device that is made takes the default: whatever there is of IPv6 then, the client has made.
    if (taker === 'the client') this.lab.sysctl(this.lab.namespace('client'), 'net/ipv6/conf/default/accept_ra', 0);
    await watchClient(this);
    const adapter = { configure: 'dhcp', routes: layer === 'the application' };
    const routes = [virtualLan.behindServer, virtualLan6.behindServer];
    const clientData = { ...names, routes, dns: ['10.9.0.53', 'fd00:9::53'] };
    await tunnelOfBoth(this, { client: { adapter }, server: { clientData } });
  },
);

// What the client is made to do.

/** The next message that passes the adapter and is wanted, to wait for: verdicts come from the capture. */
async function message(
  world: ConformanceWorld,
  name: string,
  wanted: (message: DhcpMessage) => boolean,
  milliseconds = patience,
): Promise<DhcpMessage> {
  const isWanted = (octets: Uint8Array): boolean => isDhcp(octets) && wanted(messageIn(octets));
  return messageIn(await world.get('stack').next(`a DHCP ${name} on the adapter`, isWanted, milliseconds));
}

const isFrom = (one: DhcpMessage, state: string): boolean => one.type === 'REQUEST' && stateOf(one) === state;

const requestFrom = (world: ConformanceWorld, state: string, milliseconds?: number): Promise<DhcpMessage> =>
  message(world, `REQUEST from ${state}`, (one) => isFrom(one, state), milliseconds);

/** Waits for the ACK to a REQUEST. */
async function acknowledged(world: ConformanceWorld, request: DhcpMessage): Promise<void> {
  const { xid, ciaddr } = request.fields;
  await message(world, 'ACK', ({ type, fields }) => type === 'ACK' && fields.xid === xid && fields.ciaddr === ciaddr);
}

const purposes: Readonly<Record<string, Purpose>> = {
  'uses it': 'use',
  'renews it': 'renew',
  'rebinds it': 'rebind',
  'probes for its address': 'probe',
  'looks for a router': 'ipv6',
};

When('{word} obtains a lease and {}', async function (this: ConformanceWorld, name: string, words: string) {
  const [recipe, purpose] = [known(recipes, name), known(purposes, words)];
  const namespace = this.lab.namespace('client');
  const device = adapterIn(namespace);
  const client = this.own(new DhcpClient({ name, recipe, namespace, device, folder: this.folder }));
  this.set('dhcpClient', client);
  await client.start(purpose, purpose === 'probe' ? probing : patience);
  if (purpose !== 'renew' && purpose !== 'rebind') return;
  const act = recipe[purpose];
  if (act === undefined) throw new LabFailure(`${name} has no way to do that at once`);
  const state = purpose === 'renew' ? 'RENEWING' : 'REBINDING';
  const request = await insist(
    () => act(client),
    (milliseconds) => requestFrom(this, state, milliseconds),
  );
  await acknowledged(this, request);
});

const acts: Readonly<Record<string, (client: DhcpClient) => unknown>> = {
  'releases its lease': (client) => client.recipe.release(client),
  'obtains a lease again': (client) => client.start(),
  'is ended and started again': async (client) => {
    await client.end();
    await client.start();
  },
};

When(
  /^it (releases its lease|obtains a lease again|is ended and started again)$/,
  async function (this: ConformanceWorld, words: string) {
    await known(acts, words)(this.get('dhcpClient'));
  },
);

When('the cable is pulled and plugged in again', async function (this: ConformanceWorld) {
  const [client, namespace] = [this.get('dhcpClient'), this.lab.namespace('client')];
  await this.lab.ip(namespace, `link set ${adapterIn(namespace)} carrier off`);
  await unplugged(client, patience);
  await this.lab.ip(namespace, `link set ${adapterIn(namespace)} carrier on`);
  await acknowledged(this, await requestFrom(this, 'INIT-REBOOT'));
  await client.recipe.settled(client, patience, 'use');
});

// What the capture shows.

async function conversation(world: ConformanceWorld): Promise<DhcpMessage[]> {
  return dhcpMessages(await world.packets('adapter'));
}

/** That a reply is what RFC 2131 wants as an answer to a request, whatever it offers. */
function judge(reply: DhcpMessage, request: DhcpMessage): void {
  const { serverAddress, clientAddress, serverPhysical, clientPhysical } = virtualLan;
  const isBroadcast = request.fields.flags !== 0;
  const faults = faultsOf(reply.octets, {
    ...reply.fields,
    xid: request.fields.xid,
    chaddr: clientPhysical,
    yiaddr: clientAddress,
    ciaddr: request.fields.ciaddr,
    ipSource: serverAddress,
    ethernetSource: serverPhysical,
    ipDestination: isBroadcast ? '255.255.255.255' : clientAddress,
    ethernetDestination: isBroadcast ? 'ff:ff:ff:ff:ff:ff' : clientPhysical,
    options: [
      { code: 54, value: ipv4Octets(serverAddress).toHex() },
      { code: 51, value: '00000e10' },
      { code: 61, value: optionOf(request, 61) },
    ],
    absent: [],
  });
  assert.deepEqual(faults, [], `packet ${reply.packet}, ${reply.type} to packet ${request.packet}`);
}

Then('the capture on the adapter shows {}', async function (this: ConformanceWorld, expected: string) {
  const messages = await conversation(this);
  assert.deepEqual(
    messages.map(({ type }) => type),
    expected.split(' '),
  );
  for (const [at, reply] of messages.entries()) {
    const request = messages[at - 1];
    if (request && reply.fields.sourcePort === 67) judge(reply, request);
  }
});

Then('a REQUEST from state {word} was acknowledged', async function (this: ConformanceWorld, state: string) {
  const messages = await conversation(this);
  const requests = messages.filter(({ type }) => type === 'REQUEST');
  const request = requests.find((one) => isFrom(one, state));
  assert.ok(request, `states of the REQUESTs: ${requests.map(stateOf).join(', ')}`);
  const reply = messages.slice(messages.indexOf(request)).find(({ fields }) => fields.sourcePort === 67);
  assert.equal(reply?.type, 'ACK');
  judge(reply as DhcpMessage, request);
});

Then('the RELEASE is in the capture, and no answer to it', async function (this: ConformanceWorld) {
  const messages = await conversation(this);
  const released = messages.findIndex(({ type }) => type === 'RELEASE');
  assert.ok(released > 0, 'no RELEASE');
  const release = messages[released]!;
  const { ciaddr, ipDestination } = release.fields;
  assert.deepEqual([ciaddr, ipDestination], [virtualLan.clientAddress, virtualLan.serverAddress]);
  const next = messages.slice(released + 1);
  assert.notEqual(next.length, 0, 'no conversation after the RELEASE: an answer to it might have been on its way');
  assert.equal(next[0]?.fields.destinationPort, 67, `packet ${next[0]?.packet} answers the RELEASE`);
});

Then(
  'ARP probes for its own address are in the capture, and no answer to them',
  async function (this: ConformanceWorld) {
    const packets = await this.packets('adapter');
    const own = virtualLan.clientAddress;
    const isProbe = (octets: Uint8Array): boolean =>
      isArp(octets, 1) && address(octets, 28) === '0.0.0.0' && address(octets, 38) === own;
    assert.ok(
      packets.some(({ octets }) => isProbe(octets)),
      'no ARP probe',
    );
    const answers = packets.filter(({ octets }) => isArp(octets, 2) && address(octets, 28) === own);
    assert.deepEqual(numbersOf(answers), []);
    const declined = (await conversation(this)).filter(({ type }) => type === 'DECLINE');
    assert.deepEqual(declined, []);
  },
);

const isArp = (octets: Uint8Array, operation: number): boolean =>
  octets[12] === 8 && octets[13] === 6 && octets[21] === operation;
const address = (octets: Uint8Array, offset: number): string => octets.subarray(offset, offset + 4).join('.');
const numbersOf = (packets: readonly Packet[]): number[] => packets.map(({ number }) => number);

Then('nothing of DHCP came out of the tunnel', async function (this: ConformanceWorld) {
  const packets = await this.packets('far');
  assert.notEqual(packets.length, 0, 'nothing at all came out of the tunnel');
  assert.deepEqual(numbersOf(packets.filter(({ octets }) => isDhcp(octets))), []);
});

// What the kernel has.

const networks: Readonly<Record<string, readonly string[]>> = {
  'the network behind the server': [virtualLan.behindServer],
  'both IPv6 networks of the client data': [virtualLan6.prefix, virtualLan6.behindServer],
};

Then(
  /^the kernel routes (the network behind the server|both IPv6 networks of the client data) to it$/,
  async function (this: ConformanceWorld, words: string) {
    for (const network of known(networks, words)) {
      // The application puts its route back when it hears that the client's script has flushed it.
      const namespace = this.lab.namespace('client');
      const look = async () => (await routesTo(namespace, network))[0];
      const { gateway, dev } = await until(`a route to ${network}`, look, patience);
      const server = network.includes(':') ? virtualLan6.serverLinkLocal : virtualLan.serverAddress;
      assert.deepEqual([gateway, dev], [server, adapterIn(namespace)], network);
    }
  },
);

Then('names are looked up at {}, in {}', async function (this: ConformanceWorld, servers: string, search: string) {
  const client = this.get('dhcpClient');
  const found = await client.recipe.nameService(client);
  const expected = { servers: servers.split(' and '), search: search.split(' ') };
  assert.deepEqual({ ...found, servers: found.servers.toSorted() }, expected);
});

/** Of the kernel: one that the client chose, and that duplicate address detection is done with. */
Then(
  'the kernel has an address of the IPv6 prefix in the client data, and no other',
  async function (this: ConformanceWorld) {
    const settled = async () => {
      const found = await addresses(this);
      const isDone = found.length > 0 && found.every(({ tentative }) => tentative !== true);
      return isDone ? found : undefined;
    };
    const found = await until(`an address of ${virtualLan6.clientPrefix}`, settled, patience);
    const others = found.filter((address) => !isIn(virtualLan6.clientPrefix, address));
    assert.deepEqual(others, []);
    addPlace(this, 'client6', { namespace: this.lab.namespace('client'), address: found[0]!.local });
  },
);

/** An implementation may have told the kernel not to ask (DupAddrDetectTransmits of RFC 4862). */
Then('nobody has answered that another node has it', function (this: ConformanceWorld) {
  const { address } = placeOf(this, 'client6');
  const seen = this.get('everything').settle();
  const advertised = seen.filter((frame) => isDiscovery(frame, type.advertisement) && targetOf(frame) === address);
  // What the client announces by itself is no answer.
  const sender = (frame: Uint8Array): string => physicalText(frame.subarray(6, 12));
  const answers = advertised.filter((frame) => sender(frame) !== virtualLan.clientPhysical);
  assert.deepEqual(answers, []);
});
