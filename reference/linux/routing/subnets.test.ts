import test from 'ava';
import { isOwnAddress } from './subnets.ts';

test('every loopback address, and the unspecified one, leads to this machine', (t) => {
  for (const address of ['127.0.0.1', '127.0.0.2', '127.255.255.254', '0.0.0.0', '::1', '::', '::ffff:127.0.0.2'])
    t.true(isOwnAddress(address), address);
});

test('an address of somebody else does not', (t) => {
  for (const address of ['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1']) t.false(isOwnAddress(address), address);
});
