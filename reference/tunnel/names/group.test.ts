import test from 'ava';
import fc from 'fast-check';
import { Group, reachable } from './group.ts';
import type { GroupMember } from './resolver.ts';

const member = (host: string, more: Partial<GroupMember> = {}): GroupMember => ({
  host,
  port: 3265,
  priority: 0,
  weight: 0,
  ...more,
});

test('the lowest priority wins, however much it is used', (t) => {
  const group = new Group(() => 0);
  const members = [member('far', { priority: 2, weight: 100 }), member('near', { priority: 1 })];
  for (let times = 0; times < 5; times++) {
    const chosen = group.choose(members);
    t.is(chosen.host, 'near');
    group.use(chosen);
  }
});

test('however connections come and go, the next goes to a least used member', (t) => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (comings, size) => {
      const group = new Group(() => 0);
      const members = Array.from({ length: size }, (_, index) => member(`m${index}`));
      const open: { host: string; release: () => void }[] = [];
      for (const comes of comings) {
        if (!comes) {
          open.shift()?.release();
          continue;
        }
        const used = members.map(({ host }) => open.filter((one) => one.host === host).length);
        const chosen = group.choose(members);
        t.is(open.filter((one) => one.host === chosen.host).length, Math.min(...used));
        open.push({ host: chosen.host, release: group.use(chosen) });
      }
    }),
  );
  t.pass();
});

test('RFC 2782: equals are drawn in proportion to their weights, and without weights equally', (t) => {
  const draw = (random: number, weights: readonly number[]): string =>
    new Group(
      () => 0,
      () => random,
    ).choose(weights.map((weight, index) => member(`m${index}`, { weight }))).host;
  t.deepEqual(
    [0, 0.24, 0.26, 0.99].map((random) => draw(random, [1, 3])),
    ['m0', 'm0', 'm1', 'm1'],
  );
  t.deepEqual(
    [0, 0.49, 0.51, 0.99].map((random) => draw(random, [0, 0])),
    ['m0', 'm0', 'm1', 'm1'],
  );
});

/** Tries members with one endpoint each; those named do not accept. */
async function open(group: Group, members: readonly GroupMember[], ...deaf: string[]): Promise<string[]> {
  const tried: string[] = [];
  const reach = members.map((one) => ({ ...one, endpoints: [{ address: one.host, port: one.port }] }));
  const connect = async ({ address }: { address: string }): Promise<void> => {
    tried.push(address);
    if (deaf.includes(address)) throw new Error('ECONNREFUSED');
  };
  const attempt = { signal: new AbortController().signal, patience: 10_000 };
  await group.open(reach, connect, attempt).then(
    ({ release }) => release(),
    () => {},
  );
  return tried;
}

test('a member that rests comes after all others, of whatever priority, until it is over or it accepts', async (t) => {
  const clock = { now: 0 };
  const group = new Group(() => clock.now);
  const members = [member('one'), member('two', { priority: 9 })];
  t.deepEqual(await open(group, members, 'one'), ['one', 'two']);
  clock.now = 29_999;
  t.deepEqual(await open(group, members), ['two']);
  clock.now = 30_000;
  t.deepEqual(await open(group, members, 'one', 'two'), ['one', 'two']);
  t.deepEqual(await open(group, [member('one')]), ['one']);
  t.deepEqual(await open(group, members), ['one']);
});

test('a member is not blamed when nobody wants the connection any more', async (t) => {
  const group = new Group(() => 0);
  const leaving = new AbortController();
  const members = [{ ...member('one'), endpoints: [{ address: 'one', port: 1 }] }];
  const connect = (_: unknown, signal: AbortSignal): Promise<void> =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('left'))));
  const opening = group.open(members, connect, { signal: leaving.signal, patience: 10_000 });
  t.is(group.status[0]?.open, undefined);
  leaving.abort();
  await t.throwsAsync(opening);
  t.deepEqual(group.status, []);
});

test('a member that says nothing has its share of the time, and no more', async (t) => {
  const group = new Group(() => 0);
  const members = ['one', 'two'].map((host, priority) => ({
    ...member(host, { priority }),
    endpoints: [{ address: host, port: 1 }],
  }));
  const connect = ({ address }: { address: string }, signal: AbortSignal): Promise<string> =>
    address === 'two'
      ? Promise.resolve(address)
      : new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const keeping = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(keeping));
  const { connection } = await group.open(members, connect, { signal: new AbortController().signal, patience: 40 });
  t.is(connection, 'two');
  t.deepEqual(
    group.status.map(({ member: name, resting }) => [name, resting]),
    [
      ['one:3265', true],
      ['two:3265', false],
    ],
  );
});

test('an address stands for itself: nobody is asked whether it is a group', async (t) => {
  const services = () => Promise.reject(new Error('no answer'));
  const resolver = { addresses: async (host: string) => [host], services };
  const [found] = await reachable(resolver, '10.0.0.1', true);
  t.deepEqual(found?.endpoints, [{ address: '10.0.0.1', port: 3265 }]);
  await t.throwsAsync(reachable(resolver, 'server.test', true), { message: 'no answer' });
});

test('a name without port means 3265', async (t) => {
  const resolver = { addresses: async () => ['10.0.0.1', 'fd00::1'], services: async () => [] };
  const endpointsOf = async (name: string) => (await reachable(resolver, name, true))[0]?.endpoints;
  t.deepEqual(await endpointsOf('server.test'), [
    { address: '10.0.0.1', port: 3265 },
    { address: 'fd00::1', port: 3265 },
  ]);
  t.is((await endpointsOf('server.test:1'))?.[0]?.port, 1);
});
