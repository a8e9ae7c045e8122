/** [EP] fig. 17 in place: datagrams that wait together share frames as they do in the readable form, octet by octet. */
import test from 'ava';
import fc from 'fast-check';
import { type Counters, zeroCounters } from '../adapter/counters.ts';
import { transmit } from '../adapter/transmit-path.ts';
import { readVirtioHeader, virtioHeaderLength, writeVirtioHeader } from '../adapter/virtio-header.ts';
import { evp } from '../libc/evp.ts';
import { Session } from '../nodes/session.ts';
import { concat } from '../octets.ts';
import { etherTypeFor } from '../packets/datagram.ts';
import { encodeEthernet } from '../packets/ethernet.ts';
import { encodeIpv4 } from '../packets/ipv4.ts';
import { cheapToComplete, finish, type Offload } from '../packets/offload.ts';
import { datagramsOfStack, filled, rulesOf } from '../testing/data-rules.ts';
import { framePipe } from '../testing/frame-pipe.ts';
import { unfinished, unfinishedParts } from '../testing/unfinished.ts';
import { DataOption, Transform } from '../wire/identifiers.ts';
import { LentTunnel } from './lent-tunnel.ts';
import { Outward } from './outward.ts';
import { countsLength, SharedCounts, TunnelState } from './shared.ts';

const id = 1;
const lifetimes = { seconds: 3_600, frames: 1n << 32n, octets: 1n << 40n };

function sessionOf(dataOptions: number): Session {
  const [initiatorKey, serverKey, handshakeHash] = [1, 2, 3].map((octet) => new Uint8Array(32).fill(octet));
  const secrets = { initiatorKey: initiatorKey!, serverKey: serverKey!, handshakeHash: handshakeHash! };
  const transform = Transform.aes256gcm;
  return new Session({ role: 'initiator', secrets, transform, lifetimes, percent: 100, padding: () => 0, dataOptions });
}

const physical = Uint8Array.of(6, 0, 0, 0, 0, 1);
const ethernet = (payload: Uint8Array): Uint8Array =>
  encodeEthernet({ destination: physical, source: physical, etherType: etherTypeFor(payload)!, payload });

/**
 * What leaves, and what is passed on, when these wait at the adapter.
 * @param waiting Ethernet packets, behind the header of such an adapter if it offloads
 * @param frames bound of the key
 */
function outward(waiting: readonly Uint8Array[], dataOptions: number, frames: number, offloads = false) {
  const { aead, sent } = sessionOf(dataOptions).lend()!;
  const state = new TunnelState();
  state.sent.begin(sent.iv, 0, 0);
  const contexts = { seal: evp()!.context(aead, sent.key, true), open: 0 };
  const [adapter, wire] = [framePipe(), framePipe()];
  const bounds = { frames, octets: 2 ** 40 };
  const loan = { tunnel: id, fd: wire.device.descriptor!, state: state.buffer, contexts, bounds };
  const tunnel = new LentTunnel({ ...loan, dataOptions, unread: new Uint8Array(0) }, evp()!);
  const passed: Uint8Array[] = [];
  let given = 0;
  const routes = { shared: false, destination: () => id, policy: () => undefined, change: () => {} };
  const counts = new SharedCounts(new SharedArrayBuffer(countsLength));
  const out = new Outward(routes, counts, {
    tunnelOf: () => (given === 0 ? tunnel : undefined),
    idle: () => false,
    pass: (frame) => passed.push(frame.slice(14)),
    giveBack: () => {
      given += 1;
    },
    full: () => {},
    now: () => 0,
  });
  for (const octets of waiting) adapter.stack.write(octets);
  out.run({ fd: adapter.device.descriptor!, addresses: new Uint8Array(12), offloads });
  const octets = wire.stack.read()?.slice() ?? new Uint8Array(0);
  for (const { device, stack } of [adapter, wire]) {
    void device.close();
    stack.close();
  }
  return { octets, passed, given, transmitted: tunnel.counts.read().transmittedFrames, counts: counts.read() };
}

const large = fc
  .integer({ min: 20_000, max: 40_000 })
  .map((length) => encodeIpv4({ protocol: 6, source: '10.8.0.10', destination: '10.8.0.1', payload: filled(length) }));
const waiting = fc
  .array(fc.oneof({ weight: 20, arbitrary: datagramsOfStack(rulesOf.client()) }, { weight: 1, arbitrary: large }), {
    minLength: 1,
    maxLength: 40,
  })
  // What the two pipes hold at once.
  .filter((all) => all.reduce((sum, { length }) => sum + length + 600, 0) < 150_000);

const brief = (octets: Uint8Array): string => octets.toHex();

for (const dataOptions of [0, DataOption.bundle])
  test.serial(`datagrams leave in the frames of the readable form: options ${dataOptions}`, (t) => {
    let shared = 0;
    fc.assert(
      fc.property(waiting, fc.oneof(fc.constant(1_000), fc.integer({ min: 1, max: 5 })), (datagrams, bound) => {
        const session = sessionOf(dataOptions);
        const parts = session.part(datagrams);
        const expected = parts.slice(0, bound).map((part) => session.seal(part));
        const { octets, passed, given, transmitted } = outward(datagrams.map(ethernet), dataOptions, bound);
        t.is(octets.toHex(), Buffer.concat(expected).toString('hex'));
        t.deepEqual(passed.map(brief), parts.slice(bound).flat().map(brief));
        t.is(given, parts.length < bound ? 0 : 1);
        t.is(transmitted, datagrams.length - passed.length);
        shared += parts.filter(({ length }) => length > 1).length;
      }),
      { numRuns: 60 },
    );
    t.is(shared > 20, dataOptions !== 0);
  });

