/** The mounts that a program was given for itself: whatever sees them is a part of it, also what it has let go. */
import { closeSync, fstatSync, openSync, readdirSync, statSync } from 'node:fs';

const fileOf = (pid: string | number): string => `/proc/${pid}/ns/mnt`;

/** A mount namespace, held by a descriptor of it until disposed. */
export class Mounts implements Disposable {
  /** Open, so that nobody else's mounts are given the same number. */
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** @returns undefined when the process has ended */
  static of(pid: number): Mounts | undefined {
    try {
      return new Mounts(openSync(fileOf(pid), 'r'));
    } catch {
      return undefined;
    }
  }

  /** Ends every process that sees them, until there is none: one that forks meanwhile leaves another. */
  kill(): void {
    const number = fstatSync(this.#fd).ino;
    // A program that has not got any of its own yet sees this process's.
    if (numberOf('self') === number) return;
    for (let left = seeing(number); left.length > 0; left = seeing(number)) left.forEach(end);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

/** One that has ended, and that nobody has asked for, sees none. */
function seeing(number: number): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => numberOf(pid) === number);
}

function numberOf(pid: string | number): number | undefined {
  try {
    return statSync(fileOf(pid)).ino;
  } catch {
    return undefined;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended just now.
  }
}
