import test from 'ava';
import { Group } from '../names/group.ts';
import type { GroupMember, Resolver } from '../names/resolver.ts';
import type { Endpoint } from '../transport.ts';
import { Forwarding } from './forwarding.ts';

const hosts: Record<string, string[]> = {
  'server.test': ['10.0.0.1', '10.0.0.2'],
  'one.test': ['10.0.1.1'],
  'two.test': ['10.0.1.2'],
  'self.test': ['10.0.2.1'],
  'evil.test': ['127.0.0.1', '0.0.0.0', '169.254.0.1', '::1'],
};
const member = (host: string, more: Partial<GroupMember> = {}): GroupMember => ({
  host,
  port: 3265,
  priority: 0,
  weight: 0,
  ...more,
});

const own = '10.0.2.1:3265';
const allow = [
  { name: 'server.test', ports: [3265] },
  { name: 'evil.test', ports: [3265, 3266] },
  { name: 'self.test', ports: [3265, 3266] },
  { name: 'server.test', ports: [3267] },
];

/** @param accepting `address:port` of those that accept; all when absent */
function forwarding(services: GroupMember[] | Error = [], accepting?: readonly string[]) {
  const tried: string[] = [];
  const clock = { now: 0 };
  const resolver: Resolver = {
    addresses: async (host) => hosts[host] ?? Promise.reject(new Error('ENOTFOUND')),
    services: async () => {
      if (services instanceof Error) throw services;
      return services;
    },
  };
  const group = new Group(
    () => clock.now,
    () => 0,
  );
  const isOwn = ({ address, port }: Endpoint): boolean => `${address}:${port}` === own;
  const policy = { allow, allowAddresses: [] };
  const under = new Forwarding({ policy, resolver, group, isOwn, patience: 10_000 });
  const connect = async ({ address, port }: Endpoint): Promise<string> => {
    const place = `${address}:${port}`;
    tried.push(place);
    if (accepting !== undefined && !accepting.includes(place)) throw new Error('ECONNREFUSED');
    return place;
  };
  const open = (name: string, last = true) => under.open(name, last, connect, new AbortController().signal);
  return { open, tried, clock, under };
}

test('a name on the allow-list is reached, at its second address when the first does not accept', async (t) => {
  t.is((await forwarding().open('server.test:3265', false)).connection, '10.0.0.1:3265');
  const second = forwarding([], ['10.0.0.2:3265']);
  t.is((await second.open('server.test')).connection, '10.0.0.2:3265');
  t.deepEqual(second.tried, ['10.0.0.1:3265', '10.0.0.2:3265']);
});

test('a name that stands on the allow-list twice is reached at the ports of both', async (t) => {
  t.is((await forwarding().open('server.test:3267')).connection, '10.0.0.1:3267');
  t.is((await forwarding().open('server.test:3265')).connection, '10.0.0.1:3265');
});

test('a name or a port off the allow-list is refused, and nothing is connected to', async (t) => {
  const under = forwarding([member('one.test', { port: 22 })]);
  await t.throwsAsync(under.open('one.test'), { message: /one\.test is not on the allow-list/ });
  await t.throwsAsync(under.open('server.test:22'), { message: /port 22 is not on the allow-list/ });
  await t.throwsAsync(under.open('server.test'), { message: /port 22/ });
  t.deepEqual(under.tried, []);
});

test('a name that leads to this machine or to the link is refused', async (t) => {
  const under = forwarding();
  await t.throwsAsync(under.open('evil.test'), { message: /no address that may be connected to/ });
  t.deepEqual(under.tried, []);
});

test('an address of its own is refused with the port that it listens on, and with no other', async (t) => {
  await t.throwsAsync(forwarding().open('self.test:3265'), { message: /no address/ });
  t.is((await forwarding().open('self.test:3266')).connection, '10.0.2.1:3266');
});

test('only the last hop without port is looked up as a group', async (t) => {
  const group = [member('one.test')];
  t.is((await forwarding(group).open('server.test')).connection, '10.0.1.1:3265');
  t.is((await forwarding(group).open('server.test', false)).connection, '10.0.0.1:3265');
  t.is((await forwarding(group).open('server.test:3265')).connection, '10.0.0.1:3265');
});

test('a fault of the look-up is not the absence of a group', async (t) => {
  await t.throwsAsync(forwarding(new Error('ESERVFAIL')).open('server.test'), { message: 'ESERVFAIL' });
});

test('connections made side by side are spread', async (t) => {
  const under = forwarding([member('one.test'), member('two.test')]);
  const opened = await Promise.all(Array.from({ length: 6 }, () => under.open('server.test')));
  t.deepEqual(opened.map(({ connection }) => connection).toSorted(), [
    ...Array(3).fill('10.0.1.1:3265'),
    ...Array(3).fill('10.0.1.2:3265'),
  ]);
  for (const { release } of opened) release();
  t.deepEqual(
    under.under.members.map(({ member: name, open, accepted }) => [name, open, accepted]),
    [
      ['one.test:3265', 0, 3],
      ['two.test:3265', 0, 3],
    ],
  );
});

test('a member that does not accept is passed over, and tried last for a while', async (t) => {
  const under = forwarding([member('one.test'), member('two.test', { priority: 1 })], ['10.0.1.2:3265']);
  t.is((await under.open('server.test')).connection, '10.0.1.2:3265');
  await under.open('server.test');
  t.deepEqual(under.tried, ['10.0.1.1:3265', '10.0.1.2:3265', '10.0.1.2:3265']);
  under.clock.now = 30_001;
  await under.open('server.test');
  t.is(under.tried.at(-2), '10.0.1.1:3265');
});

test("when none accepts, the last one's reason is told", async (t) => {
  const under = forwarding([member('one.test'), member('two.test')], []);
  await t.throwsAsync(under.open('server.test'), { message: 'ECONNREFUSED' });
  t.is(under.tried.length, 2);
});

test('a member whose name has no address leaves the others', async (t) => {
  const under = forwarding([member('gone.test'), member('two.test', { priority: 1 })]);
  t.is((await under.open('server.test')).connection, '10.0.1.2:3265');
});
