/**
 * How much time the machine withheld. A deadline that is over on a starved machine says nothing of an implementation, so
 * the suite measures what its own process suffers: how late a timer of its own is, and how long its main thread, whose work
 * is little, has to wait for a processor that it wants (Linux: /proc/thread-self/schedstat).
 */
import { openSync, readFileSync, readSync } from 'node:fs';

/** What was withheld in a span of time. */
export interface Starvation {
  /** Milliseconds by which timers of this process were late, all together. */
  readonly late: number;
  /** How many times as long as on a processor of its own this process took for its work: 1 if it never had to wait. */
  readonly slowdown: number;
  /** Milliseconds for which programs under test wanted a processor and had none. */
  readonly withheld: number;
}

/** What the kernel has counted of a thread so far, in milliseconds. */
export interface Counted {
  /** It had a processor. */
  readonly ran: number;
  /** It wanted a processor and had none. */
  readonly waited: number;
}

/** Where a meter reads from. */
export interface Sources {
  readonly now: () => number;
  /** Undefined where the kernel does not count. */
  readonly counted: () => Counted | undefined;
  /** Of the programs under test, so far. */
  readonly programs: () => Counted;
}

interface Sample extends Counted {
  readonly at: number;
  readonly late: number;
  readonly programs: Counted;
}

/** Milliseconds from one sample to the next. */
const period = 100;
/** Milliseconds by which any timer may be late: the grain of the event loop. */
const grain = 5;
/** Samples of the last ten minutes are kept: no step takes longer. */
const kept = 600_000 / period;
/** Milliseconds of work below which the kernel's figures are chance. */
const leastWork = 5;

/** A slowdown below this is an ordinary run's: several scenarios share each processor, and every deadline allows for it. */
const ordinary = 15;
/** From here on an extended deadline says nothing either. Below it, an implementation that never answers is found. */
const hopeless = 60;
/** Programs that had so many processors among them were not starved, however busy they made the machine. */
const served = 0.5;
/** Of all time, how late timers are on a strained machine. */
const strained = 0.25;
/** To so many times its length a deadline is extended at most. */
const furthest = 3;

/** Times are milliseconds on the monotonic clock of its sources. */
export class Meter {
  readonly #sources: Sources;
  #samples: Sample[] = [];
  #late = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(sources: Sources = ownSources()) {
    this.#sources = sources;
  }

  get now(): number {
    return this.#sources.now();
  }

  /** Takes samples from now on. It keeps no process from ending. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.sample();
    this.#timer = setInterval(() => this.sample(), period).unref();
  }

  /** Called once in a period. */
  sample(): void {
    const present = this.#present();
    this.#late = present.late;
    this.#samples.push(present);
    if (this.#samples.length > 2 * kept) this.#samples = this.#samples.slice(-kept);
  }

  /** What was withheld from `since` to now. */
  over(since: number): Starvation {
    const [from, present] = this.#span(since);
    const [ran, waited] = [present.ran - from.ran, present.waited - from.waited];
    const isServed = present.programs.ran - from.programs.ran >= served * (present.at - from.at);
    const slowdown = isServed ? 1 : 1 + waited / Math.max(ran, leastWork);
    const withheld = isServed ? 0 : present.programs.waited - from.programs.waited;
    return { late: present.late - from.late, slowdown, withheld };
  }

  /** Milliseconds of processor time that the programs under test took from `since` to now. */
  taken(since: number): number {
    const [from, present] = this.#span(since);
    return present.programs.ran - from.programs.ran;
  }

  /** Milliseconds by which a deadline that began at `since` is extended. */
  allowance(milliseconds: number, since: number): number {
    const { late, slowdown, withheld } = this.over(since);
    const greatest = (furthest - 1) * milliseconds;
    return slowdown < ordinary ? Math.min(late + withheld, greatest) : greatest;
  }

  /**
   * Why nobody can tell whether the implementation or the machine let a deadline pass; undefined if the machine did not.
   * A machine is starved when timers were late, or programs under test waited for a processor, for half of the deadline, or
   * when work took 60 times as long as alone.
   */
  excuse(milliseconds: number, since: number): string | undefined {
    const starvation = this.over(since);
    if (starvation.late + starvation.withheld < milliseconds / 2 && starvation.slowdown < hopeless) return undefined;
    return `the machine was too busy to tell whose fault this is: ${inWords(starvation)}`;
  }

  /**
   * Why a failure since then may be the machine's, whatever failed: an implementation's own timers may have run out because
   * the suite was slow. Undefined on a machine that is no busier than the suite itself makes it.
   */
  strain(since: number): string | undefined {
    const starvation = this.over(since);
    const isStarved = starvation.slowdown >= ordinary || starvation.late >= strained * (this.now - since);
    return isStarved ? `the machine was too busy: ${inWords(starvation)}` : undefined;
  }

  #span(since: number): readonly [Sample, Sample] {
    const present = this.#present();
    return [this.#samples.findLast(({ at }) => at <= since) ?? this.#samples[0] ?? present, present];
  }

  #present(): Sample {
    const at = this.#sources.now();
    const last = this.#samples.at(-1);
    const lateNow = last === undefined ? 0 : Math.max(0, at - last.at - period - grain);
    return {
      at,
      late: this.#late + lateNow,
      programs: this.#sources.programs(),
      ...(this.#sources.counted() ?? { ran: 0, waited: 0 }),
    };
  }
}

