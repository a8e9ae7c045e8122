import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import type { Instruction } from './filter-program.ts';
import { filterFor } from './seccomp.ts';
import { type Architecture, architectures, lastKnown, permittedCalls } from './system-calls.ts';

const [allow, kill, eperm, enosys] = [0x7fff_0000, 0x8000_0000, 0x0005_0001, 0x0005_0026];

/** Runs the filter as the kernel does: load, jumps, return. */
function verdict(filter: readonly Instruction[], call: number, audit: number, argument = 0): number {
  const words: Readonly<Record<number, number>> = { 0: call, 4: audit, 16: argument };
  let accumulator = 0;
  for (let at = 0; ; ) {
    const [code, whenTrue, whenFalse, operand] = filter[at]!;
    at += 1;
    if (code === 0x06) return operand;
    if (code === 0x20) accumulator = words[operand] ?? Number.NaN;
    else {
      const holds = { 21: accumulator === operand, 37: accumulator > operand, 53: accumulator >= operand }[code];
      at += (holds ?? (accumulator & operand) !== 0) ? whenTrue : whenFalse;
    }
  }
}

for (const architecture of ['x64', 'arm64'] satisfies Architecture[]) {
  const { audit, clone, clone3, socket, seccomp } = architectures[architecture];
  const filter = filterFor(architecture);
  const at = (call: number, argument?: number) => verdict(filter, call, audit, argument);

  test(`${architecture}: every call is allowed or refused as the list says`, (t) => {
    const permitted = new Set(permittedCalls(architecture));
    const judgedApart: ReadonlySet<number> = new Set([clone, clone3, socket]);
    for (let call = 0; call <= lastKnown; call += 1)
      if (!judgedApart.has(call)) t.is(at(call), permitted.has(call) ? allow : eperm, String(call));
    t.is(at(lastKnown + 1), enosys);
    t.is(at(0x4000_0000), enosys);
    t.is(at(seccomp), eperm);
    t.is(permitted.size, permittedCalls(architecture).length, 'a call stands twice');
  });

  test(`${architecture}: threads and children are made, namespaces are not`, (t) => {
    for (const flags of [0x003d_0f00, 0x0120_0011, 0x4111]) t.is(at(clone, flags), allow, flags.toString(16));
    for (const namespace of [0x20000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000])
      t.is(at(clone, namespace | 0x11), eperm, namespace.toString(16));
    t.is(at(clone3), enosys);
  });

  test(`${architecture}: sockets are UNIX, IPv4, IPv6 and netlink`, (t) => {
    for (let family = 0; family < 50; family += 1)
      t.is(at(socket, family), [1, 2, 10, 16].includes(family) ? allow : eperm, String(family));
  });

  test(`${architecture}: the calls of another architecture end the process`, (t) => {
    const other = architecture === 'x64' ? architectures.arm64 : architectures.x64;
    t.is(verdict(filter, clone, other.audit), kill);
  });
}

const header = '/usr/include/x86_64-linux-gnu/asm/unistd_64.h';
(existsSync(header) ? test : test.skip)('the numbers of x64 are those of <asm/unistd_64.h>', (t) => {
  const table = new Map(
    [...readFileSync(header, 'utf8').matchAll(/^#define __NR_(\w+) (\d+)$/gm)].map(([, name, number]) => [
      name,
      Number(number),
    ]),
  );
  const source = readFileSync(new URL('./system-calls.ts', import.meta.url), 'utf8');
  const rows = [...source.matchAll(/\b([a-z_0-9]+)\s+(\d+)\s+(?:\d+|-)(?=[,`'\s])/g)];
  t.true(rows.length > 150);
  for (const [, name, number] of rows) t.is(table.get(name ?? ''), Number(number), name);
});
