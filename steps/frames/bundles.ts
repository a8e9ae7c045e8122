/** Steps about bundles ([EP] fig. 9 with flag 3): those of the vectors, made anew, and those that an end point sends. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Then, When } from '@cucumber/cucumber';
import { concat, viewOf } from '../../reference/octets.ts';
import { Status, statusName, type TransformName } from '../../reference/wire/identifiers.ts';
import { type AeadName, aeadNames, type BundleRun, bundleRuns, sealRun } from '../../vectors/generate/bundles.ts';
import { u16, u32 } from '../../vectors/generate/octets.ts';
import { address6, ipv4 } from '../../vectors/generate/packets.ts';
import { type Plain, seal } from '../../vectors/generate/schedule.ts';
import { load, title, type VectorGroup } from '../../vectors/load.ts';
import { packetDown, packetUp } from '../support/adapter.ts';
import { arrivals, attacked, datagram, refused } from '../support/attack.ts';
import { assertDeclared, optionsAskedFor, optionsSelected } from '../support/data-options.ts';
import { known } from '../support/known.ts';
import { LabFailure, Nonconformance } from '../support/lab/failure.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import { datagramsOf, keysOf, sealBundle } from '../support/peers/bundle.ts';
import type { ScriptedEndPoint } from '../support/peers/session.ts';
import { played } from '../support/played.ts';
import { integrityFailure } from '../support/reactions.ts';
import { tryEach as tryVectors } from '../support/vector-trials.ts';
import type { ConformanceWorld } from '../support/world.ts';

const { clientAddress, serverAddress } = virtualLan;

const equal = (one: Uint8Array, other: Uint8Array): boolean => Buffer.from(one).equals(other);

// What is asked for, and selected.

Then(
  'RESPONSE selects no option that is not declared, with transform {transform}',
  async function (this: ConformanceWorld, transform: TransformName) {
    for (const asked of [0x0001, 0x0003, 0x0008, 0x0014, 0xffff])
      assertDeclared(this, await optionsSelected(this, transform, asked));
  },
);

Then('REQUEST asks for no option that is not declared', async function (this: ConformanceWorld) {
  assertDeclared(this, await optionsAskedFor(this));
});

// Those that come.

/** The vectors' datagrams go from the client to the server; those of a server have to go the other way. */
function turned(octets: Uint8Array, toClient: boolean): Uint8Array {
  if (!toClient || octets[0]! >> 4 !== 4) return octets;
  return concat(octets.subarray(0, 12), octets.subarray(16, 20), octets.subarray(12, 16), octets.subarray(20));
}

/** The same run for the peer of this role. */
function runFor(run: BundleRun, toClient: boolean): BundleRun {
  const frames = run.frames.map((frame) => ({
    ...frame,
    datagrams: frame.datagrams.map((one) => turned(one, toClient)),
  }));
  return { ...run, frames };
}

/** Right in IPv4 and no longer than the MTU: any adapter has to take it. */
const surelyTaken = (octets: Uint8Array): boolean =>
  octets[0] === 0x45 && octets.length <= virtualLan.mtu && viewOf(octets).getUint16(10) !== 0;

function groupsOf(transform: TransformName): readonly { readonly group: VectorGroup; readonly run: BundleRun }[] {
  const groups = load('bundles').filter((group) => group['transform'] === transform);
  return groups.map((group, index) => {
    const run = bundleRuns[index];
    if (run === undefined || run.comment !== group.comment)
      throw new LabFailure(`group ${index} of bundles.json, ${transform}, is another one`);
    return { group, run };
  });
}

function aeadOf(transform: TransformName): AeadName {
  const name = aeadNames.find((one) => one === transform);
  if (name === undefined) throw new LabFailure(`${transform} has no bundles`);
  return name;
}

/** What has come out of the adapter of what the peer sent. */
function cameFrom(world: ConformanceWorld, packets: readonly Uint8Array[]): Uint8Array[] {
  const address = world.get('victim').role === 'server' ? clientAddress : serverAddress;
  const source = Uint8Array.from(address.split('.'), Number);
  return packets.map((packet) => packet.subarray(14)).filter((octets) => equal(octets.subarray(12, 16), source));
}

