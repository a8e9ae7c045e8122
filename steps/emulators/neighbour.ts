/** Steps about the neighbour discovery emulator (RFC 4861) of the client's adapter and of the server's. */
import assert from 'node:assert/strict';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { ipv6Octets, ipv6Text } from '../../reference/packets/addresses.ts';
import { decodeNeighbour, NeighbourFlag, type NeighbourMessage } from '../../reference/packets/neighbour.ts';
import type { NeighbourOption } from '../../reference/packets/neighbour-options.ts';
import { physicalText } from '../../reference/packets/physical.ts';
import type { ClientData } from '../../reference/wire/client-data.ts';
import { reply as fromServer } from '../../vectors/generate/neighbour-packet.ts';
import { load, octets, title } from '../../vectors/load.ts';
import { sendUp, serverUnderTest } from '../support/adapter.ts';
import { emulatorsOfVectors, vectorsOf } from '../support/emulators.ts';
import { known } from '../support/known.ts';
import { patience, within } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { virtualLan, virtualLan6 } from '../support/lab/networks/virtual-lan.ts';
import { neighbour } from '../support/lab/packets/emulator-questions.ts';
import { destinationOf, isDiscovery, summed, targetOf, type } from '../support/lab/packets/neighbour-packets.ts';
import { neighbourSolicitation } from '../support/lab/packets/solicitations.ts';
import { played } from '../support/played.ts';
import { tryEach as tryRows } from '../support/rows.ts';
import { tryEach } from '../support/vector-trials.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** A neighbour solicitation. */
interface Question {
  readonly target: string;
  readonly source: string;
  readonly frame: Uint8Array;
}

declare module '../support/world.ts' {
  interface Facts {
    question: Question;
  }
}

// The client's adapter.

/** Writes over the octets of options of a type, from an offset behind type and length on. */
function altered({ dhcp, neighbour }: ClientData, type: number, offset: number, octets: Uint8Array): ClientData {
  const change = (option: NeighbourOption): NeighbourOption => {
    const value = option.value.slice();
    value.set(octets, offset);
    return { ...option, value };
  };
  return { dhcp, neighbour: neighbour.map((option) => (option.type === type ? change(option) : option)) };
}

/** RFC 8106 §5.1: behind type, length, reserved octets and lifetime stand the addresses. */
function withServers({ dhcp, neighbour }: ClientData, addresses: readonly Uint8Array[]): ClientData {
  const change = (option: NeighbourOption): NeighbourOption => ({
    ...option,
    value: concat(option.value.subarray(0, 6), ...addresses),
  });
  return { dhcp, neighbour: neighbour.map((option) => (option.type === 25 ? change(option) : option)) };
}

const alterations: Readonly<Record<string, (data: ClientData, value: string) => ClientData>> = {
  'MTU in IPv6': (data, mtu) => altered(data, 5, 2, Uint8Array.of(0, 0, Number(mtu) >> 8, Number(mtu) & 0xff)),
  'DNS servers in IPv6': (data, addresses) => withServers(data, addresses.split(', ').map(ipv6Octets)),
  '/64': (data, prefix) => altered(data, 3, 14, ipv6Octets(prefix)),
};

Given(
  /^an adapter configured by nobody, with client data whose (.+) (?:is|are) (.+)$/,
  async function (this: ConformanceWorld, name: string, value: string) {
    const alter = known(alterations, name);
    const group = 'A /64, routes, DNS and an MTU.';
    await emulatorsOfVectors(this, 'neighbour', group, {}, (data) => alter(data, value));
  },
);

const words = (text: string): string[] => (text === 'none' ? [] : text.split(' '));
/** What the rows of a table change in the `reply` of a vector. */
const replyFields: Readonly<Record<string, (text: string) => Readonly<Record<string, unknown>>>> = {
  routes: (text) => ({ routes: words(text) }),
  'DNS servers': (text) => ({ dns: words(text) }),
  'router lifetime': (text) => ({ defaultRouter: text === 'above 0' }),
  '/64': (text) => ({ prefixes: [{ prefix: text, prefixLength: 64, onLink: false, autonomous: true }] }),
  MTU: (text) => ({ mtu: text === 'none' ? undefined : Number(text) }),
};

Then('each advertisement has', function (this: ConformanceWorld, table: DataTable) {
  const fields = Object.entries(table.rowsHash()).map(([name, text]) => known(replyFields, name)(text));
  const wanted: Readonly<Record<string, unknown>> = Object.assign({}, ...fields);
  for (const { vector, answer } of this.get('exchanges')) {
    assert.ok(answer !== undefined, 'a solicitation that is not to be answered');
    // A user who refuses DNS servers does not refuse the search list: it stays as the vector has it.
    const faults = neighbour.faultsOf(answer, { ...vector, reply: { ...vector['reply'], ...wanted } });
    assert.deepEqual(faults, [], vector.comment);
  }
});

