import test from 'ava';
import { type GroupMember, NoService } from '../names/resolver.ts';
import { rememberingResolver } from './remembering.ts';

/** A resolver that answers as each test lets it. */
function asked() {
  const questions: PromiseWithResolvers<readonly string[]>[] = [];
  const addresses = () => {
    const question = Promise.withResolvers<readonly string[]>();
    questions.push(question);
    return question.promise;
  };
  return { questions, resolver: { addresses, services: async () => [] } };
}

test('an answer that comes is the one that counts, each time', async (t) => {
  const { questions, resolver } = asked();
  const remembering = rememberingResolver(resolver, 60_000);
  for (const address of ['192.0.2.1', '192.0.2.2']) {
    const answer = remembering.addresses('server.test');
    questions.at(-1)?.resolve([address]);
    t.deepEqual(await answer, [address]);
  }
  t.is(questions.length, 2);
});

test('a name that was never known fails as it did', async (t) => {
  const { questions, resolver } = asked();
  const answer = rememberingResolver(resolver, 0).addresses('server.test');
  questions[0]?.reject(new Error('ENOTFOUND'));
  await t.throwsAsync(answer, { message: 'ENOTFOUND' });
});

test('when asking fails, or has no end, the address from before will do', async (t) => {
  const { questions, resolver } = asked();
  const remembering = rememberingResolver(resolver, 1);
  const first = remembering.addresses('server.test');
  questions[0]?.resolve(['192.0.2.1']);
  await first;
  t.deepEqual(await remembering.addresses('server.test'), ['192.0.2.1'], 'no answer');
  const second = remembering.addresses('server.test');
  t.is(questions.length, 2, 'the question is still open');
  questions[1]?.reject(new Error('EAI_AGAIN'));
  t.deepEqual(await second, ['192.0.2.1']);
  const third = remembering.addresses('server.test');
  questions[2]?.reject(new Error('EAI_AGAIN'));
  t.deepEqual(await third, ['192.0.2.1']);
});

test('so it is with groups: a name that was one, or none, before', async (t) => {
  const member: GroupMember = { host: 'one.test', port: 3265, priority: 0, weight: 0 };
  for (const before of [[member], []]) {
    const answers: (() => Promise<GroupMember[]>)[] = [
      async () => before,
      () => Promise.reject(new Error('ETIMEOUT')),
      () => Promise.reject(new NoService('decidedly none')),
    ];
    const ask = () => answers.shift()?.() ?? Promise.reject(new Error('asked too often'));
    const remembering = rememberingResolver({ services: ask, addresses: async () => [] }, 60_000);
    t.deepEqual(await remembering.services('group.test'), before);
    t.deepEqual(await remembering.services('group.test'), before, 'no answer');
    await t.throwsAsync(remembering.services('group.test'), { message: 'decidedly none' });
  }
});
