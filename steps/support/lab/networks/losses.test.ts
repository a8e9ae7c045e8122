import test from 'ava';
import { linkOf } from './kernel-tables.ts';
import { Losses } from './losses.ts';
import { Lab } from './namespace.ts';

test('what a device loses for a moment is told, and nothing that it gets, keeps or another one loses', async (t) => {
  await using lab = await Lab.create();
  const namespace = lab.namespace('client');
  const { ifindex } = await linkOf(namespace, 'eth0');
  await lab.ip(namespace, 'addr add 10.1.0.1/24 dev eth0', 'addr add 10.3.0.1/24 dev lo');
  await using losses = Losses.watch(namespace);
  t.deepEqual(losses.of(ifindex), []);
  const [route, same] = ['route add 10.2.0.0/16 dev eth0', 'addr replace 10.1.0.1/24 dev eth0'];
  await lab.ip(namespace, route, same, 'addr del 10.3.0.1/24 dev lo');
  t.deepEqual(losses.of(ifindex), []);
  await lab.ip(namespace, 'route del 10.2.0.0/16 dev eth0', route);
  t.deepEqual(losses.of(ifindex), ['the route to 0a020000/16']);
  await lab.ip(namespace, 'addr del 10.1.0.1/24 dev eth0', 'addr add 10.1.0.1/24 dev eth0');
  const all = losses.of(ifindex);
  t.true(all.includes('the address 0a010001') && all.includes('the route to 0a010000/24'));
});
