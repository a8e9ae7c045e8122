/** Steps about DATA frames that are rightly sealed over what must not be: only the check of the field can refuse them. */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { EtherType } from '../../reference/packets/ethernet.ts';
import { noDatagram } from '../../reference/wire/data.ts';
import type { TransformName } from '../../reference/wire/identifiers.ts';
import { allTaken } from '../support/all-taken.ts';
import { arrival, attacked, datagram, refused } from '../support/attack.ts';
import { known } from '../support/known.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import { Forger, type Forgery } from '../support/peers/forger.ts';
import { integrityFailure } from '../support/reactions.ts';
import { everyRow, type Row } from '../support/rows.ts';
import type { ConformanceWorld } from '../support/world.ts';

type Send = (forger: Forger, whole: Uint8Array) => readonly Uint8Array[];

/** Sends one frame with that about it. */
const one =
  (forgery: Forgery, octets?: Uint8Array): Send =>
  (forger, whole) => [forger.seal(octets ?? whole, forgery)];

const nothing = new Uint8Array();
const filled = (length: number, at: number): Uint8Array => new Uint8Array(length).with(at, 1);
/** 21 octets, so that 0x0102 pads 11. */
const odd = new Uint8Array(21).fill(0x45);

/** Of 0x0102: as many octets as it asks for, one of them not zero. */
const odder =
  (at: number): Send =>
  (forger) => {
    const { length } = forger.paddingFor(odd.length);
    return [forger.seal(odd, { padding: filled(length, at < 0 ? length + at : at) })];
  };

/** The header calls octets at the end of the datagram padding; below 0, octets of the padding datagram. All are zeros. */
const moved =
  (octets: number): Send =>
  (forger) => {
    const frame = forger.seal(new Uint8Array(32).fill(0x45, 0, 24), { padding: new Uint8Array(8) }).slice();
    frame[9]! -= octets;
    frame[14]! += octets;
    return [frame];
  };

const aead: Readonly<Record<string, Readonly<Record<string, Send>>>> = {
  'a header that was changed on the way': {
    'one octet of the datagram called padding': moved(1),
    'eight octets of the datagram called padding': moved(8),
    'one octet of the padding called datagram': moved(-1),
    'all of the padding called datagram': moved(-8),
  },
  'what is no padding': {
    'one octet of 1': one({ padding: Uint8Array.of(1) }),
    'the first of 16 octets': one({ padding: filled(16, 0) }),
    'one in the middle of 16': one({ padding: filled(16, 8) }),
    'the last of 16': one({ padding: filled(16, 15) }),
    'the last of 255': one({ padding: filled(255, 254) }),
    'the first of 16, of an empty datagram': one({ padding: filled(16, 0) }, nothing),
    'the last of 16, of an empty datagram': one({ padding: filled(16, 15) }, nothing),
    'the last of 16, behind an IPv6 datagram': one({ padding: filled(16, 15) }, new Uint8Array(40).fill(0x60)),
  },
};

const chained: typeof aead = {
  'what is no padding': {
    'the first octet': odder(0),
    'one in the middle': odder(5),
    'the last octet': odder(-1),
    'a block more': (forger) => [forger.seal(odd, { padding: new Uint8Array(27) })],
    'a block where none is needed': (forger) => [forger.seal(odd.subarray(0, 16), { padding: new Uint8Array(16) })],
    'a block, of an empty datagram': (forger) => [forger.seal(nothing, { padding: new Uint8Array(16) })],
  },
};

const streamed: typeof aead = {
  'what is no padding': {
    'one zero, beside the digest': one({ padding: new Uint8Array(1) }),
    'one zero, in the digest': one({ padding: new Uint8Array(1), covered: new Uint8Array(1) }),
    '16 zeros, of an empty datagram': one({ padding: new Uint8Array(16) }, nothing),
  },
};

