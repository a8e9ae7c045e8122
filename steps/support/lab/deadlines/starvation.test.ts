/** Who is blamed for a deadline that is over: the implementation, unless the machine withheld time from the suite. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import test from 'ava';
import { Nonconformance, Starved } from '../failure.ts';
import { assertNoLater, blame, Deadline, patience, wasLate, within } from './deadline.ts';
import { countProgram, forgetProgram, Meter } from './starvation.ts';
import { until } from './until.ts';

/** A machine whose clock, kernel and programs are told what to say. */
class Machine {
  now = 1_000;
  ran = 0;
  waited = 0;
  programs = { ran: 0, waited: 0 };
  readonly meter = new Meter({
    now: () => this.now,
    counted: () => ({ ran: this.ran, waited: this.waited }),
    programs: () => this.programs,
  });

  /** Time passes: so much of each period is work, waiting for a processor, and the same of the programs under test. */
  pass(periods: number, { length = 100, ran = 1, waited = 0, programs = 0, withheld = 0 } = {}): this {
    for (let count = 0; count < periods; count += 1) {
      this.now += length;
      this.ran += ran;
      this.waited += waited;
      this.programs = { ran: this.programs.ran + programs, waited: this.programs.waited + withheld };
      this.meter.sample();
    }
    return this;
  }
}

function machine(): Machine {
  const made = new Machine();
  made.meter.sample();
  return made;
}

test('a quiet machine adds nothing, and excuses nothing', (t) => {
  const quiet = machine();
  const deadline = new Deadline(1_000, quiet.meter);
  quiet.pass(9);
  t.is(deadline.left, 100);
  quiet.pass(1);
  t.true(deadline.left <= 0);
  t.true(deadline.failure('an answer') instanceof Nonconformance);
  t.is(deadline.failure('an answer', 'nothing came').message, 'an answer: not within 1000 ms\nnothing came');
});

test('what came too late is remembered, where it had less time than the patience of a scenario', (t) => {
  const quiet = machine();
  // Later than all that other tests have seen.
  quiet.now = 1e9;
  blame('an answer', patience, quiet.now, quiet.meter);
  t.false(wasLate(quiet.now));
  blame('an answer', patience - 1, quiet.now, quiet.meter);
  t.true(wasLate(quiet.now));
  t.false(wasLate(quiet.now + 1));
});

test('a deadline is longer by as much as timers were late', (t) => {
  const late = machine();
  const deadline = new Deadline(1_000, late.meter);
  late.pass(5).pass(1, { length: 605 });
  t.is(deadline.left, 395);
  late.pass(4);
  const failure = deadline.failure('an answer');
  t.true(failure instanceof Starved, 'timers were late by half of it');
  t.regex(failure.message, /timers were 500 ms late/);
  const little = machine();
  const other = new Deadline(10_000, little.meter);
  little.pass(5).pass(1, { length: 505 }).pass(100);
  t.true(other.failure('an answer') instanceof Nonconformance, 'by less');
});

test('lateness that no sample has told of yet counts too', (t) => {
  const late = machine();
  const deadline = new Deadline(1_000, late.meter);
  late.now += 1_105;
  t.is(deadline.left, 895);
});

test('a machine on which work takes 20 times as long extends a deadline to three times its length, no further', (t) => {
  const slow = machine();
  const deadline = new Deadline(1_000, slow.meter);
  slow.pass(20, { ran: 1, waited: 19 });
  t.is(Math.round(deadline.left), 1_000);
  slow.pass(10, { ran: 1, waited: 19 });
  t.true(deadline.left <= 0);
  t.true(deadline.failure('an answer') instanceof Nonconformance, 'who has not answered by then never will');
});

test('where work takes 60 times as long nobody is blamed', (t) => {
  const starved = machine();
  const deadline = new Deadline(1_000, starved.meter);
  starved.pass(30, { ran: 1, waited: 59 });
  t.true(deadline.left <= 0);
  t.regex(deadline.failure('an answer').message, /nor within 3000 ms\n.*60\.0 times as long/);
  t.true(deadline.failure('an answer') instanceof Starved);
});

test('what an ordinary run makes slower is no excuse', (t) => {
  const busy = machine();
  const deadline = new Deadline(1_000, busy.meter);
  busy.pass(11, { ran: 1, waited: 8 });
  t.true(deadline.left <= 0);
  t.true(deadline.failure('an answer') instanceof Nonconformance);
});

test('a deadline is longer by as much as programs under test waited for a processor', (t) => {
  const busy = machine();
  const deadline = new Deadline(1_000, busy.meter);
  busy.pass(10, { withheld: 30 });
  t.is(Math.round(deadline.left), 300);
  busy.pass(5);
  t.true(deadline.failure('an answer') instanceof Nonconformance, 'for less than half of it');
  const starved = machine();
  const other = new Deadline(1_000, starved.meter);
  starved.pass(30, { withheld: 60 });
  t.true(other.left <= 0);
  t.regex(other.failure('an answer').message, /programs under test waited 1800 ms for a processor/);
  t.true(other.failure('an answer') instanceof Starved);
});