Then('no router solicitation of the stack is answered', async function (this: ConformanceWorld) {
  for (const vector of vectorsOf(this, neighbour.subject, 'RouterSolicitation'))
    await neighbour.expectSilence(this.get('stack'), vector);
});

/** 8 octets each, for what ICMPv6 follows: RFC 8200 §4.3 to §4.6. */
const headers: Readonly<Record<string, Uint8Array>> = {
  'hop-by-hop options': Uint8Array.of(0, 58, 0, 1, 4, 0, 0, 0, 0),
  'destination options': Uint8Array.of(60, 58, 0, 1, 4, 0, 0, 0, 0),
  'a fragment header, and whole': Uint8Array.of(44, 58, 0, 0, 0, 0, 0, 0, 7),
};

/** The checksum of ICMPv6 is the same behind a header. */
function behind([type = 0, ...header]: Uint8Array, packet: Uint8Array): Uint8Array {
  const length = Uint8Array.of(0, (packet[19] ?? 0) + header.length);
  return concat(
    packet.subarray(0, 18),
    length,
    Uint8Array.of(type),
    packet.subarray(21, 54),
    Uint8Array.from(header),
    packet.subarray(54),
  );
}

Then(
  'neither neighbour nor router solicitations of the stack are answered behind these headers',
  async function (this: ConformanceWorld, table: DataTable) {
    for (const [name = ''] of table.raw())
      for (const flag of ['NeighbourSolicitation', 'RouterSolicitation'])
        for (const vector of vectorsOf(this, neighbour.subject, flag)) {
          const packet = behind(known(headers, name), octets(vector['packet'])).toHex();
          await neighbour.expectSilence(this.get('stack'), {
            ...vector,
            comment: `${vector.comment}, behind ${name}`,
            packet,
          });
        }
  },
);

/** Who refuses IPv6 gets none; what the stack sends all the same is a datagram like any other (section 11). */
Then('an IPv6 datagram of the stack enters the tunnel', async function (this: ConformanceWorld) {
  const datagram = concat(
    Uint8Array.of(0x60, 0, 0, 0, 0, 4, 59, 64),
    ipv6Octets('fd00:8:0:a::1'),
    ipv6Octets('fd00:9::5'),
    Uint8Array.of(1, 2, 3, 4),
  );
  sendUp(this, datagram);
  const found = async (): Promise<void> => {
    while (!Buffer.from(await this.get('server').receive()).equals(datagram));
  };
  await within(patience, 'the datagram', found());
});

// The server's adapter: where its tunnel clients are, RFC 4861 §7.2.

function question(target: string, source: string): Question {
  const message = neighbourSolicitation(target, { source, physical: virtualLan.serverPhysical });
  return { target, source, frame: fromServer(message) };
}

/** By the offset in the Ethernet packet: hop limit of IPv6 (RFC 8200 §3), ICMPv6 (RFC 4443 §2.1), its first option. */
const faults: Readonly<Record<string, (frame: Uint8Array) => Uint8Array>> = {
  'a hop limit of 254': (frame) => frame.with(21, 254),
  'a hop limit of 64': (frame) => frame.with(21, 64),
  'a wrong checksum': (frame) => frame.with(56, frame[56]! ^ 1),
  'a code of 1': (frame) => summed(frame.with(55, 1)),
  'an option of length 0': (frame) => summed(frame.with(79, 0)),
};

function ask(world: ConformanceWorld, target: string, source: string, fault?: string): Question {
  const asked = question(target, source);
  const frame = fault === undefined ? asked.frame : known(faults, fault)(asked.frame);
  world.get('stack').inject(frame);
  return { ...asked, frame };
}

When(
  /^the server's stack solicits (\S+) from (\S+)$/,
  function (this: ConformanceWorld, target: string, source: string) {
    this.set('question', ask(this, target, source));
  },
);

/** The rows `target`, `source` and, where there is one, `fault`. */
interface Solicited {
  readonly target: string;
  readonly source: string;
  readonly fault?: string;
}

const solicited = (table: DataTable): readonly Solicited[] => table.hashes() as unknown as readonly Solicited[];
const titleOf = ({ target, source, fault }: Solicited): string =>
  `${target} from ${source}${fault === undefined ? '' : `, ${fault}`}`;

/** The kernel's own questions are answered too, for other targets. */
async function nextAbout(world: ConformanceWorld, ...questions: readonly Question[]): Promise<NeighbourMessage> {
  const isAbout = (frame: Uint8Array): boolean =>
    isDiscovery(frame, type.advertisement) && questions.some(({ target }) => target === targetOf(frame));
  return decodeNeighbour(await world.get('stack').next('a neighbour advertisement', isAbout))!;
}

