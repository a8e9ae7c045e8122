/** Steps about datagrams that lack something ([EP] fig. 9 with flags 0 and 1): those of the vectors, made anew, and TCP with the stack. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Socket as UdpSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { concat, equalOctets, viewOf } from '../../reference/octets.ts';
import { DataOption, dataOptionNames, Status, type TransformName } from '../../reference/wire/identifiers.ts';
import { aeadNames } from '../../vectors/generate/bundles.ts';
import { fixed } from '../../vectors/generate/octets.ts';
import { packet, sealOffload } from '../../vectors/generate/offload.ts';
import { address, checksum, ipv4, udp4 } from '../../vectors/generate/packets.ts';
import { load, title, type VectorGroup } from '../../vectors/load.ts';
import { arrival, arrivals, attacked, datagram } from '../support/attack.ts';
import { behind } from '../support/cards.ts';
import { known } from '../support/known.ts';
import { LabFailure, Nonconformance } from '../support/lab/failure.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import { listenInside } from '../support/lab/packets/traffic.ts';
import { echoed, udpInside } from '../support/lab/packets/udp.ts';
import { keysOf } from '../support/peers/bundle.ts';
import { identityOf } from '../support/peers/identities.ts';
import { assertWhole, judgedDatagram, sealLacking } from '../support/peers/offload.ts';
import type { ScriptedEndPoint } from '../support/peers/session.ts';
import { TcpPeer } from '../support/peers/tcp-peer.ts';
import { scriptedInitiator } from '../support/peers.ts';
import { placeOf } from '../support/places.ts';
import { played } from '../support/played.ts';
import { integrityFailure } from '../support/reactions.ts';
import { startTunnel } from '../support/tunnels.ts';
import { tryEach } from '../support/vector-trials.ts';
import type { ConformanceWorld } from '../support/world.ts';

const { clientAddress, serverAddress } = virtualLan;
const both = 0x0003;

// Those of the vectors.

function groupOf(transform: TransformName): { readonly group: VectorGroup; readonly name: (typeof aeadNames)[number] } {
  const name = aeadNames.find((one) => one === transform);
  const group = load('offload').find((one) => one['transform'] === transform);
  if (name === undefined || group === undefined) throw new LabFailure(`${transform} has no frames with flags`);
  return { group, name };
}

const isToClient = (world: ConformanceWorld): boolean => world.get('victim').role === 'initiator';

/** The vectors' datagrams go from the client to the server; to a client they go the other way, with the same checksums. */
function turned(octets: Uint8Array, toClient: boolean): Uint8Array {
  if (!toClient || octets[0]! >> 4 !== 4) return octets;
  return concat(octets.subarray(0, 12), octets.subarray(16, 20), octets.subarray(12, 16), octets.subarray(20));
}

/** IPv4 datagrams of the peer that have come out of the adapter and nobody has waited for. */
function cameFrom(world: ConformanceWorld): Uint8Array[] {
  const source = Uint8Array.from((isToClient(world) ? serverAddress : clientAddress).split('.'), Number);
  const all = arrivals(world.get('attack').socket).map((frame) => frame.subarray(14));
  return all.filter((octets) => equalOctets(octets.subarray(12, 16), source));
}

/** Frames of lower n may be needed: all are sealed, and those of IPv6 are nobody's. */
When(
  'the frames of the offload vectors that open are made anew and sent, with transform {transform}',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, transform: TransformName) {
    const { group, name } = groupOf(transform);
    await tryEach(this, [group], {
      title: () => 'offload.json',
      weight: () => group.tests.filter(({ result }) => result === 'valid').length,
      one: async () => {
        const { peer } = await attacked(this);
        cameFrom(this);
        const toClient = isToClient(this);
        const before = peer.session.sealer.frames;
        const { frames, sealed } = sealOffload(name, keysOf(peer), before, (one) => turned(one, toClient));
        await peer.connection.send(concat(...sealed));
        for (const vector of group.tests) if (vector.result === 'valid') played(this, 'offload', vector);
        await peer.connection.send(peer.session.close(Status.endSession, before + sealed.length));
        await peer.connection.endedWithoutFrame();
        peer.connection.finish();
        const came = cameFrom(this);
        for (const { comment, datagram: sent, whole } of frames) {
          if (sent.length === 0 || sent[0]! >> 4 !== 4) continue;
          const expected = equalOctets(came[0] ?? sent, sent) ? [sent] : whole;
          for (const one of expected) assert.equal(came.shift()?.toHex(), one.toHex(), comment);
        }
        assert.deepEqual(came, [], 'nobody sent this');
      },
    });
  },
);

