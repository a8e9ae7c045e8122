import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { LabFailure, Nonconformance } from './lab/failure.ts';
import { tryEach } from './rows.ts';

const nameOf = String;

test('every case that fails is named, and an error of the suite is thrown at once', async (t) => {
  const act = async (one: number): Promise<void> => {
    if (one % 2 === 1) throw new Nonconformance(`odd ${one}`);
  };
  await t.throwsAsync(tryEach([1, 2, 3], nameOf, act), {
    instanceOf: Nonconformance,
    message: '2 of 3 fail: 1: odd 1\n3: odd 3',
  });
  const fail = async (): Promise<void> => {
    throw new LabFailure('no wire');
  };
  await t.throwsAsync(tryEach([1, 2], nameOf, fail), { instanceOf: LabFailure, message: 'no wire' });
  await t.throwsAsync(tryEach([], nameOf, act), { instanceOf: LabFailure });
});

test('cases that each pass slowly end when their time is over', async (t) => {
  let tried = 0;
  const slowly = async (): Promise<void> => {
    tried += 1;
    await pause(30);
  };
  await t.notThrowsAsync(tryEach([1, 2, 3], nameOf, slowly));
  const message = 'no more than 1 cases could be tried within 20 ms';
  await t.throwsAsync(tryEach([1, 2, 3], nameOf, slowly, 1, 20), { instanceOf: LabFailure, message });
  t.is(tried, 4);
});
