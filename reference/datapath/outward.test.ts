/** [EP] fig. 17 in place: datagrams that wait together share frames as they do in the readable form, octet by octet. */
import test from 'ava';
import fc from 'fast-check';
import { evp } from '../libc/evp.ts';
import { Session } from '../nodes/session.ts';
import { etherTypeFor } from '../packets/datagram.ts';
import { encodeEthernet } from '../packets/ethernet.ts';
import { encodeIpv4 } from '../packets/ipv4.ts';
import { datagramsOfStack, filled, rulesOf } from '../testing/data-rules.ts';
import { framePipe } from '../testing/frame-pipe.ts';
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

/** What leaves, and what is passed on, when these wait at the adapter. @param frames bound of the key */
function outward(datagrams: readonly Uint8Array[], dataOptions: number, frames: number) {
  const { aead, sent } = sessionOf(dataOptions).lend()!;
  const state = new TunnelState();
  state.sent.begin(sent.iv, 0, 0);
  const contexts = { seal: evp()!.context(aead, sent.key, true), open: 0 };
  const [adapter, wire] = [framePipe(), framePipe()];
  const bounds = { frames, octets: 2 ** 40 };
  const loan = { tunnel: id, fd: wire.device.descriptor!, state: state.buffer, contexts, bounds };
  const tunnel = new LentTunnel({ ...loan, bundles: dataOptions !== 0, unread: new Uint8Array(0) }, evp()!);
  const passed: Uint8Array[] = [];
  let given = 0;
  const routes = { shared: false, destination: () => id, policy: () => undefined, change: () => {} };
  const out = new Outward(routes, new SharedCounts(new SharedArrayBuffer(countsLength)), {
    tunnelOf: () => (given === 0 ? tunnel : undefined),
    idle: () => false,
    pass: (frame) => passed.push(frame.slice(14)),
    giveBack: () => {
      given += 1;
    },
    now: () => 0,
  });
  for (const datagram of datagrams) adapter.stack.write(ethernet(datagram));
  out.run(adapter.device.descriptor!);
  const octets = wire.stack.read()?.slice() ?? new Uint8Array(0);
  for (const { device, stack } of [adapter, wire]) {
    void device.close();
    stack.close();
  }
  return { octets, passed, given, transmitted: tunnel.counts.read().transmittedFrames };
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
        const { octets, passed, given, transmitted } = outward(datagrams, dataOptions, bound);
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