const inWords = ({ late, slowdown, withheld }: Starvation): string =>
  `the suite measured that its timers were ${late.toFixed(0)} ms late, its work took ${slowdown.toFixed(1)} times as long as alone, and programs under test waited ${withheld.toFixed(0)} ms for a processor`;

/** Of this thread, and of the programs under test: kernels without CONFIG_SCHED_INFO have no such files. */
function ownSources(): Sources {
  let file: number | undefined;
  try {
    file = openSync('/proc/thread-self/schedstat', 'r');
  } catch {}
  const octets = new Uint8Array(64);
  const counted = (): Counted | undefined => {
    if (file === undefined) return undefined;
    return schedule(Buffer.from(octets.subarray(0, readSync(file, octets, 0, octets.length, 0))).toString());
  };
  return { now: () => performance.now(), counted, programs: () => countPrograms() };
}

/** The kernel counts nanoseconds. */
function schedule(text: string): Counted {
  const [ran, waited] = text.split(' ').map(Number);
  return { ran: (ran ?? 0) / 1e6, waited: (waited ?? 0) / 1e6 };
}

/** Programs under test: what each had when it was last seen. */
const taken = new Map<number, Counted>();
const running = new Set<number>();

/** Counts the processor time of a program under test and of its children, from now to `forgetProgram`. */
export function countProgram(pid: number): void {
  running.add(pid);
}

/** It has ended, and is not looked at any more; what it ran and waited until now still counts. */
export function forgetProgram(pid: number): void {
  running.delete(pid);
}

const nothing: Counted = { ran: 0, waited: 0 };
const sum = (all: Iterable<Counted>): Counted =>
  [...all].reduce((one, other) => ({ ran: one.ran + other.ran, waited: one.waited + other.waited }), nothing);

function countPrograms(): Counted {
  for (const pid of running) {
    const [last, now] = [taken.get(pid) ?? nothing, countProcess(pid)];
    taken.set(pid, { ran: Math.max(last.ran, now.ran), waited: Math.max(last.waited, now.waited) });
  }
  return sum(taken.values());
}

/** Linux reports processor time in hundredths of a second, whatever the kernel's own clock. */
const tick = 10;

/** A process with its children, and how long its first thread waited; nothing if it has ended. */
export function countProcess(pid: number): Counted {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is a name in parentheses; utime, stime, cutime and cstime are fields 14 to 17.
    const times = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15)
      .map(Number);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean);
    const ran = times.reduce((total, ticks) => total + ticks * tick, 0);
    return sum([{ ran, waited: waitOf(pid) }, ...children.map((child) => countProcess(Number(child)))]);
  } catch {
    return nothing;
  }
}

/** Milliseconds; 0 where the kernel does not count. */
function waitOf(pid: number): number {
  try {
    return schedule(readFileSync(`/proc/${pid}/schedstat`, 'latin1')).waited;
  } catch {
    return 0;
  }
}

/** That of this process. */
export const meter = new Meter();