When(
  'the frames of the offload vectors that are an integrity failure are made anew and sent, with transform {transform}',
  { timeout: 150_000 },
  async function (this: ConformanceWorld, transform: TransformName) {
    const { group, name } = groupOf(transform);
    const invalid = group.tests.filter(({ result }) => result === 'invalid');
    const refused = [...invalid.entries()].filter(([, { verdict }]) => verdict === 'integrity failure');
    await tryEach(this, refused, {
      title: ([, vector]) => `offload.json, ${title(vector)}`,
      one: async ([index, vector]) => {
        const peer = await this.get('victim').authorize();
        const { sealed, invalid: made } = sealOffload(name, keysOf(peer), peer.session.sealer.frames);
        if (made[index]?.comment !== vector.comment) throw new LabFailure(`tcId ${vector.tcId} is another one`);
        await peer.connection.send(concat(sealed[0]!, made[index].frame()));
        played(this, 'offload', vector);
        await integrityFailure(peer);
      },
    });
  },
);

When(
  'the frames of the offload vectors whose datagram is dropped are made anew and sent, with transform {transform}',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, transform: TransformName) {
    const { group, name } = groupOf(transform);
    const { peer, socket } = await attacked(this);
    const invalid = group.tests.filter(({ result }) => result === 'invalid');
    const dropped = [...invalid.entries()].filter(([, { verdict }]) => verdict === 'dropped');
    const toClient = isToClient(this);
    cameFrom(this);
    await tryEach(this, dropped, {
      title: ([, vector]) => `offload.json, ${title(vector)}`,
      one: async ([index, vector]) => {
        const n = peer.session.sealer.frames;
        const { invalid: made } = sealOffload(name, keysOf(peer), n - 1, (one) => turned(one, toClient));
        if (made[index]?.comment !== vector.comment) throw new LabFailure(`tcId ${vector.tcId} is another one`);
        await peer.connection.send(made[index].frame());
        played(this, 'offload', vector);
        // Its own sealer has not made that frame.
        peer.session.sealer.seal(new Uint8Array());
        const control = datagram(this.get('victim'), 200 + index);
        await peer.send(control);
        await arrival(socket, control);
        const [strange] = cameFrom(this);
        if (strange !== undefined) throw new Nonconformance(`this came out: ${strange.toHex()}`);
      },
    });
  },
);

// Those that may not pass.

/** UDP whose checksum is partial: the sum of the pseudo-header. */
function unfinishedUdp(from: string, to: string, port: number, mark: number): Uint8Array {
  const data = Uint8Array.of(mark, 1, 2, 3);
  const pseudoHeader = concat(address(from), address(to), Uint8Array.of(0, 17, 0, 8 + data.length));
  const sum = ~checksum(pseudoHeader) & 0xffff;
  return ipv4({ source: from, destination: to, protocol: 17, payload: udp4(from, 9, to, port, data, sum) });
}

Then('of frames with flag 0 these datagrams do not arrive', async function (this: ConformanceWorld, table: DataTable) {
  const { peer, socket } = await attacked(this);
  const faults: string[] = [];
  for (const [mark, { from = '', to = '', port = '' }] of table.hashes().entries()) {
    const sent = unfinishedUdp(from, to, Number(port), mark);
    await peer.connection.send(sealLacking(peer, sent, 0, peer.session.sealer.frames));
    // Its own sealer has not made that frame.
    peer.session.sealer.seal(new Uint8Array());
    const control = datagram(this.get('victim'), 300 + mark);
    await peer.send(control);
    await arrival(socket, control);
    // The end of it is neither addresses nor checksum.
    if (arrivals(socket).some((frame) => Buffer.from(frame).includes(sent.subarray(-4))))
      faults.push(`from ${from} to port ${port} of ${to}: it came`);
  }
  if (faults.length > 0) throw new Nonconformance(faults.join('\n'));
});

// TCP with the stack.

/** A program that reads what the peer sends, and answers with octets of its own. */
interface Program {
  readonly port: number;
  /** SHA-256 of what it has read, in hexadecimal. */
  readonly digest: Promise<string>;
}

const digestOf = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