/** With every transform. */
const common: typeof aead = {
  'another protocol': {
    'IPv6 over an IPv4 datagram': one({ header: { protocol: EtherType.ipv6 } }),
    'IPv4 over an IPv6 datagram': one({ header: { protocol: EtherType.ipv4 } }, new Uint8Array(40).fill(0x60)),
    'empty over one that is not': one({ header: { protocol: noDatagram } }),
    'IPv4 over an empty datagram': one({ header: { protocol: EtherType.ipv4 } }, nothing),
    'IPv6 over an empty datagram': one({ header: { protocol: EtherType.ipv6 } }, nothing),
    'IPv4 over a first nibble of 5': one({ header: { protocol: EtherType.ipv4 } }, new Uint8Array(28).fill(0x54)),
    'IPv4 over a first nibble of 0': one({ header: { protocol: EtherType.ipv4 } }, new Uint8Array(28)),
    'ARP over an IPv4 datagram': one({ header: { protocol: EtherType.arp } }),
    '8600 over an IPv6 datagram': one({ header: { protocol: 0x8600 } }, new Uint8Array(40).fill(0x60)),
  },
  'lengths that do not add up': {
    'a datagram length that is one short': one({ header: { datagramLength: 27 } }),
    'a datagram length that is one too long': one({ header: { datagramLength: 29 } }),
    'a datagram length that is one short, which padding makes up': one({
      header: { datagramLength: 27, paddingLength: 0 },
      padding: nothing,
    }),
    'a padding length that is not there': (forger, whole) => [
      forger.seal(whole, { header: { paddingLength: forger.paddingFor(whole.length).length + 1 } }),
    ],
    'a padding length that is not there, of 255': one({ header: { paddingLength: 255 } }),
  },
  'another digest length': Object.fromEntries(
    [0, 1, 15, 17, 31, 33, 255].map((digestLength) => [`of ${digestLength}`, one({ header: { digestLength } })]),
  ),
  'flags or a segment size': {
    ...Object.fromEntries(
      Array.from({ length: 16 }, (_, bit) => [`flag ${bit}`, one({ header: { flags: 1 << bit } })]),
    ),
    'segment size 1': one({ header: { segmentSize: 1 } }),
    'segment size 0x8000': one({ header: { segmentSize: 0x8000 } }),
    'flag 1 and a segment size': one({ header: { flags: 2, segmentSize: 1200 } }),
  },
  'another digest or counter': {
    'the first octet of the digest': one({ digestAt: 0 }),
    'the last octet of 16': one({ digestAt: 15 }),
    'the counter of the frame behind it': one({ ahead: 1 }),
    'the counter of the frame before it': one({ ahead: -1 }),
    'the counter of 256 frames later': one({ ahead: 256 }),
    'the counter of 65,536 frames later': one({ ahead: 65_536 }),
    'the counter of 2^32 frames later': one({ ahead: 2 ** 32 }),
    'a frame twice': (forger, whole) =>
      [whole, whole].map(() => forger.seal(whole)).with(1, forger.seal(whole, { ahead: -2 })),
    'a frame missing': (forger, whole) => [forger.seal(whole), forger.seal(whole)].slice(1),
  },
};

const digestOf32: typeof aead = {
  'another digest or counter': {
    'the 17th octet of the digest': one({ digestAt: 16 }),
    'the last octet of 32': one({ digestAt: 31 }),
  },
};

/** Every forgery of a kind for a transform. */
function forgeries(kind: string, transform: TransformName): readonly (readonly [string, Send])[] {
  const tables: Readonly<Record<TransformName, readonly (typeof aead)[]>> = {
    aes256gcm: [common, aead],
    chacha20poly1305: [common, aead],
    'aes256ctr-hmacsha256': [common, digestOf32, streamed],
    'aes256cbc-hmacsha256': [common, digestOf32, chained],
  };
  return tables[transform].flatMap((table) => Object.entries(table[kind] ?? {}));
}

const wholeFor = (world: ConformanceWorld): Uint8Array => {
  const { clientAddress, serverAddress } = virtualLan;
  const [from, to] = world.get('tested') === 'server' ? [clientAddress, serverAddress] : [serverAddress, clientAddress];
  return echoReply(from, to, 2);
};

/** Those of these transforms that it has. */
const amongDeclared = (world: ConformanceWorld, names: readonly TransformName[]): readonly TransformName[] =>
  names.filter((name) => world.declaration.transforms.includes(name));

