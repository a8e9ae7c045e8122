/** Calls that an interface rules out, at each side of each bound. */
import test from 'ava';
import { IntegrityFailure, Misuse } from '../errors.ts';
import { ascii } from '../octets.ts';
import { given, referenceInitiator, referenceResponder } from '../testing/straight-line-noise.ts';
import { deriveDirection } from './keys.ts';
import { hkdfExpand } from './primitives.ts';
import { deterministicRandomness } from './randomness.ts';

const misuse = { instanceOf: Misuse };
const octets = (): Uint8Array => new Uint8Array(32).fill(1);

test('HKDF-Expand gives 0 to 8,160 octets', (t) => {
  for (const length of [0, 1, 32, 33, 8_160]) t.is(hkdfExpand(octets(), ascii('info'), length).length, length);
  for (const length of [-1, 0.5, 8_161]) t.throws(() => hkdfExpand(octets(), ascii('info'), length), misuse);
});

test('a transform has 16 bits', (t) => {
  for (const transform of [0, 0xffff]) t.is(deriveDirection(octets(), transform, octets()).key.length, 32);
  for (const transform of [-1, 0.5, 0x1_0000]) t.throws(() => deriveDirection(octets(), transform, octets()), misuse);
});

test('padding has 0 to 255 octets', (t) => {
  for (const padding of [0, 255]) t.is(deterministicRandomness({ padding }).padding(), padding);
  for (const padding of [-1, 0.5, 256]) t.throws(() => deterministicRandomness({ padding }), misuse);
});

test('each end writes and reads in its turn, and once', (t) => {
  const g = given(1);
  const [initiator, responder] = [referenceInitiator(g), referenceResponder(g)];
  t.throws(() => initiator.readResponse(new Uint8Array(200)), { ...misuse, message: /out of turn/ });
  t.throws(() => responder.writeResponse(ascii('')), { ...misuse, message: /out of turn/ });
  const request = initiator.writeRequest(ascii('request'));
  t.throws(() => initiator.writeRequest(ascii('request')), { ...misuse, message: /out of turn/ });
  responder.readRequest(request);
  t.throws(() => responder.readRequest(request), { ...misuse, message: /out of turn/ });
  const response = responder.writeResponse(ascii('response'));
  initiator.readResponse(response);
  t.throws(() => initiator.readResponse(response), { ...misuse, message: /no message left/ });
  t.throws(() => responder.writeResponse(ascii('response')), { ...misuse, message: /no message left/ });
});

test('a message has at most 65,535 octets', (t) => {
  const responder = referenceResponder(given(1));
  t.throws(() => responder.readRequest(new Uint8Array(65_536)), { instanceOf: IntegrityFailure, message: /too long/ });
  t.throws(() => responder.readRequest(new Uint8Array(65_535).fill(9)), {
    instanceOf: IntegrityFailure,
    message: /^(?!.*too long)/,
  });
  const longest = 65_535 - 32 - 48 - 16;
  t.is(referenceInitiator(given(1)).writeRequest(new Uint8Array(longest)).length, 65_535);
  t.throws(() => referenceInitiator(given(1)).writeRequest(new Uint8Array(longest + 1)), misuse);
});