async function assertAnswered(world: ConformanceWorld, asked: Question): Promise<void> {
  const { physical, option, flags, destination } = await nextAbout(world, asked);
  assert.deepEqual(
    [option, physical.source, physical.destination].map((octets) => octets && physicalText(octets)),
    [virtualLan.clientPhysical, virtualLan.clientPhysical, virtualLan.serverPhysical],
  );
  assert.equal(ipv6Text(destination), asked.source);
  const { router, solicited, override } = NeighbourFlag;
  // Of a link-local address section 14 says all three.
  const due = asked.target.startsWith('fe80') ? router | solicited | override : solicited;
  assert.equal(flags & due, due, 'flags R, S and O');
}

Then(
  "each of these solicitations of the server's stack is answered with the reserved physical address of the client's adapter",
  async function (this: ConformanceWorld, table: DataTable) {
    await tryRows(solicited(table), titleOf, ({ target, source }) => assertAnswered(this, ask(this, target, source)));
  },
);

/**
 * Asks a question that is always answered, from an address that nobody else asks from. The server's kernel has no reason to
 * ask for the client's adapter.
 * @returns the answer that came before the answer to that one, if any
 */
async function answerBeforeControl(world: ConformanceWorld, asked: Question): Promise<NeighbourMessage | undefined> {
  const control = question(virtualLan6.clientLinkLocal, 'fe80::c0');
  world.get('stack').inject(control.frame);
  const first = await nextAbout(world, asked, control);
  if (ipv6Text(first.destination) === control.source) return undefined;
  await nextAbout(world, control);
  return first;
}

function assertNone(answer: NeighbourMessage | undefined): void {
  if (answer === undefined) return;
  throw new Nonconformance(`answered to ${ipv6Text(answer.destination)} with ${answer.option?.toHex()}`);
}

Then(
  "none of these solicitations of the server's stack is answered, though one for the client's adapter is",
  async function (this: ConformanceWorld, table: DataTable) {
    await tryRows(solicited(table), titleOf, async ({ target, source, fault }) => {
      const asked = ask(this, target, source, fault);
      assertNone(await answerBeforeControl(this, asked));
    });
  },
);

Then("it is not answered, though one for the client's adapter is", async function (this: ConformanceWorld) {
  assertNone(await answerBeforeControl(this, this.get('question')));
});

Then("it is soon no longer answered, though one for the client's adapter is", async function (this: ConformanceWorld) {
  const asked = this.get('question');
  const look = async (): Promise<true | undefined> => {
    if ((await answerBeforeControl(this, asked)) === undefined) return true;
    this.get('stack').inject(asked.frame);
    return undefined;
  };
  await until(`no answer for ${asked.target}`, look, patience);
});

// The vectors at the server's adapter.

/** The /64s are those of alice, 10.8.0.10, and of bob, 10.8.0.255. */
Given(
  "a tunnel server's adapter of both families with the clients and networks of the vectors",
  async function (this: ConformanceWorld) {
    const lan = { address: '10.8.0.1/16', addressOf: { alice: '10.8.0.10', bob: '10.8.0.255' } };
    await serverUnderTest(this, true, { alice: ['fd00:20::/64'], bob: ['2001:db8:20::/48'] }, lan);
  },
);

When('its stack sends the neighbour discovery packets of the vectors', async function (this: ConformanceWorld) {
  const stack = this.get('stack');
  const tests = load('neighbour').flatMap((group) => (group.type === 'EmulatorAtServer' ? group.tests : []));
  const control = question(virtualLan6.clientLinkLocal, 'fe80::c0');
  const isControl = (frame: Uint8Array): boolean => destinationOf(frame) === control.source;
  await tryEach(this, tests, {
    title,
    one: async (vector) => {
      const sent = octets(vector['packet']);
      // The kernel's own questions are answered too, for other targets.
      const isAbout = (frame: Uint8Array): boolean =>
        isDiscovery(frame, type.routerAdvertisement) ||
        (isDiscovery(frame, type.advertisement) && (isControl(frame) || targetOf(frame) === targetOf(sent)));
      stack.inject(sent);
      stack.inject(control.frame);
      played(this, 'neighbour', vector);
      const first = await stack.next('a neighbour advertisement', isAbout);
      if (vector.result === 'invalid') {
        if (isControl(first)) return;
        await stack.next('the answer to the control', (frame) => isAbout(frame) && isControl(frame));
        throw new Nonconformance(`answered ${first.toHex()}`);
      }
      if (isControl(first)) throw new Nonconformance('not answered');
      await stack.next('the answer to the control', (frame) => isAbout(frame) && isControl(frame));
      assert.deepEqual(neighbour.faultsOf(first, vector), []);
    },
  });
});
