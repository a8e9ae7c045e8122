/**
 * The system calls that a confined process may make: name, number on x64, number on arm64 ("-": it has none). Node with
 * its threads, and the programs that it starts (ip, nft), need no more. <asm/unistd_64.h>, <asm-generic/unistd.h>.
 * `clone` and `socket` are judged by their arguments (seccomp.ts).
 */

/** How the two architectures are told apart: `<linux/audit.h>`, and the numbers of the calls that are judged apart. */
export const architectures = {
  x64: { audit: 0xc000_003e, column: 1, clone: 56, clone3: 435, socket: 41, seccomp: 317 },
  arm64: { audit: 0xc000_00b7, column: 2, clone: 220, clone3: 435, socket: 198, seccomp: 277 },
} as const;
export type Architecture = keyof typeof architectures;

/** The last call of Linux 6.5: of later ones the C library has to hear that there are none. */
export const lastKnown = 451;

const calls = {
  memory: `
    brk 12 214, madvise 28 233, membarrier 324 283, memfd_create 319 279, mmap 9 222, mprotect 10 226, mremap 25
    216, msync 26 227, munmap 11 215, pkey_alloc 330 289, pkey_free 331 290, pkey_mprotect 329 288`,
  'threads and processes': `
    arch_prctl 158 -, capget 125 90, execve 59 221, exit 60 93, exit_group 231 94, fork 57 -, futex 202 98,
    get_robust_list 274 100, getcpu 309 168, getegid 108 177, geteuid 107 175, getgid 104 176, getgroups 115 158,
    getpgid 121 155, getpgrp 111 -, getpid 39 172, getppid 110 173, getpriority 140 141, getresgid 120 150,
    getresuid 118 148, getrlimit 97 163, getrusage 98 165, getsid 124 156, gettid 186 178, getuid 102 174,
    pidfd_open 434 434, prctl 157 167, prlimit64 302 261, rseq 334 293, sched_get_priority_max 146 125,
    sched_get_priority_min 147 126, sched_getaffinity 204 123, sched_getattr 315 275, sched_getparam 143 121,
    sched_getscheduler 145 120, sched_yield 24 124, set_robust_list 273 99, set_tid_address 218 96, setpgid 109 154,
    setsid 112 157, sysinfo 99 179, umask 95 166, uname 63 160, vfork 58 -, wait4 61 260, waitid 247 95`,
  signals: `
    kill 62 129, pause 34 -, restart_syscall 219 128, rt_sigaction 13 134, rt_sigpending 127 136, rt_sigprocmask 14
    135, rt_sigreturn 15 139, rt_sigsuspend 130 133, rt_sigtimedwait 128 137, sigaltstack 131 132, tgkill 234 131,
    tkill 200 130`,
  time: `
    clock_getres 229 114, clock_gettime 228 113, clock_nanosleep 230 115, getrandom 318 278, gettimeofday 96 169,
    nanosleep 35 101, timerfd_create 283 85, timerfd_gettime 287 87, timerfd_settime 286 86`,
  sockets: `
    accept 43 202, accept4 288 242, bind 49 200, connect 42 203, getpeername 52 205, getsockname 51 204, getsockopt
    55 209, listen 50 201, recvfrom 45 207, recvmmsg 299 243, recvmsg 47 212, sendfile 40 71, sendmmsg 307 269,
    sendmsg 46 211, sendto 44 206, setsockopt 54 208, shutdown 48 210, socketpair 53 199, splice 275 76`,
  // Every loop of libuv has a ring to change what it polls. No new ring can be made, but for the calls of the old one:
  // they are those of this user, and none of them is a call that the filter is there to refuse.
  rings: 'io_uring_enter 426 426',
  waiting: `
    epoll_create 213 -, epoll_create1 291 20, epoll_ctl 233 21, epoll_pwait 281 22, epoll_pwait2 441 441, epoll_wait
    232 -, eventfd 284 -, eventfd2 290 19, poll 7 -, ppoll 271 73, pselect6 270 72, select 23 -`,
  descriptors: `
    close 3 57, close_range 436 436, dup 32 23, dup2 33 -, dup3 292 24, fcntl 72 25, ioctl 16 29, lseek 8 62, pipe
    22 -, pipe2 293 59, pread64 17 67, preadv 295 69, pwrite64 18 68, pwritev 296 70, read 0 63, readahead 187 213,
    readv 19 65, write 1 64, writev 20 66`,
  files: `
    access 21 -, chdir 80 49, copy_file_range 326 285, faccessat 269 48, faccessat2 439 439, fadvise64 221 223,
    fchdir 81 50, fdatasync 75 83, fstat 5 80, fstatfs 138 44, fsync 74 82, ftruncate 77 46, getcwd 79 17, getdents
    78 -, getdents64 217 61, link 86 -, linkat 265 37, lstat 6 -, mkdir 83 -, mkdirat 258 34, newfstatat 262 79,
    open 2 -, openat 257 56, openat2 437 437, readlink 89 -, readlinkat 267 78, rename 82 -, renameat 264 38,
    renameat2 316 276, rmdir 84 -, stat 4 -, statfs 137 43, statx 332 291, truncate 76 45, unlink 87 -, unlinkat 263
    35`,
};

/** @returns the numbers of all calls that the architecture has, in order */
export function permittedCalls(architecture: Architecture): number[] {
  const { column } = architectures[architecture];
  return Object.values(calls)
    .flatMap((theme) => theme.split(','))
    .map((row) => row.trim().split(/\s+/)[column] ?? '-')
    .filter((number) => number !== '-')
    .map(Number)
    .sort((one, other) => one - other);
}