When(
  'the bundles of the vectors that open are made anew and sent, with transform {transform}',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, transform: TransformName) {
    const name = aeadOf(transform);
    await tryVectors(this, groupsOf(transform), {
      title: ({ group }) => `bundles.json, ${group.comment}`,
      weight: ({ group }) => group.tests.filter(({ result }) => result === 'valid').length,
      one: async ({ group, run }) => {
        const { peer, socket } = await attacked(this);
        const toClient = this.get('victim').role === 'initiator';
        const before = peer.session.sealer.frames;
        const mine = runFor(run, toClient);
        const { sealed } = sealRun(name, keysOf(peer), mine, before);
        const earlier = cameFrom(this, arrivals(socket)).length;
        await peer.connection.send(concat(...sealed));
        for (const vector of group.tests) if (vector.result === 'valid') played(this, 'bundles', vector);
        await peer.connection.send(peer.session.close(Status.endSession, before + sealed.length));
        await peer.connection.endedWithoutFrame();
        peer.connection.finish();
        const came = cameFrom(this, arrivals(socket)).slice(earlier);
        const sent = mine.frames.flatMap(({ datagrams }) => datagrams);
        assert.deepEqual(
          came.filter(surelyTaken).map((octets) => octets.toHex()),
          sent.filter(surelyTaken).map((octets) => octets.toHex()),
        );
        const strange = came.find((octets) => !sent.some((one) => equal(one, octets)));
        if (strange !== undefined) throw new Nonconformance(`nobody sent this: ${strange.toHex()}`);
      },
    });
  },
);

When(
  'the bundles of the vectors that do not open are made anew and sent, with transform {transform}',
  { timeout: 150_000 },
  async function (this: ConformanceWorld, transform: TransformName) {
    const name = aeadOf(transform);
    const [first] = groupsOf(transform);
    const { group, run } = first!;
    const invalid = group.tests.filter(({ result }) => result === 'invalid');
    await tryVectors(this, [...invalid.entries()], {
      title: ([, vector]) => `bundles.json, ${title(vector)}`,
      one: async ([index, vector]) => {
        const peer = await this.get('victim').authorize();
        const before = peer.session.sealer.frames;
        const { sealed, refusals } = sealRun(name, keysOf(peer), run, before);
        const refusal = refusals[index];
        if (refusal?.comment !== vector.comment) throw new LabFailure(`tcId ${vector.tcId} is another one`);
        await peer.connection.send(concat(sealed[0]!, refusal.frame()));
        played(this, 'bundles', vector);
        await integrityFailure(peer);
      },
    });
  },
);

/** What is wrong about a bundle of right datagrams, which are two unless it says otherwise. */
const spoilt: Readonly<Record<string, Partial<Plain> & { readonly count?: number }>> = {
  'one datagram alone': { count: 1 },
  'an octet behind the last datagram': { padding: 1, header: { paddingLength: 0 } },
  'padding that is not zero': { padding: 2, paddingOctets: [0, 1] },
  'another flag as well': { header: { flags: 0x0009 } },
  'a datagram length': { header: { datagramLength: 28 } },
  'a segment size': { header: { segmentSize: 1200 } },
};

When(
  'the peer seals a bundle with {}, it is refused and nothing of it arrives',
  async function (this: ConformanceWorld, fault: string) {
    const attack = await attacked(this);
    const two = [2, 3].map((mark) => datagram(this.get('victim'), mark));
    const n = attack.peer.session.sealer.frames;
    const { count = 2, ...how } = known(spoilt, fault);
    const frames = [sealBundle(attack.peer, two.slice(0, count), n, how), sealBundle(attack.peer, two, n + 1)];
    await attack.peer.connection.send(concat(...frames));
    await refused(attack, 'integrity failure', fault);
  },
);

