/** Who this process is to the kernel, and what it may do: credentials(7), capabilities(7). */
import { viewOf } from '../octets.ts';
import { SystemCallFailure } from './failure.ts';
import { koffi, native, systemCall } from './native.ts';

const prctl = systemCall<[option: number, ...words: [number, number, number, number]]>(
  'int prctl(int option, ulong two, ulong three, ulong four, ulong five)',
);
/** These three of the C library change every thread of the process (nptl(7)); the raw calls would change one. */
const setgroups = systemCall<[count: number, groups: Uint8Array]>('int setgroups(size_t count, const void *groups)');
const setresgid = systemCall<[real: number, effective: number, saved: number]>(
  'int setresgid(uint32_t real, uint32_t effective, uint32_t saved)',
);
const setresuid = systemCall<[real: number, effective: number, saved: number]>(
  'int setresuid(uint32_t real, uint32_t effective, uint32_t saved)',
);
const capget = systemCall<[header: Uint8Array, data: Uint8Array]>('int capget(void *header, void *data)');
const capset = systemCall<[header: Uint8Array, data: Uint8Array]>('int capset(void *header, const void *data)');
const Passwd = koffi.struct({ name: 'const char *', password: 'const char *', uid: 'uint32_t', gid: 'uint32_t' });
const getpwnam = native('void *getpwnam(const char *name)');

/** <linux/prctl.h> */
const PR_SET_KEEPCAPS = 8;
const PR_CAPBSET_READ = 23;
const PR_CAPBSET_DROP = 24;
const PR_SET_NO_NEW_PRIVS = 38;
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_RAISE = 2;

/** <linux/capability.h> */
export const Capability = { setgid: 6, setuid: 7, setpcap: 8, netAdmin: 12 } as const;
export type Capability = (typeof Capability)[keyof typeof Capability];

const CAPABILITY_VERSION_3 = 0x2008_0522;
const header = (): Uint8Array => new Uint8Array(new Uint32Array([CAPABILITY_VERSION_3, 0]).buffer);

/** `struct __user_cap_data_struct`, twice: effective, permitted and inheritable, of capabilities 0 to 31 and of the others. */
const inheritableOffset = 8;
const maskOf = (capabilities: readonly Capability[]): number =>
  capabilities.reduce((mask, capability) => mask | (1 << capability), 0) >>> 0;

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** @returns undefined where the machine has no user of that name */
export function userNamed(name: string): User | undefined {
  const entry: unknown = getpwnam(name);
  if (entry === null) return undefined;
  const { uid, gid } = koffi.decode(entry, Passwd) as User;
  return { uid, gid };
}

/** Whether the calling thread has the capability now. */
export function isCapable(capability: Capability): boolean {
  const data = new Uint8Array(24);
  capget(header(), data);
  return ((viewOf(data).getUint32(0, true) >>> capability) & 1) === 1;
}

/**
 * All threads of the process become this user, with its own group alone. The calling thread may then still ask for
 * capabilities that it had, with `keepOnly`; every other thread has none left.
 * @throws SystemCallFailure
 */
export function becomeUser({ uid, gid }: User): void {
  prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
  setgroups(1, new Uint8Array(new Uint32Array([gid]).buffer));
  setresgid(gid, gid, gid);
  setresuid(uid, uid, uid);
  prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
}

/** The calling thread has these capabilities alone, and so have the programs that it starts. @throws SystemCallFailure */
export function keepOnly(capabilities: readonly Capability[]): void {
  const bits = maskOf(capabilities);
  capset(header(), new Uint8Array(new Uint32Array([bits, bits, bits, 0, 0, 0]).buffer));
  for (const capability of capabilities) prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
}

/**
 * Programs that the calling thread starts could have these capabilities, of those that it has. For use before
 * emptyBoundingSet(), after which none can be added. @throws SystemCallFailure
 */
export function makeInheritable(capabilities: readonly Capability[]): void {
  const data = new Uint8Array(24);
  capget(header(), data);
  const view = viewOf(data);
  view.setUint32(inheritableOffset, view.getUint32(inheritableOffset, true) | maskOf(capabilities), true);
  capset(header(), data);
}

/** No program that the calling thread starts can get a capability by its file. @throws SystemCallFailure */
export function emptyBoundingSet(): void {
  for (let capability = 0; isKnown(capability); capability += 1) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

function isKnown(capability: number): boolean {
  try {
    prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    return true;
  } catch (error) {
    if (error instanceof SystemCallFailure && error.code === 'EINVAL') return false;
    throw error;
  }
}

/** No program that this thread starts gets more than it has itself, by set-user-ID for instance. */
export const noNewPrivileges = (): number => prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