test("a failure may be the machine's where work takes far longer than alone, or timers are late", (t) => {
  const ordinary = machine().pass(50, { ran: 1, waited: 13 });
  t.is(ordinary.meter.strain(1_000), undefined);
  const slow = machine().pass(50, { ran: 1, waited: 15 });
  t.regex(slow.meter.strain(1_000) ?? '', /^the machine was too busy: .* took 16\.0 times as long as alone/);
  const punctual = machine().pass(50, { length: 130 });
  t.is(punctual.meter.strain(1_000), undefined);
  const late = machine().pass(50, { length: 150 });
  t.regex(late.meter.strain(1_000) ?? '', /its timers were 2250 ms late/);
});

test('an implementation that burns the processors itself buys no excuse', (t) => {
  const burnt = machine();
  const deadline = new Deadline(1_000, burnt.meter);
  burnt.pass(11, { ran: 1, waited: 80, programs: 150, withheld: 90 });
  t.true(deadline.left <= 0);
  t.true(deadline.failure('an answer') instanceof Nonconformance);
});

test('what was withheld before a deadline began is no excuse', (t) => {
  const before = machine();
  before.pass(20, { ran: 1, waited: 90 });
  const deadline = new Deadline(1_000, before.meter);
  before.pass(11);
  t.true(deadline.left <= 0);
  t.true(deadline.failure('an answer') instanceof Nonconformance);
});

test('without the figures of the kernel the lateness of timers decides alone', (t) => {
  let now = 0;
  const meter = new Meter({ now: () => now, counted: () => undefined, programs: () => ({ ran: 0, waited: 0 }) });
  meter.sample();
  now = 1_000;
  meter.sample();
  t.deepEqual(meter.over(0), { late: 895, slowdown: 1, withheld: 0 });
});

test('an upper bound on what was measured: kept, broken, or not to be told', (t) => {
  const quiet = machine().pass(20);
  t.notThrows(() => assertNoLater(500, 500, 'too late', quiet.meter));
  t.throws(() => assertNoLater(501, 500, 'too late', quiet.meter), {
    instanceOf: Nonconformance,
    message: 'too late',
  });
  const slow = machine().pass(50, { ran: 1, waited: 79 });
  t.notThrows(() => assertNoLater(1_400, 500, 'too late', slow.meter));
  t.throws(() => assertNoLater(1_600, 500, 'too late', slow.meter), {
    instanceOf: Starved,
    message: /^too late\n/,
  });
});

test('what has come while this process was late itself came in time', async (t) => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const child = spawn('sh', ['-c', 'echo here; exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdout.once('data', () => resolve('came'));
  const quiet = machine();
  const waiting = within(150, 'the word', promise, undefined, quiet.meter);
  quiet.pass(2);
  // Busy until after the deadline: the octets are there, and have not been read.
  for (const end = performance.now() + 600; performance.now() < end; ) createHash('sha256').update('x').digest();
  t.is(await waiting, 'came');
  child.stdin.end();
  await once(child, 'close');
});

test('what is looked for is found, or is missed at the end and not before', async (t) => {
  let looks = 0;
  const begun = performance.now();
  t.is(await until('the third', async () => (++looks === 3 ? looks : undefined), 5_000), 3);
  t.true(performance.now() - begun >= 38, 'there is a pause between two looks');
  await t.throwsAsync(
    until(
      'what never comes',
      async () => undefined,
      100,
      () => 'a hint',
    ),
    { message: /^what never comes: not within 100 ms.*\na hint/s },
  );
});

test('the processor time of a program and of its children is counted', async (t) => {
  const meter = new Meter();
  const child = spawn('sh', ['-c', 'sh -c "while :; do :; done" & wait'], { stdio: 'ignore', detached: true });
  const pid = child.pid as number;
  countProgram(pid);
  meter.sample();
  const begun = meter.now;
  try {
    await until(
      'more than 300 ms of processor time',
      async () => {
        meter.sample();
        return meter.taken(begun) > 300 || undefined;
      },
      60_000,
    );
    t.pass();
  } finally {
    process.kill(-pid, 'SIGKILL');
    await once(child, 'close');
    forgetProgram(pid);
  }
});

test.serial('on a machine that is busy indeed a program has more time than its deadline says', async (t) => {
  const burners = Array.from({ length: 20 * availableParallelism() }, () =>
    spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
  );
  const work = 'for (const end = process.cpuUsage().user + 1e6; process.cpuUsage().user < end;);';
  const program = spawn(process.execPath, ['-e', work], { stdio: 'ignore' });
  const pid = program.pid as number;
  // As the suite does with a program under test: what it waits for a processor is known, however this process fares.
  countProgram(pid);
  try {
    await t.throwsAsync(within(300, 'its end', once(program, 'close')), {
      message: /^its end: not within 300 ms, nor within \d+ ms/,
    });
  } finally {
    for (const one of [program, ...burners]) one.kill('SIGKILL');
    forgetProgram(pid);
  }
});
