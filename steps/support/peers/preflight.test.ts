/** Wrappers that lie: what the pre-flight says of each. An honest one passes. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { Starved } from '../lab/failure.ts';
import { loadDeclaration, type Role } from './declaration.ts';
import { preflight, type Unfit } from './preflight.ts';

const pna = resolve(import.meta.dirname, '../../../bin/pna');
const reference = `"${pna}" "$1" --config "$2" --output "$3"`;
/** Listens, and does what is asked besides. */
const python = (more: string): string => `exec python3 - <<'END'
import json, signal, socket, subprocess, sys, time
def say(**event): print(json.dumps(event), flush=True)
def listen():
    s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('0.0.0.0', 3265)); s.listen(); return s
${more}
END`;

/** What the script of the wrapper does, and what is said; nothing of an honest one. */
const wrappers: Readonly<Record<string, readonly [script: string, expected?: string, reason?: RegExp]>> = {
  'exec, as the reference': [`exec ${reference}`],
  'no exec': [`${reference}\nexit $?`],
  'python subprocess': [
    `exec python3 -c 'import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)' "${pna}" "$1" --config "$2" --output "$3"`,
  ],
  'unsupported though declared': [
    `echo '{"event":"unsupported","capability":"x25519"}'; exit 89`,
    'it starts, and says {"event":"ready"} within 2 s',
    /^says that it does not support x25519, which is declared or mandatory$/,
  ],
  'ready before it listens': [
    `echo '{"event":"ready"}'; sleep 30`,
    'a server that is ready listens on the port of its configuration',
    /^connecting to 10\.77\.0\.2:3265: the connection broke: connect ECONNREFUSED/,
  ],
  'crash at once': [
    'kill -SEGV $$',
    'it starts, and says {"event":"ready"} within 2 s',
    /^the program ended \(SIGSEGV\)$/,
  ],
  'an end at once': [
    'echo "no licence" >&2; exit 4',
    'it starts, and says {"event":"ready"} within 2 s',
    /^the program ended \(exit status 4\)\nstderr: no licence$/,
  ],
  'SIGTERM ignored': [
    python("signal.signal(signal.SIGTERM, signal.SIG_IGN); s = listen(); say(event='ready'); time.sleep(60)"),
    'it ends within 2 s of SIGTERM with status 0, and leaves no process behind',
    /^the program ending after SIGTERM: not within 2000 ms/,
  ],
  'a child left behind': [
    python(
      "s = listen(); subprocess.Popen(['sleep', '60'], start_new_session=True); signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); say(event='ready'); time.sleep(60)",
    ),
    'it ends within 2 s of SIGTERM with status 0, and leaves no process behind',
    /^the program left behind after its end: sleep \(process \d+\)$/,
  ],
  'another status at the end': [
    python("s = listen(); signal.signal(signal.SIGTERM, lambda *_: sys.exit(1)); say(event='ready'); time.sleep(60)"),
    'it ends within 2 s of SIGTERM with status 0, and leaves no process behind',
    /^the program ended with status 1$/,
  ],
  'a death of SIGTERM': [
    python("s = listen(); say(event='ready'); time.sleep(60)"),
    'it ends within 2 s of SIGTERM with status 0, and leaves no process behind',
    /^the program ended with SIGTERM$/,
  ],
  'a flood of stdout': [
    'yes',
    'it starts, and says {"event":"ready"} within 2 s',
    /^the program wrote more than 16 MiB to stdout$/,
  ],
  'a flood of stdout beside a program that works': [
    `yes & exec ${reference}`,
    'it writes events to stdout, a line each, and its log to stderr',
    /^the program wrote \d+ octets to stdout while hardly anything happened$/,
  ],
  'garbage instead of events': [
    'echo "ready: yes"; sleep 60',
    'it starts, and says {"event":"ready"} within 2 s',
    /^event "ready": not within 2000 ms\nevents so far: none\nstdout, no event: "ready: yes"$/,
  ],
  'another role': [
    `echo '{"event":"ready","role":"relay"}'; sleep 60`,
    'it starts, and says {"event":"ready"} within 2 s',
    /^started as server, ready as relay$/,
  ],
};

/** @param milliseconds that each thing may take; a liar needs not the whole patience of the suite */
async function judge(t: { teardown(act: () => void): void }, role: Role, script: string, milliseconds?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'preflight-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const wrapper = join(folder, 'wrapper');
  writeFileSync(wrapper, `#!/bin/sh\n${script}\n`);
  chmodSync(wrapper, 0o755);
  const iut = join(folder, 'iut.json');
  const argv = ['./wrapper', '{role}', '{config}', '{output}'];
  writeFileSync(iut, JSON.stringify({ name: 'a wrapper', revision: 1, roles: { [role]: { argv } } }));
  return preflight(loadDeclaration(iut), role, join(folder, 'run'), milliseconds);
}

for (const [name, [script, expected, reason]] of Object.entries(wrappers)) {
  test(`at a server: ${name}`, async (t) => {
    if (reason === undefined) return t.is(await judge(t, 'server', script), undefined);
    // On a machine that other tests keep busy nobody is blamed for being late.
    const unfit = await judge(t, 'server', script, 2_000).catch((error: unknown) => error);
    const message =
      unfit instanceof Starved ? unfit.message.replace(/, nor within .*| *\nthe machine was .*/g, '') : '';
    const told = message === '' ? (unfit as Unfit | undefined) : { expected, reason: message };
    t.is(told?.expected, expected);
    return t.regex(told?.reason ?? '', reason);
  });
}

test('clients and relays that do what they have to', async (t) => {
  for (const role of ['client', 'relay'] as const) t.is(await judge(t, role, reference), undefined);
});

test('a client that is ready and never connects', async (t) => {
  const unfit = await judge(t, 'client', `echo '{"event":"ready"}'; sleep 60`, 2_000).catch((error: unknown) => error);
  const expected = 'a client that is ready connects to the first node of its path';
  t.true(unfit instanceof Starved || (unfit as Unfit).expected === expected);
});