/** A datagram, and what it lacks. */
type Handed = readonly [datagram: Uint8Array, offload: Offload | undefined];

const lacking: fc.Arbitrary<Handed> = fc
  .tuple(unfinishedParts(9_000), fc.constantFrom(0, 256, 1_400))
  .map(([parts, segmentSize]) => {
    const cut = parts.protocol === 6 && parts.payload.length > segmentSize ? segmentSize : 0;
    return [unfinished(parts), { segmentSize: cut }];
  });
const whole: fc.Arbitrary<Handed> = datagramsOfStack(rulesOf.client()).map((datagram) => [datagram, undefined]);
const handed = fc.array(fc.oneof({ weight: 2, arbitrary: lacking }, { weight: 1, arbitrary: whole }), {
  minLength: 1,
  maxLength: 12,
});

function withHeader([datagram, offload]: Handed): Uint8Array {
  const header = new Uint8Array(virtioHeaderLength);
  writeVirtioHeader(header, datagram, offload);
  return concat(header, ethernet(datagram));
}

/** Datagrams for frames of their own or of several, as section 7.7 has them. */
function partsOf(session: Session, all: readonly Handed[]): (readonly [readonly Uint8Array[], Offload | undefined])[] {
  const parts: (readonly [readonly Uint8Array[], Offload | undefined])[] = [];
  const complete: Uint8Array[] = [];
  const end = (): void => {
    for (const part of session.part(complete.splice(0))) parts.push([part, undefined]);
  };
  for (const [datagram, offload] of all) {
    const shares = session.bundles && offload?.segmentSize === 0 && datagram.length <= cheapToComplete;
    if (offload === undefined) complete.push(datagram);
    else if (shares || !session.takes(offload)) complete.push(...finish(datagram, offload));
    else {
      end();
      parts.push([[datagram], offload]);
    }
  }
  end();
  return parts;
}

for (const dataOptions of [0, 1, 3, DataOption.bundle, 3 | DataOption.bundle])
  test.serial(`datagrams that lack something leave as the peer takes them: options ${dataOptions}`, (t) => {
    fc.assert(
      fc.property(handed, fc.oneof(fc.constant(1_000), fc.integer({ min: 1, max: 5 })), (all, bound) => {
        const session = sessionOf(dataOptions);
        const parts = partsOf(session, all);
        const expected = parts.slice(0, bound).map(([part, offload]) => session.seal(part, offload));
        const { octets, passed, given } = outward(all.map(withHeader), dataOptions, bound, true);
        t.is(octets.toHex(), Buffer.concat(expected).toString('hex'));
        // What was sealed no more is passed on as it is from then on.
        const sealed = parts.slice(0, bound).flatMap(([part]) => part).length;
        if (parts.length < bound) t.deepEqual(passed, []);
        t.is(given, parts.length < bound ? 0 : 1);
        t.true(sealed > 0);
      }),
      { numRuns: 60 },
    );
  });

/** What the readable path counts of one frame behind a header, with a tunnel that takes whatever it is given. */
function countedReadably(packet: Uint8Array): Counters {
  const counters = zeroCounters();
  const nobody = { concerns: () => false, answer: () => undefined };
  const emulators = { arp: nobody, dhcp: nobody, neighbour: nobody };
  const ports = { indicate: () => false, tunnel: () => true };
  transmit(packet.subarray(virtioHeaderLength), emulators, ports, counters, readVirtioHeader(packet));
  return counters;
}

const parts = { source: '10.8.0.10', destination: '10.8.0.1', protocol: 6, payload: filled(900) } as const;
/** Headers that say nothing that can be done: flags, type, length of the headers, segment size, start and offset. */
const senseless: Readonly<Record<string, readonly number[]>> = {
  'a checksum behind the end': [1, 0, 54, 0, 0, 0, 0xff, 0xff, 16, 0],
  'a checksum before the datagram': [1, 0, 54, 0, 0, 0, 2, 0, 0, 0],
  'a type that is not known': [1, 3, 54, 0, 0, 4, 34, 0, 16, 0],
  'segments of no octets': [1, 1, 54, 0, 0, 0, 34, 0, 16, 0],
};
for (const [what, header] of Object.entries(senseless))
  test.serial(`a header that makes no sense is counted as in the readable form: ${what}`, (t) => {
    const packet = concat(Uint8Array.from(header), ethernet(unfinished(parts)));
    const { octets, counts, passed } = outward([packet, packet], 3 | DataOption.bundle, 1_000, true);
    const { transmitted, transmitDropped } = countedReadably(packet);
    t.is(octets.length, 0);
    t.deepEqual(passed, []);
    t.is(counts.noTunnel, 2 * transmitDropped.noTunnel);
    t.is(counts.transmittedFrames, 2 * transmitted.frames);
    t.is(counts.noTunnel, 2);
  });
