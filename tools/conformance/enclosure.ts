/**
 * The enclosure of a run: mount, network and process namespaces of its own. When any of npm, this process or `unshare`
 * dies, whatever way, the kernel ends everything inside, and with the last process the namespaces and mounts go.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dieWithParent } from '../../reference/libc/namespaces.ts';
import { obstacleOf, thisMachine } from './obstacle.ts';

const SIGKILL = 9;
const inside = fileURLToPath(new URL('./inside.sh', import.meta.url));

/** Descriptor in the enclosed process on which lines with signal names arrive; its end means that the outer process died. */
export const lifeline = 3;

/** Milliseconds in which signals are one: what a terminal sends to all comes once more from npm, which hands it on. */
export const sameSignal = 1_000;

/** Why this machine or user cannot make the enclosure, in words for the terminal; undefined if it can. */
export function obstacle(): string | undefined {
  return obstacleOf(
    thisMachine(() => {
      const [program, ...args] = [...unshare(), 'true'];
      const probe = spawnSync(program as string, args, { encoding: 'utf8' });
      return probe.status === 0 ? undefined : (probe.error?.message ?? probe.stderr.trim());
    }),
  );
}

function unshare(): string[] {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user', '--keep-caps'];
  return ['unshare', ...user, '--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
}

/** Each packet socket that is waited for keeps a thread of the pool; without one left, files are not read either. */
const threads = '128';

/** Starts `command` inside the enclosure, in a session of its own, tied to the life of this process and of npm above it. */
export function enclose(command: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  dieWithParent(SIGKILL);
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...unshare(), 'sh', inside, ...command], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    detached: true,
    env: { ...process.env, UV_THREADPOOL_SIZE: threads, ...env },
  });
  child.stdio[lifeline]?.on('error', () => {});
  watchAncestors();
  return child;
}

/**
 * Runs a tool again, inside the enclosure.
 *
 * @param file the tool's own
 * @param env what it finds inside, besides its own
 * @returns its exit status, or undefined if this process is inside already
 */
export async function enclosed(
  file: string,
  env: () => Promise<Readonly<Record<string, string>>> = async () => ({}),
): Promise<number | undefined> {
  if (process.env['PNA_ENCLOSED'] === '1') return undefined;
  const problem = obstacle();
  if (problem === undefined) return ended(enclose([process.execPath, file, ...process.argv.slice(2)], await env()));
  process.stderr.write(`${problem}\n`);
  return 3;
}

/** Resolves with the exit status to hand on, once the enclosed command has ended. */
export function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`cannot start ${child.spawnargs[0]}: ${error.message}\n`);
      resolve(3);
    });
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 3 : 128 + 9)));
  });
}

/** A shell between npm and this process would outlive npm and keep this one alive: look at the whole line, up to npm. */
function watchAncestors(): void {
  const line = ancestorsUpToNpm();
  const timer = setInterval(() => {
    if (line.some(({ pid, started }) => startTime(pid) !== started)) process.kill(process.pid, 'SIGKILL');
  }, 250);
  timer.unref();
}

function ancestorsUpToNpm(): { readonly pid: number; readonly started: string | undefined }[] {
  if (process.env['npm_lifecycle_event'] === undefined) return [];
  const line: { pid: number; started: string | undefined }[] = [];
  for (let pid = process.ppid; pid > 1; ) {
    line.push({ pid, started: startTime(pid) });
    const status = statusOf(pid);
    if (status === undefined) return [];
    if (/^Name:\s*npm/m.test(status)) return line;
    pid = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return [];
}

function statusOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/PID/stat: it distinguishes a process from a later one with the same process id. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
