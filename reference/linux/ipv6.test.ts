import { existsSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { kernelTests, openTap, whyNoPrivateNetwork } from '../testing/private-network.ts';
import { hasIpv6 } from './ipv6.ts';

const settings = '/proc/sys/net/ipv6/conf';
const kernel = kernelTests('kernel', whyNoPrivateNetwork() ?? (existsSync(settings) ? undefined : 'no IPv6'));

kernel('IPv6 is told of each device, as it is set there', async (t) => {
  await using _device = await openTap('pna0');
  t.true(hasIpv6('pna0'));
  writeFileSync(`${settings}/pna0/disable_ipv6`, '1');
  t.false(hasIpv6('pna0'));
  writeFileSync(`${settings}/pna0/disable_ipv6`, '0');
  t.true(hasIpv6('pna0'));
});

kernel('a device that comes when IPv6 is off has none', async (t) => {
  writeFileSync(`${settings}/default/disable_ipv6`, '1');
  await using _device = await openTap('pna1');
  t.false(hasIpv6('pna1'));
  writeFileSync(`${settings}/default/disable_ipv6`, '0');
});

test('a device that is not there has none', (t) => {
  t.false(hasIpv6('pna-absent'));
});