Then('of bundles in which one datagram may not pass all the others arrive', async function (this: ConformanceWorld) {
  const { peer, socket } = await attacked(this);
  const victim = this.get('victim');
  const destination = victim.role === 'server' ? serverAddress : clientAddress;
  const bad: Readonly<Record<string, Uint8Array>> = {
    'from an address that is not the peer’s': echoReply('10.44.0.9', destination, 7),
    'from a loopback address': echoReply('127.0.0.1', destination, 7),
    'with a header of 16 octets, of nobody': echoReply('10.44.0.9', destination, 7).with(0, 0x44),
    'of IPv6 from an address that is nobody’s': echoReply('2001:db8::9', '2001:db8::1', 7),
  };
  let n = peer.session.sealer.frames;
  let mark = 100;
  for (const [what, one] of Object.entries(bad)) {
    for (const at of [0, 1, 2]) {
      const good = [0, 1].map((more) => datagram(victim, mark + more));
      mark += 2;
      await peer.connection.send(sealBundle(peer, good.toSpliced(at, 0, one), n));
      n += 1;
      for (const [index, expected] of good.entries()) {
        const came = await socket.next(`datagram ${index} of a bundle with one ${what}`, isFromPeer(this));
        assert.equal(came.subarray(14).toHex(), expected.toHex(), `a bundle with one ${what}, at place ${at}`);
      }
    }
  }
  await peer.connection.send(peer.session.close(Status.endSession, n));
  await peer.connection.endedWithoutFrame();
  const strange = socket.settle().find((packet) => Object.values(bad).some((one) => equal(packet.subarray(14), one)));
  assert.equal(strange, undefined, 'what may not pass has come out');
});

const isFromPeer = (world: ConformanceWorld) => (packet: Uint8Array) =>
  packet[12] === 8 && packet[13] === 0 && cameFrom(world, [packet]).length === 1;

// Those that are sent.

/** Datagrams of the victim's stack, of many lengths. */
function burstOf(world: ConformanceWorld, count: number, round: number): Uint8Array[] {
  const isServer = world.get('victim').role === 'server';
  const [source, destination] = isServer ? [serverAddress, clientAddress] : [clientAddress, serverAddress];
  const lengths = [0, 1, 8, 64, 500, 1380];
  return Array.from({ length: count }, (_, index) =>
    ipv4({
      ...{ source, destination, protocol: 253, identification: 1000 * round + index },
      payload: new Uint8Array(lengths[index % lengths.length]!).fill(index),
    }),
  );
}

/** The same in IPv6: a payload tells one from the others. */
function burstOf6(world: ConformanceWorld, count: number, round: number): Uint8Array[] {
  const ends = ['fd00:8:0:a::1', 'fd00:9::5'];
  const [source = '', destination = ''] = world.get('victim').role === 'server' ? ends.toReversed() : ends;
  const lengths = [4, 8, 64, 500, 1200];
  return Array.from({ length: count }, (_, index) => {
    const payload = new Uint8Array(lengths[index % lengths.length]!).fill(index).with(0, round);
    const header = concat(u32(0x60000000), u16(payload.length), Uint8Array.of(253, 64));
    return concat(header, address6(source), address6(destination), payload);
  });
}

const burst = 40;

/** @returns how many frames were bundles */
async function burstsArrive(world: ConformanceWorld, make = burstOf, rounds = 5): Promise<number> {
  const { peer, socket } = world.get('attack');
  const toPacket = world.get('victim').role === 'server' ? packetDown : packetUp;
  let bundles = 0;
  for (let round = 1; round <= rounds; round++) {
    const sent = make(world, burst, round);
    for (const one of sent) socket.inject(toPacket(one));
    const came: string[] = [];
    const isOurs = (octets: Uint8Array): boolean =>
      (octets[0] === 0x45 && octets[9] === 253) || (octets[0] === 0x60 && octets[6] === 253);
    while (came.length < sent.length) {
      const { octets } = await peer.expect('DATA');
      const { datagrams, isBundle } = datagramsOf(peer, octets);
      if (isBundle) bundles += 1;
      came.push(...datagrams.filter(isOurs).map((one) => one.toHex()));
    }
    assert.deepEqual(
      came,
      sent.map((one) => one.toHex()),
    );
  }
  return bundles;
}

