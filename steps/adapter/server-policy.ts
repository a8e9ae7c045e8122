/** Steps about what a tunnel server passes on, and into which tunnel: many datagrams, one after the other. */
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { ipv4Octets } from '../../reference/packets/addresses.ts';
import { encodeIpv4, IpProtocol } from '../../reference/packets/ipv4.ts';
import { encodeUdp } from '../../reference/packets/udp.ts';
import { authorizeAtAdapter, isFromTunnel, packetDown, serverUnderTest } from '../support/adapter.ts';
import { known } from '../support/known.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { unanswered } from '../support/lab/packets/datagrams.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Own addresses of the clients, where they are not the usual ones. */
    clientAddresses: Readonly<Record<'alice' | 'bob', string>>;
  }
}

const { clientAddress, serverAddress } = virtualLan;
const addressOf = (world: ConformanceWorld, name: string): string =>
  known(world.has('clientAddresses') ? world.get('clientAddresses') : { alice: clientAddress, bob: '10.8.0.11' }, name);

/** A program that does nothing: nobody else is on the network. */
const ofGroup = { traffic: { routeHook: ['true'] } };

const hexOf = (datagrams: readonly Uint8Array[]): string => datagrams.map((one) => one.toHex()).join(', ') || 'nothing';

const equal = (one: Uint8Array, other: Uint8Array): boolean => Buffer.from(one).equals(other);

function report(faults: readonly string[]): void {
  if (faults.length > 0) throw new Nonconformance(faults.join('\n'));
}

function networksOf(table: DataTable): { readonly alice: string[]; readonly bob: string[] } {
  const { alice = '', bob = '' } = table.rowsHash();
  const list = (text: string): string[] => (text === '' ? [] : text.split(' '));
  return { alice: list(alice), bob: list(bob) };
}

/** In order: alice, then bob. */
Given(
  /^a tunnel server's adapter( of both families)? with alice and bob authorized, behind whom are$/,
  async function (this: ConformanceWorld, families: string | null, table: DataTable) {
    await serverUnderTest(this, Boolean(families), networksOf(table));
  },
);

Given(
  "a tunnel server's adapter with alice and bob authorized, who may reach each other, and behind whom are",
  async function (this: ConformanceWorld, table: DataTable) {
    await serverUnderTest(this, false, networksOf(table), {}, { clientToClient: true });
  },
);

Given(
  "a tunnel server's adapter with alice and bob authorized, one of a group, and behind whom are",
  async function (this: ConformanceWorld, table: DataTable) {
    await serverUnderTest(this, false, networksOf(table), {}, ofGroup);
  },
);

Given(
  /^a tunnel server's adapter at (\S+) with alice at (\S+) and bob at (\S+) authorized(, one of a group)?$/,
  async function (this: ConformanceWorld, address: string, alice: string, bob: string, group: string | null) {
    const addresses = { alice, bob };
    this.set('clientAddresses', addresses);
    const overrides = group === null ? {} : ofGroup;
    await serverUnderTest(this, false, { alice: [], bob: [] }, { address, addressOf: addresses }, overrides);
  },
);

Given(
  /^a tunnel server's adapter( of both families)? with alice authorized, whose client data routes (\S+)$/,
  async function (this: ConformanceWorld, families: string | null, route: string) {
    const routes = route === 'nothing' ? [] : [route];
    await serverUnderTest(this, Boolean(families), { alice: [] }, {}, { clientData: { routes } });
  },
);

/** Each datagram is followed by one that surely passes, of the same client. */
Then(
  /^of what (alice|bob) sends these datagrams (reach|do not reach) the server's adapter$/,
  async function (this: ConformanceWorld, name: string, reach: string, table: DataTable) {
    const client = name === 'bob' ? this.get('bob') : this.get('initiator');
    const stack = this.get('stack');
    const faults: string[] = [];
    for (const [index, { from = '', to = '' }] of table.hashes().entries())
      for (const make of unanswered) {
        const datagram = make(from, to, 1000 + 2 * index);
        const control = make(addressOf(this, name), serverAddress, 1001 + 2 * index);
        await client.send(datagram);
        await client.send(control);
        const came = await until(control, async () =>
          (await stack.next(`a datagram of ${name}`, isFromTunnel)).subarray(14),
        );
        const expected = reach === 'reach' ? [datagram] : [];
        const isRight = came.length === expected.length && expected.every((one, at) => equal(one, came[at]!));
        if (!isRight) faults.push(`${datagram.toHex()} from ${from} to ${to}: ${hexOf(came)} came`);
      }
    report(faults);
  },
);

