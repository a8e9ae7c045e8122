import test from 'ava';
import { parsePrefix } from '../../packets/prefix.ts';
import { refusalOf } from './route-policy.ts';

const gateway = '10.8.0.1';

const refusals: [route: string, gateway: string, reason: RegExp | undefined][] = [
  ['127.0.0.0/8', gateway, /loopback/],
  ['127.1.0.0/16', gateway, /loopback/],
  ['169.254.0.0/16', gateway, /link-local/],
  ['224.0.0.0/4', gateway, /multicast/],
  ['239.1.2.3/32', gateway, /multicast/],
  ['fe80::/64', 'fe80::1', /link-local/],
  ['ff02::/16', 'fe80::1', /multicast/],
  ['::1/128', 'fe80::1', /loopback/],
  ['192.0.2.0/24', gateway, /in the subnet 192\.0\.2\.0\/24/],
  ['192.0.2.64/26', gateway, /in the subnet/],
  ['10.9.0.0/24', 'fe80::1', /is no route/],
  ['nonsense/24', gateway, /is no route/],
  ['192.0.0.0/16', gateway, undefined],
  ['10.9.0.0/24', gateway, undefined],
  ['0.0.0.0/0', gateway, undefined],
];
for (const [text, via, reason] of refusals)
  test(`policy: ${text} via ${via} is ${reason ? 'refused' : 'possible'}`, (t) => {
    const found = refusalOf({ ...parsePrefix(text), gateway: via }, 'pna0', [{ address: '192.0.2.0', length: 24 }]);
    if (reason) t.regex(found ?? '', reason);
    else t.is(found, undefined);
  });
