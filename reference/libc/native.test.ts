import test from 'ava';
import { close, O_NONBLOCK, O_RDWR, open, read } from './descriptors.ts';
import { SystemCallFailure } from './failure.ts';
import { addressOf, errnoName, WOULD_BLOCK } from './native.ts';
import { eventfd } from './poll.ts';

test('a call that fails names itself and errno', (t) => {
  const failure = t.throws(() => open('/nowhere', O_RDWR | O_NONBLOCK), { instanceOf: SystemCallFailure });
  t.like(failure, { call: 'open /nowhere', code: 'ENOENT', message: 'open /nowhere: ENOENT' });
  t.is(errnoName(77), 'EBADFD');
});

test('a call that would have to wait says so', (t) => {
  const fd = eventfd();
  const octets = new Uint8Array(8);
  t.is(read(fd, addressOf(octets), octets.length), WOULD_BLOCK);
  close(fd);
});
