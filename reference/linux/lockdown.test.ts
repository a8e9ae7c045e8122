import { execFileSync } from 'node:child_process';
import test from 'ava';
import { unshareNetwork } from '../libc/namespaces.ts';
import { parsePrefix } from '../packets/prefix.ts';
import { Lockdown, type LockdownRules, liftAll } from './lockdown.ts';

const rules: LockdownRules = {
  hops: [
    { address: '10.77.0.2', port: 3265 },
    { address: 'fd77::2', port: 443 },
  ],
  carried: [parsePrefix('10.8.0.0/24'), parsePrefix('10.8.0.0/16')],
  except: [parsePrefix('192.168.1.0/24')],
  dns: true,
  uid: 1234,
};
const nft = (...words: string[]): string => execFileSync('/usr/sbin/nft', words, { encoding: 'utf8' });
const ruleset = (): string => nft('list', 'ruleset');

test.before(() => {
  unshareNetwork();
});

test.serial('it is imposed again and again as one table, and lifted', async (t) => {
  const lockdown = new Lockdown('pna0');
  t.false(await lockdown.begin());
  await lockdown.impose(rules);
  const first = ruleset();
  await lockdown.impose(rules);
  t.is(ruleset(), first);
  t.is([...first.matchAll(/^table inet pna-lockdown-pna0 \{/gm)].length, 1);
  for (const part of ['10.77.0.2 . 3265', 'fd77::2 . 443', '10.8.0.0/16', '::/0', '192.168.1.0/24', 'meta skuid 1234'])
    t.true(first.includes(part), part);
  await lockdown.lift();
  await lockdown.lift();
  t.is(ruleset(), '');
});

test.serial('a later process finds it, and where the first node was', async (t) => {
  await new Lockdown('pna1').impose(rules);
  const other = new Lockdown('pna2');
  t.false(await other.begin());
  await other.permit(rules.hops);
  const later = new Lockdown('pna1');
  t.true(await later.begin());
  t.deepEqual(later.known, rules.hops);
  await later.permit([{ address: '10.77.0.3', port: 3265 }]);
  t.true(ruleset().includes('10.77.0.3 . 3265'));
  t.true(ruleset().includes('10.77.0.2 . 3265'));
  await later.lift();
});

test.serial('a family that the tunnel carries is closed as far as it carries it', async (t) => {
  const lockdown = new Lockdown('pna0');
  await lockdown.impose({
    ...rules,
    carried: [parsePrefix('10.8.0.0/24'), parsePrefix('fd00:8::/48')],
    dns: false,
    uid: undefined,
  });
  const text = ruleset();
  t.true(text.includes('fd00:8::/48'));
  for (const part of ['::/0', 'skuid', '853']) t.false(text.includes(part), part);
  await lockdown.lift();
});

test.serial('all that there are can be lifted at once, and nothing else is', async (t) => {
  nft('add', 'table', 'inet', 'firewall');
  for (const device of ['pna0', 'pna1']) await new Lockdown(device).impose(rules);
  t.deepEqual([...(await liftAll())].sort(), ['pna0', 'pna1']);
  t.deepEqual(await liftAll(), []);
  t.is(ruleset(), 'table inet firewall {\n}\n');
});
