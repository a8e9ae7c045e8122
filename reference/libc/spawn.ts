/**
 * Programs started by posix_spawn(3), which shares this process's memory until the program is loaded. fork(), which the
 * runtime uses, copies the page tables: 5 ms for an end point, 12 ms for a process of 600 MB, and every thread waits.
 */
import { SystemCallFailure } from './failure.ts';
import { errnoName, native, systemCall } from './native.ts';

const prepareActions = native('int posix_spawn_file_actions_init(void *actions)');
const releaseActions = native('int posix_spawn_file_actions_destroy(void *actions)');
const addDuplicate = native('int posix_spawn_file_actions_adddup2(void *actions, int fd, int target)');
const addFolder = native('int posix_spawn_file_actions_addchdir_np(void *actions, const char *path)');
const prepareAttributes = native('int posix_spawnattr_init(void *attributes)');
const setFlags = native('int posix_spawnattr_setflags(void *attributes, int16_t flags)');
const setDefaults = native('int posix_spawnattr_setsigdefault(void *attributes, const void *signals)');
const setMask = native('int posix_spawnattr_setsigmask(void *attributes, const void *signals)');
const nativeSpawn = native(
  'int posix_spawnp(void *pid, const char *file, void *actions, void *attributes, const char **argv, const char **env)',
);
const wait = systemCall<[pid: number, status: Uint8Array, options: number, usage: Uint8Array]>(
  'int wait4(int pid, void *status, int options, void *usage)',
);

/** <spawn.h>, <sys/wait.h> */
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;
const WNOHANG = 1;
/** More than glibc's structures take on x64 and arm64: 80 and 336. */
const structure = 512;
/** `sigset_t`. Of its 1024 signals 64 exist. */
const signals = 128;
/** `struct rusage`: seconds and microseconds of the program, those of the system for it, and 14 other words of 8 octets. */
const usages = 18 * 8;

export interface SpawnOptions {
  /** Found by the PATH of this process unless it has a slash. */
  readonly argv: readonly string[];
  /** `NAME=value`. */
  readonly env: readonly string[];
  readonly folder?: string;
  /** In a session of its own: a signal that it sends to its process group does not reach this process. */
  readonly session?: boolean;
  /** What becomes standard input, output and error. */
  readonly stdio: readonly [number, number, number];
}

/** Starts a program in the namespaces of the calling thread. @returns its process id @throws SystemCallFailure */
export function spawn({ argv, env, folder, session = false, stdio }: SpawnOptions): number {
  const [actions, attributes] = [new Uint8Array(structure), new Uint8Array(structure)];
  const pid = new Int32Array(1);
  prepareActions(actions);
  try {
    prepareAttributes(attributes);
    // A runtime may ignore or block signals: the program begins with none ignored and none blocked.
    setFlags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (session ? POSIX_SPAWN_SETSID : 0));
    setDefaults(attributes, new Uint8Array(signals).fill(0xff));
    setMask(attributes, new Uint8Array(signals));
    for (const [target, fd] of stdio.entries()) addDuplicate(actions, fd, target);
    if (folder !== undefined) addFolder(actions, folder);
    const error = nativeSpawn(pid, argv[0], actions, attributes, [...argv, null], [...env, null]) as number;
    if (error !== 0) throw new SystemCallFailure(`posix_spawn ${argv[0]}`, errnoName(error));
    return pid[0] as number;
  } finally {
    releaseActions(actions);
  }
}

/** How a program ended: an exit status, or the number of a signal. */
export type Ending = ({ readonly code: number } | { readonly signal: number }) & {
  /** Milliseconds of CPU that it has spent, with those of its children that it has waited for. */
  readonly spent: number;
};

/** @returns undefined as long as it runs; afterwards once how it ended, and its process id may be another's then */
export function endingOf(pid: number): Ending | undefined {
  const [octets, usage] = [new Uint8Array(4), new Uint8Array(usages)];
  if (wait(pid, octets, WNOHANG, usage) === 0) return undefined;
  const status = new DataView(octets.buffer).getInt32(0, true);
  const signal = status & 0x7f;
  const words = new DataView(usage.buffer);
  const milliseconds = (at: number): number =>
    Number(words.getBigInt64(at, true)) * 1000 + Number(words.getBigInt64(at + 8, true)) / 1000;
  const spent = milliseconds(0) + milliseconds(16);
  return signal === 0 ? { code: (status >> 8) & 0xff, spent } : { signal, spent };
}
