/** A run that is killed, wherever, leaves nothing: no process, no namespace, no device, no temporary file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';

const root = resolve(import.meta.dirname, '../..');

interface Process {
  readonly pid: number;
  readonly command: string;
  /** Clock ticks since boot: with the process id it names a process for good. */
  readonly started: string;
  readonly network: string;
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(pid), command, started, network: readlinkSync(`/proc/${pid}/ns/net`) }];
      } catch {
        return [];
      }
    });
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function descendantsOf(ancestor: number): Process[] {
  const isDescendant = (pid: number): boolean => {
    try {
      for (let at = pid; at > 1; at = parentOf(at)) if (at === ancestor) return true;
    } catch {
      // It ended while being looked at.
    }
    return false;
  };
  return processes().filter(({ pid }) => isDescendant(pid));
}

async function eventually<T>(what: string, look: () => T | undefined): Promise<T> {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error(`${what}: not within 30 s`);
}

/** Outside /run and the temporary folder, which the run's own enclosure hides. */
function ownFolder(): string {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  return mkdtempSync(join(cache, 'endless-'));
}

interface Run {
  readonly npm: ChildProcess;
  readonly all: readonly Process[];
  readonly find: (pattern: RegExp) => Process;
  readonly output: () => string;
}

/** `npm run conformance` in the middle of a scenario with namespaces, a TAP device, tcpdump and a temporary file. */
async function runningRun(folder: string): Promise<Run> {
  const feature = join(folder, 'endless.feature');
  const steps = ['a laboratory', 'a TAP device in the client', 'a scenario that goes on until the run is ended'];
  const scenario = (name: string) => `  Scenario: ${name}\n${steps.map((step) => `    Given ${step}\n`).join('')}`;
  writeFileSync(feature, `Feature: endless\n${scenario('the first')}${scenario('the second')}`);
  const npm = spawn('npm', ['run', '-s', 'conformance', '--', '--workers', '1', feature], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of this test's own enclosure, nor of the npm that started AVA. npm keeps a compile cache, in TMPDIR unless told.
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TMPDIR: folder,
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile'),
    },
  });
  let said = '';
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const runs = join(root, 'captures/run');
  const before = new Set(existsSync(runs) ? readdirSync(runs) : []);
  await eventually(`the scenario (${said})`, () => {
    if (npm.exitCode !== null) throw new Error(`the run ended: ${said}`);
    const fresh = (existsSync(runs) ? readdirSync(runs) : []).filter(
      (name) => !before.has(name) && !name.startsWith('latest'),
    );
    return fresh.find((name) => {
      const scenarios = join(runs, name, 'scenarios/endless');
      return (
        existsSync(scenarios) &&
        readdirSync(scenarios).some((scenarioName) => existsSync(join(scenarios, scenarioName, 'up')))
      );
    });
  });
  const all = descendantsOf(npm.pid as number);
  const find = (pattern: RegExp) => {
    const found = all.find(({ command }) => pattern.test(command));
    if (found === undefined)
      throw new Error(`no process ${pattern} among\n${all.map(({ command }) => command).join('\n')}`);
    return found;
  };
  return { npm, all, find, output: () => said };
}

const own = readlinkSync('/proc/self/ns/net');
/** What a run names its temporary files; other tests make theirs in the same folder meanwhile. */
const ofRun = /^(scenario|dhcp|conformance|bench)-/;
const victims = {
  npm: /^npm run/,
  'the outer process': /^node \S*tools\/conformance\.ts/,
  unshare: /^unshare /,
};

for (const [name, pattern] of Object.entries(victims)) {
  test.serial(`SIGKILL of ${name} leaves nothing of a run`, async (t) => {
    const folder = ownFolder();
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const temporary = readdirSync(tmpdir());
    const { npm, all, find } = await runningRun(folder);
    const networks = new Set(all.map(({ network }) => network).filter((network) => network !== own));
    find(/^tcpdump /);
    t.true(networks.size >= 2, 'the enclosure and a namespace of the scenario');
    const ended = once(npm, 'close');
    process.kill(find(pattern).pid, 'SIGKILL');
    await ended;
    await eventually('the end of every process', () => (survivors(all).length === 0 ? true : undefined));
    t.deepEqual(
      processes().filter(({ network }) => networks.has(network)),
      [],
    );
    const fresh = readdirSync(tmpdir()).filter((entry) => !temporary.includes(entry) && ofRun.test(entry));
    t.deepEqual(fresh, []);
    t.deepEqual(readdirSync(folder), ['endless.feature']);
    // Other tests have namespaces of their own there.
    const named = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
    t.false(named.some((namespace) => networks.has(`net:[${inodeOf(join('/run/netns', namespace))}]`)));
  });
}

/** Those of a run that are still there. */
function survivors(all: readonly Process[]): readonly Process[] {
  const now = processes();
  const left = all.filter((old) => now.some(({ pid, started }) => pid === old.pid && started === old.started));
  return left.filter(({ pid }) => !isZombie(pid));
}

/** 0 of what has gone meanwhile. */
const inodeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.ino ?? 0;

/** Orphans of this test's own process namespace, whose first process does not wait for them. */
function isZombie(pid: number): boolean {
  try {
    return /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

for (const [signal, status, times] of [
  ['SIGINT', 130, 1],
  ['SIGTERM', 143, 1],
  // Ctrl-C reaches npm and the run, and npm hands it on.
  ['SIGINT', 130, 3],
] as const) {
  test.serial(`${signal}, ${times} at once, stops a run, which says what ran and what did not`, async (t) => {
    const folder = ownFolder();
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const { npm, all, find, output } = await runningRun(folder);
    const ended = once(npm, 'close');
    const { pid } = find(victims['the outer process']);
    for (let sent = 0; sent < times; sent++) {
      // One that came before the last was handled would be lost: a handler needs a turn of its loop.
      if (sent > 0) await pause(10);
      process.kill(pid, signal);
    }
    const [code] = await ended;
    t.is(code, status, output());
    t.regex(output(), /INTERRUPTED/);
    t.regex(output(), /0 passed, 0 failed, 2 did not run/);
    await eventually('the end of every process', () => (survivors(all).length === 0 ? true : undefined));
  });
}
