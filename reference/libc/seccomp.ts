/** seccomp(2): a filter of system calls for all threads of this process and for the programs that it starts. */
import { type Instruction, withProgram } from './filter-program.ts';
import { addressOf, checked, native } from './native.ts';
import { type Architecture, architectures, lastKnown, permittedCalls } from './system-calls.ts';

const systemCallByNumber = native('long syscall(long number, ...)');

/** <linux/bpf_common.h>: load a word, jump if equal, if greater, if not less, if any bit is set; return. */
const [LOAD, IF_EQUAL, IF_GREATER, UNLESS_LESS, IF_ANY_BIT, RETURN] = [0x20, 0x15, 0x25, 0x35, 0x45, 0x06];
/** `struct seccomp_data`: number, architecture, instruction pointer, six arguments of 8 octets, the low half first. */
const [NUMBER, ARCHITECTURE, FIRST_ARGUMENT] = [0, 4, 16];

/** <linux/seccomp.h>, <asm-generic/errno.h> */
const SECCOMP_SET_MODE_FILTER = 1;
const SECCOMP_FILTER_FLAG_TSYNC = 1;
const SECCOMP_RET_KILL_PROCESS = 0x8000_0000;
const SECCOMP_RET_ALLOW = 0x7fff_0000;
const SECCOMP_RET_ERRNO = 0x0005_0000;
const [EPERM, ENOSYS] = [1, 38];

/** Every CLONE_NEW… flag: threads and children are made, namespaces are not. */
const newNamespaces = 0x7e02_0000;
/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK. */
const families = [1, 2, 10, 16];

const refused: Instruction = [RETURN, 0, 0, SECCOMP_RET_ERRNO | EPERM];
const absent: Instruction = [RETURN, 0, 0, SECCOMP_RET_ERRNO | ENOSYS];
const allowed: Instruction = [RETURN, 0, 0, SECCOMP_RET_ALLOW];

/**
 * Refused calls fail with EPERM. clone3, whose flags a filter can't see, and calls that came later fail with ENOSYS: the
 * C library then uses older ones.
 */
export function filterFor(architecture: Architecture): Instruction[] {
  const { audit, clone, clone3, socket } = architectures[architecture];
  return [
    [LOAD, 0, 0, ARCHITECTURE],
    [IF_EQUAL, 1, 0, audit],
    [RETURN, 0, 0, SECCOMP_RET_KILL_PROCESS],
    [LOAD, 0, 0, NUMBER],
    ...on(clone3, [absent]),
    ...on(clone, [[LOAD, 0, 0, FIRST_ARGUMENT], [IF_ANY_BIT, 0, 1, newNamespaces], refused, allowed]),
    ...on(socket, [
      [LOAD, 0, 0, FIRST_ARGUMENT],
      ...families.flatMap((family): Instruction[] => [[IF_EQUAL, 0, 1, family], allowed]),
      refused,
    ]),
    ...ranges(permittedCalls(architecture)).flatMap(([first, last]): Instruction[] => [
      [IF_GREATER, 3, 0, last],
      [UNLESS_LESS, 0, 1, first],
      allowed,
      refused,
    ]),
    [IF_GREATER, 0, 1, lastKnown],
    absent,
    refused,
  ];
}

/** What happens at one call. */
const on = (number: number, what: readonly Instruction[]): Instruction[] => [
  [IF_EQUAL, 0, what.length, number],
  ...what,
];

/** Joins numbers that follow one another. @param numbers in order */
function ranges(numbers: readonly number[]): [first: number, last: number][] {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const open = found.at(-1);
    if (open !== undefined && open[1] === number - 1) open[1] = number;
    else found.push([number, number]);
  }
  return found;
}

/**
 * Cannot be taken back. The calling thread needs "no new privileges", which all threads then have.
 * @throws SystemCallFailure: EINVAL where the kernel has no filters
 */
export function filterSystemCalls(): void {
  const architecture = process.arch as Architecture;
  const { seccomp } = architectures[architecture];
  withProgram(filterFor(architecture), (program) => {
    const words = [SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, addressOf(program)];
    checked('seccomp', Number(systemCallByNumber(seccomp, ...words.flatMap((word) => ['ulong', word]))));
  });
}