/** One after the other: a newer session of a name takes the place of the one before. */
async function eachIsRefused(world: ConformanceWorld, kind: string, names: readonly TransformName[]): Promise<void> {
  const rows = names.flatMap((transform) => {
    const table = forgeries(kind, transform);
    assert.ok(table.length > 0, `no step knows ${kind}`);
    return table.map(
      ([name, send]): Row => [
        `${transform}, ${name}`,
        async () => {
          const peer = await world.get('authorize')(transform);
          for (const frame of send(new Forger(peer.session), wholeFor(world))) await peer.connection.send(frame);
          await integrityFailure(peer);
        },
      ],
    );
  });
  await everyRow(rows);
}

Then(
  'a DATA frame with {} is an integrity failure, with transform {transform}',
  { timeout: 120_000 },
  async function (this: ConformanceWorld, kind: string, transform: TransformName) {
    await eachIsRefused(this, kind, [transform]);
  },
);

Then(
  'a DATA frame with {} is an integrity failure, with each AEAD transform',
  { timeout: 120_000 },
  async function (this: ConformanceWorld, kind: string) {
    await eachIsRefused(this, kind, amongDeclared(this, ['chacha20poly1305', 'aes256gcm']));
  },
);

/** What nobody may refuse: a wrong check would be too strict otherwise and never be found. */
const harmless: Readonly<Record<string, (forger: Forger) => Uint8Array>> = {
  'a datagram of one octet': (forger) => forger.seal(Uint8Array.of(0x45)),
  'one of IPv6 of one octet': (forger) => forger.seal(Uint8Array.of(0x60)),
  'a total length of 0': (forger) => forger.seal(new Uint8Array(28).with(0, 0x45)),
  'a total length beyond the datagram': (forger) => forger.seal(new Uint8Array(28).fill(0x45)),
  'a header length of 0': (forger) => forger.seal(new Uint8Array(60).with(0, 0x40)),
  'IPv6 with a payload length of 0': (forger) => forger.seal(new Uint8Array(60).with(0, 0x60)),
  nothing: (forger) => forger.seal(nothing),
  'a datagram of 65,535 octets': (forger) => forger.seal(new Uint8Array(65_535).fill(0x46)),
};

Then(
  'DATA frames whose datagrams are right in their first nibble alone end nothing, with each transform',
  { timeout: 120_000 },
  async function (this: ConformanceWorld) {
    const rows = this.declaration.transforms.flatMap((transform) =>
      Object.entries(harmless).map(
        ([name, make]): Row => [
          `${transform}, ${name}`,
          async () => {
            const peer = await this.get('authorize')(transform);
            const forger = new Forger(peer.session);
            await peer.connection.send(make(forger));
            await allTaken(peer, forger);
          },
        ],
      ),
    );
    await everyRow(rows);
  },
);

/** Behind a datagram that arrives: what came then is not late, but held back. */
When(
  'the peer seals a DATA frame with {}, it is refused and nothing of it arrives',
  async function (this: ConformanceWorld, fault: string) {
    const forgeryOf: Readonly<Record<string, Forgery>> = {
      'padding that is not zero': { padding: Uint8Array.of(0, 1) },
      'a flag that was not negotiated': { header: { flags: 1 } },
      'the protocol of IPv6 over an IPv4 datagram': { header: { protocol: EtherType.ipv6 } },
    };
    const attack = await attacked(this);
    const forger = new Forger(attack.peer.session);
    const sent = datagram(this.get('victim'), 2);
    // One segment: what is behind the fault must not come through either.
    const frames = [forger.seal(sent, known(forgeryOf, fault)), forger.seal(datagram(this.get('victim'), 3))];
    await attack.peer.connection.send(new Uint8Array(Buffer.concat(frames)));
    await refused(attack, 'integrity failure', fault);
  },
);

When('the peer seals a DATA frame with nothing wrong, it arrives', async function (this: ConformanceWorld) {
  const { peer, socket } = await attacked(this);
  const sent = datagram(this.get('victim'), 2);
  await peer.connection.send(new Forger(peer.session).seal(sent));
  await arrival(socket, sent);
});
