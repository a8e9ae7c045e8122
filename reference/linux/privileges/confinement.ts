/**
 * Least privilege: once a role has opened what only root may open, all its threads become an unprivileged user, keep the
 * capabilities alone that the role still needs, and make only the system calls of a list. None of it can be taken back.
 */
import {
  becomeUser,
  Capability,
  emptyBoundingSet,
  isCapable,
  keepOnly,
  makeInheritable,
  noNewPrivileges,
  type User,
  userNamed,
} from '../../libc/credentials.ts';
import { DeviceFailure, SystemCallFailure } from '../../libc/failure.ts';
import { filterSystemCalls } from '../../libc/seccomp.ts';

interface ConfinementOptions {
  /** The user that the configuration names. */
  readonly user: string | undefined;
  /** Whether devices, addresses or routes are still to be changed. */
  readonly netAdmin: boolean;
  /** Gets a line for the user about what this machine does not have. */
  readonly lacking: (line: string) => void;
}

/** In this order, if the configuration names none. */
const defaultUsers = ['pna', 'nobody'];

/** @throws DeviceFailure with the remedy */
export function confine({ user, netAdmin, lacking }: ConfinementOptions): void {
  const wanted = chosen(user, lacking);
  const kept = [Capability.netAdmin].filter((capability) => netAdmin && isCapable(capability));
  makeInheritable(kept);
  if (isCapable(Capability.setpcap)) emptyBoundingSet();
  if (wanted !== undefined) become(wanted, user, lacking);
  keepOnly(kept);
  noNewPrivileges();
  try {
    filterSystemCalls();
  } catch (error) {
    if (!(error instanceof SystemCallFailure)) throw error;
    lacking(`this kernel takes no filter of system calls (${error.code}): the process goes on without one`);
  }
}

/** @returns undefined if the process stays who it is */
function chosen(name: string | undefined, lacking: (line: string) => void): User | undefined {
  const own = process.geteuid?.() ?? 0;
  if (name !== undefined) {
    const found = userNamed(name);
    if (found === undefined)
      throw new DeviceFailure(`user: there is no user "${name}": make one with "useradd --system ${name}"`, 'ENOENT');
    if (found.uid === own) return undefined;
    if (own !== 0)
      throw new DeviceFailure(
        `user: only root can become "${name}": start as root or as that user, or leave the key out`,
        'EPERM',
      );
    return found;
  }
  if (own !== 0) return undefined;
  const found = defaultUsers.map(userNamed).find((one) => one !== undefined);
  if (found === undefined)
    lacking('there is no user "pna" to become: the process stays root; make one with "useradd --system pna"');
  return found;
}

/** The user of the configuration, or else one of the default if the kernel lets this process become one. */
function become(wanted: User, name: string | undefined, lacking: (line: string) => void): void {
  try {
    becomeUser(wanted);
  } catch (error) {
    if (!(error instanceof SystemCallFailure)) throw error;
    const why = `this process cannot become user ${name ?? wanted.uid} (${error.call}: ${error.code})`;
    const remedy = 'give it CAP_SETUID and CAP_SETGID, and a user namespace that has this user';
    if (name !== undefined) throw new DeviceFailure(`user: ${why}: ${remedy}`, error.code);
    lacking(`${why}: it stays root; ${remedy}`);
  }
}