/**
 * Each datagram is followed by one that surely passes, of the same client, and then by one for each client that surely gets
 * it. What may pass goes to the other client by way of the server's stack, or at once: nobody asks which.
 */
Then(
  /^the server (passes|does not pass) these datagrams of alice on$/,
  async function (this: ConformanceWorld, passes: string, table: DataTable) {
    const clients = { alice: this.get('initiator'), bob: this.get('bob') };
    const stack = this.get('stack');
    const faults: string[] = [];
    for (const [index, { from = '', to = '' }] of table.hashes().entries()) {
      const came: Uint8Array[] = [];
      const datagrams = unanswered.map((make) => make(from, to, 4000 + 2 * index));
      for (const [at, make] of unanswered.entries()) {
        const control = make(clientAddress, serverAddress, 4001 + 2 * index);
        for (const one of [datagrams[at]!, control]) await clients.alice.send(one);
        const nextOfStack = async () => (await stack.next('a datagram of alice', isFromTunnel)).subarray(14);
        came.push(...(await until(control, nextOfStack)));
      }
      for (const [name, client] of Object.entries(clients)) {
        const farewell = echoReply(serverAddress, addressOf(this, name), 4001 + 2 * index);
        stack.inject(packetDown(farewell));
        came.push(...(await until(farewell, () => client.receive())));
      }
      const hasCome = (datagram: Uint8Array): boolean => came.some((one) => equal(one, datagram));
      const isRight = passes === 'passes' ? datagrams.every(hasCome) : came.length === 0;
      if (!isRight) faults.push(`from ${from} to ${to}: ${hexOf(came)} came`);
    }
    report(faults);
  },
);

/** What comes before the last one. */
async function until(last: Uint8Array, next: () => Promise<Uint8Array>): Promise<Uint8Array[]> {
  const came: Uint8Array[] = [];
  for (let one = await next(); !equal(one, last); one = await next()) came.push(one);
  return came;
}

When('bob is authorized anew', async function (this: ConformanceWorld) {
  await authorizeAtAdapter(this, 'bob');
});

/** Each datagram is followed by one for each client that is there, and surely gets it. */
Then(
  "what the server's stack sends enters the tunnel of whom it is for",
  async function (this: ConformanceWorld, table: DataTable) {
    const everyone = Object.entries({ alice: this.get('initiator'), bob: this.get('bob') });
    const clients = everyone.filter(([, { connection }]) => !connection.over);
    const stack = this.get('stack');
    const faults: string[] = [];
    for (const [index, { from = '', to = '', tunnel = '' }] of table.hashes().entries()) {
      const datagrams = unanswered.map((make) => make(from, to, 2000 + 2 * index));
      for (const datagram of datagrams) stack.inject(packetDown(datagram));
      for (const [name, client] of clients) {
        const controls = unanswered.map((make) => make(serverAddress, addressOf(this, name), 2001 + 2 * index));
        for (const control of controls) stack.inject(packetDown(control));
        const came = await until(controls.at(-1)!, () => client.receive());
        const expected = [...(tunnel === name ? datagrams : []), ...controls.slice(0, -1)];
        const isRight = came.length === expected.length && expected.every((one, at) => equal(one, came[at]!));
        if (!isRight) faults.push(`from ${from} to ${to}: ${name} got ${hexOf(came)}`);
      }
    }
    report(faults);
  },
);

/** Each is followed by one that surely enters it. */
Then(
  "UDP that the server's stack sends to these ports of her enters the tunnel of alice",
  async function (this: ConformanceWorld, table: DataTable) {
    const alice = this.get('initiator');
    const stack = this.get('stack');
    const faults: string[] = [];
    for (const [index, { to = '', port = '' }] of table.hashes().entries()) {
      const ends = { source: serverAddress, destination: to };
      const udp = { sourcePort: 4_000 + index, destinationPort: Number(port), payload: new Uint8Array(20) };
      const payload = encodeUdp(udp, { source: ipv4Octets(ends.source), destination: ipv4Octets(ends.destination) });
      const datagram = encodeIpv4({ ...ends, protocol: IpProtocol.udp, payload });
      const control = echoReply(serverAddress, clientAddress, 3_000 + index);
      for (const one of [datagram, control]) stack.inject(packetDown(one));
      const came = await until(control, () => alice.receive());
      if (came.length !== 1 || !equal(came[0]!, datagram))
        faults.push(`to ${to}, port ${port}: ${came.map((one) => one.toHex()).join(', ') || 'nothing'} came`);
    }
    report(faults);
  },
);