Then(
  'bursts of the stack come in right DATA frames, bundles or not, complete and in their order',
  async function (this: ConformanceWorld) {
    await attacked(this);
    await burstsArrive(this);
  },
);

Then(
  'bursts of the stack in IPv6 come in right DATA frames, bundles or not, complete and in their order',
  async function (this: ConformanceWorld) {
    await attacked(this);
    // Whether datagrams share a frame hangs on how fast they are read.
    await burstsArrive(this, burstOf6, 20);
  },
);

When('the peer ends the session', async function (this: ConformanceWorld) {
  const { peer } = this.get('attack');
  await peer.close(Status.endSession);
  await peer.connection.ended();
});

Then('a lone datagram of the stack comes before another is sent', async function (this: ConformanceWorld) {
  const { peer, socket } = await attacked(this);
  const toPacket = this.get('victim').role === 'server' ? packetDown : packetUp;
  for (const one of burstOf(this, 6, 1)) {
    socket.inject(toPacket(one));
    let came: readonly Uint8Array[] = [];
    while (!came.some((each) => equal(each, one)))
      came = datagramsOf(peer, (await peer.expect('DATA')).octets).datagrams;
  }
});

Then(
  'to a peer that wants none, bursts of the stack come in lone datagrams, and its bundle is an integrity failure',
  async function (this: ConformanceWorld) {
    const victim = this.get('victim');
    // A former session had them.
    if (victim.role === 'server') (await attacked(this)).peer.connection.finish();
    const { peer } = await attacked(this, 0);
    assert.equal(await burstsArrive(this), 0, 'bundles came');
    const two = [datagram(victim, 2), datagram(victim, 3)];
    await peer.connection.send(sealBundle(peer, two, peer.session.sealer.frames));
    await integrityFailure(peer);
  },
);

// What they count.

/** Longer than a server's grace, and than a CLOSE needs. */
const inUse = 600;

async function staysOpen({ connection }: ScriptedEndPoint): Promise<void> {
  await pause(inUse);
  const close = connection.frames.waiting.find(({ type }) => type === 'CLOSE');
  if (close !== undefined || connection.over) throw new Nonconformance('the key was given up before its bound');
}

Then(
  /^bundles use the key up at (\d+) (frames|octets), and not before$/,
  async function (this: ConformanceWorld, text: string, unit: string) {
    const { peer } = await attacked(this);
    const victim = this.get('victim');
    const bound = Number(text);
    let n = peer.session.sealer.frames;
    const ten = Array.from({ length: 10 }, (_, index) => datagram(victim, 100 + index));
    const octets = ten.length * ten[0]!.length;
    if (unit === 'frames') {
      for (; n < bound - 1; n += 1) await peer.connection.send(sealBundle(peer, ten, n));
      await staysOpen(peer);
      await peer.connection.send(sealBundle(peer, ten, n));
    } else {
      // Padding counts, and the control datagram has counted.
      let left = bound - 1 - Number(peer.session.sealer.octets);
      for (; left >= octets + 255; left -= octets + 255, n += 1)
        await peer.connection.send(sealBundle(peer, ten, n, { padding: 255 }));
      for (; left >= 2 * 28; n += 1) {
        const count = Math.min(10, Math.floor(left / 28));
        const padding = Math.min(255, left - 28 * count);
        left -= 28 * count + padding;
        await peer.connection.send(sealBundle(peer, ten.slice(0, count), n, { padding }));
      }
      if (left > 0) {
        await peer.connection.send(
          seal('chacha20poly1305', keysOf(peer), [{ datagram: new Uint8Array(), padding: left, n }])[0]!,
        );
        n += 1;
      }
      await staysOpen(peer);
      await peer.connection.send(sealBundle(peer, ten.slice(0, 2), n));
    }
    const close = await peer.expectClose();
    assert.equal(statusName(close.status), statusName(Status.keyExpired));
  },
);
