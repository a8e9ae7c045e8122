/** What a failure tells of is found again, whole, and nothing of another scenario's. */
import test from 'ava';
import { assertBeginsWith, assertOctets, differing, noteDifference, takeDifference } from './difference.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(' ', ''));
const [timeout, fault] = [hex('00000008 05 01 000b'), hex('00000008 05 01 0005')];
const messageOf = (act: () => void): string => {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

test.serial('octets that differ are told by the first of them, and both are kept', (t) => {
  const message = messageOf(() => assertOctets(timeout, fault, 'the answer'));
  t.is(message, 'the answer: octet 7 is 0b, not 05\nexpected 0000000805010005\nreceived 000000080501000b');
  t.deepEqual(takeDifference(`row 3: ${message}\n  at somewhere`), {
    expected: '0000000805010005',
    received: '000000080501000b',
  });
  t.is(takeDifference(message), undefined);
  t.regex(
    messageOf(() => assertOctets(fault.subarray(0, 6), fault)),
    /octet 6 is the end of it, not 00/,
  );
  t.is(
    messageOf(() => assertOctets(fault, fault.slice())),
    '',
  );
});

test.serial('of a stream the frame in which it differs', (t) => {
  const expected = hex('0000000a 09 01 00112233 00000008 05 01 0005 00000008 05 01 0001');
  const received = expected.with(17, 11);
  const message = messageOf(() => assertBeginsWith(received, expected, 'its stream'));
  t.regex(message, /^its stream, frame 2: octet 7 is 0b, not 05\n/);
  t.deepEqual(takeDifference(message), { expected: '0000000805010005', received: '000000080501000b' });
  t.is(
    messageOf(() => assertBeginsWith(expected, expected.subarray(0, 18), 'its stream')),
    '',
  );
  t.regex(
    messageOf(() => assertBeginsWith(expected.subarray(0, 18), expected, 'its stream')),
    /^its stream, frame 3: octet 0 is the end of it/,
  );
});

test.serial('a difference that was caught is not taken for that of the failure', (t) => {
  const first = differing('one kind', { received: '00' });
  differing('another kind', { received: '01' });
  t.is(first.name, 'Nonconformance');
  t.deepEqual(takeDifference('Error: another kind'), { received: '01' });
  t.is(takeDifference('one kind'), undefined);
});

test.serial('what was noted belongs to a failure whose words it has', (t) => {
  const difference = { expected: timeout.toHex(), received: fault.toHex() };
  noteDifference('does not verify', difference);
  t.deepEqual(takeDifference('the digest of the CLOSE frame does not verify'), difference);
  noteDifference('does not verify', difference);
  t.is(takeDifference('the stream did not end'), undefined);
});