async function startProgram(world: ConformanceWorld, reads: number, answer: Uint8Array): Promise<Program> {
  const digest = Promise.withResolvers<string>();
  const namespace = world.lab.namespace(isToClient(world) ? 'client' : 'server');
  const { server, port } = await listenInside(namespace, 0, (socket: Socket) => {
    const read: Uint8Array[] = [];
    let count = 0;
    socket.on('error', digest.reject);
    world.own({ [Symbol.asyncDispose]: async () => void socket.destroy() });
    socket.on('data', (octets: Buffer) => {
      read.push(octets);
      count += octets.length;
      if (count < reads) return;
      digest.resolve(digestOf(concat(...read)));
      socket.write(answer);
    });
  });
  world.own({ [Symbol.asyncDispose]: async () => void server.close() });
  return { port, digest: digest.promise };
}

/** Segment size of what the peer sends, or 0: it lacks its checksum alone; undefined: it lacks nothing. */
const lacking: Readonly<Record<number, readonly (number | undefined)[]>> = {
  0: [undefined],
  1: [0, undefined],
  [both]: [1000, 0, undefined, 256, 1360],
};

/** @param negotiated of which bit 1 allows nothing without bit 0 */
async function tcpWithTheStack(world: ConformanceWorld, peer: ScriptedEndPoint, negotiated: number): Promise<TcpPeer> {
  const options = (negotiated & DataOption.checksum) === 0 ? 0 : negotiated;
  const sizes = lacking[options] ?? [];
  const written = sizes.map((size, index) => fixed(`written ${index}`, (size ?? 0) > 0 ? 30_000 + index : 900 + index));
  const answer = fixed('answer', 200_000);
  const sent = concat(...written);
  const program = await startProgram(world, sent.length, answer);
  const [own, other] = isToClient(world) ? [serverAddress, clientAddress] : [clientAddress, serverAddress];
  const tcp = new TcpPeer(peer, { own, other, port: program.port }, options);
  await tcp.connect();
  for (const [index, size] of sizes.entries()) await tcp.write(written[index]!, size);
  assert.equal(digestOf(await tcp.read(answer.length)), digestOf(answer), 'what the program wrote');
  assert.equal(await program.digest, digestOf(sent), 'what the program read');
  return tcp;
}

Then(
  /^a program reads what the peer sends by TCP in such frames, and answers in right ones, with the options (\w+)$/,
  { timeout: 60_000 },
  async function (this: ConformanceWorld, bits: string) {
    const options = Number(bits);
    const { peer } = await attacked(this, options);
    await tcpWithTheStack(this, peer, options);
  },
);

Then(
  /^with the options (\w+) a frame with flags (\w+) is an integrity failure$/,
  async function (this: ConformanceWorld, bits: string, flags: string) {
    const { peer } = await attacked(this, Number(bits));
    const addresses = isToClient(this) ? [serverAddress, clientAddress] : [clientAddress, serverAddress];
    const made = packet({ addresses: [addresses[0]!, addresses[1]!], protocol: 6, payload: fixed('long', 1000) }, true);
    const segmentSize = (Number(flags) & 2) === 0 ? 0 : 500;
    await peer.connection.send(sealLacking(peer, made, segmentSize, peer.session.sealer.frames));
    await integrityFailure(peer);
  },
);

// With processes at both ends.

const wanting: Readonly<Record<string, readonly ('client' | 'server')[]>> = {
  'both ends want': ['client', 'server'],
  'the client alone wants': ['client'],
  'the server alone wants': ['server'],
};

Given('a tunnel of which {} flags 0 and 1', async function (this: ConformanceWorld, who: string) {
  const wants = known(wanting, who);
  const configurationOf = (role: 'client' | 'server') => ({
    dataOptions: wants.includes(role) ? ['checksum', 'segmentation'] : [],
  });
  await startTunnel(this, { client: configurationOf('client'), server: configurationOf('server') });
});

// What leaves on the network behind the server.

/** What each datagram of UDP holds: as little and as much as any of the networks takes in one piece, and between. */
const udpLengths = [0, 1, 60, 1201, 1252];

When(
  'UDP goes from {word} to the ports {int} and {int} of {word} and back',
  async function (this: ConformanceWorld, one: string, first: number, second: number, other: string) {
    const [near, far] = [placeOf(this, one), placeOf(this, other)];
    const open = (namespace: string, port?: number): UdpSocket => {
      const socket = udpInside(namespace, port);
      this.own({ [Symbol.asyncDispose]: async () => void socket.close() });
      return socket;
    };
    const sender = open(near.namespace);
    for (const port of [first, second]) {
      const echo = open(far.namespace, port);
      echo.on('message', (octets, { port: from, address }) => echo.send(octets, from, address));
      for (const length of udpLengths) {
        const sent = fixed(`UDP to ${port}`, length);
        assert.deepEqual(new Uint8Array(await echoed(sender, sent, port, far.address)), sent);
      }
    }
  },
);

Then(
  'every packet on the way to {word} is whole, and has no more than {int} octets',
  async function (this: ConformanceWorld, host: string, mtu: number) {
    const address = Uint8Array.from(host.split('.'), Number);
    const datagrams = (await this.packets(behind)).map(({ octets }) => octets.subarray(14));
    for (const from of [12, 16]) {
      const some = datagrams.filter((octets) => equalOctets(octets.subarray(from, from + 4), address));
      assert.ok(some.length >= 1_000, `${some.length} packets were captured`);
      for (const [index, octets] of some.entries()) {
        const length = viewOf(octets).getUint16(2);
        // A short frame of Ethernet is filled up.
        const datagram = octets.length <= 46 ? octets.subarray(0, length) : octets;
        assertWhole(datagram, mtu, `packet ${index} ${from === 12 ? 'from' : 'to'} ${host}`);
      }
    }
  },
);

// From one initiator to another.

Then(
  'what alice sends bob in datagrams that lack something comes to bob, who wants no flags, in right ones',
  async function (this: ConformanceWorld) {
    await this.startLab();
    this.lab.sysctl(this.lab.namespace('server'), 'net/ipv4/ip_forward', 1);
    const bobsAddress = '10.8.0.11';
    const addresses = { alice: clientAddress, bob: bobsAddress };
    const initiators = Object.entries(addresses).map(([name, address]) => ({
      ...{ name, address },
      publicKey: identityOf(name).publicKey,
    }));
    const dataOptions = dataOptionNames.filter((name) => name !== 'bundle');
    await this.startServer({ initiators, dataOptions, clientToClient: true });
    const [alice, bob] = [
      await scriptedInitiator(this, { suite: 'x25519', dataOptions: both }),
      await scriptedInitiator(this, { suite: 'x25519', identity: identityOf('bob') }),
    ];
    const socket = this.adapterSocket('server');
    for (const one of [alice, bob]) await one.authorize();
    // What comes out shows that the server has routes to both.
    for (const [one, address] of [
      [alice, clientAddress],
      [bob, bobsAddress],
    ] as const) {
      const control = echoReply(address, serverAddress, 1);
      await one.send(control);
      await arrival(socket, control);
    }
    const payload = fixed('from alice to bob', 20_500);
    const longest = 20_000;
    // CWR, ACK, PSH and FIN, and an identification that begins again at 0 among the segments.
    const [tcpFlags, identification] = [0x99, 0xfff8];
    const made = (part: Uint8Array, sequence: number, more = {}): Uint8Array =>
      packet({ addresses: [clientAddress, bobsAddress], protocol: 6, payload: part, sequence, ...more }, true);
    // The sequence number begins again at 0 among the segments, too.
    const first = 2 ** 32 - 5_500;
    const sent = made(payload.slice(0, longest), first, { tcpFlags, identification });
    const short = made(payload.slice(longest), (first + longest) % 2 ** 32);
    const n = alice.session.sealer.frames;
    await alice.connection.send(concat(sealLacking(alice, sent, 1000, n), sealLacking(alice, short, 0, n + 1)));
    const read = new Uint8Array(payload.length);
    for (let count = 0; count < payload.length; ) {
      const came = judgedDatagram(bob, (await bob.expect('DATA')).octets, 0);
      if (came[0] !== 0x45 || !equalOctets(came.subarray(12, 20), sent.subarray(12, 20))) continue;
      const at = (viewOf(came).getUint32(24) - first + 2 ** 32) % 2 ** 32;
      assert.ok(came.length - 40 <= 1000, `a segment of ${came.length - 40} octets`);
      if (at < longest) {
        assert.equal(viewOf(came).getUint16(4), (identification + at / 1000) % 2 ** 16, `identification at ${at}`);
        const flags = 0x10 | (at === 0 ? 0x80 : 0) | (at + came.length - 40 === longest ? 0x09 : 0);
        assert.equal(came[33], flags, `TCP flags at ${at}`);
      }
      read.set(came.subarray(40), at);
      count += came.length - 40;
    }
    assert.deepEqual(read, payload);
  },
);
