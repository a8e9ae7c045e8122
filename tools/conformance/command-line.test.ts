/** The command itself: its exit statuses, and that what is wrong with its words is said before anything is written. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import test from 'ava';

const root = resolve(import.meta.dirname, '../..');
const cache = join(root, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });

interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

function conformance(...argv: string[]): Promise<Outcome> {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile') };
  const child = spawn(process.execPath, [join(root, 'tools/conformance.ts'), ...argv], { cwd: root, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return new Promise((done) => child.once('close', (status) => done({ status, output })));
}

test('a word that selects nothing, and a file that lacks or is stale, are told before a folder is made', async (t) => {
  const folder = mkdtempSync(join(cache, 'command-line-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const write = (name: string, json: unknown): string => {
    writeFileSync(join(folder, name), JSON.stringify(json));
    return join(folder, name);
  };
  const stale = write('stale.json', [{ id: 'fig-12-server/no-such-scenario', failure: 'x', reason: 'y' }]);
  const runs = join(folder, 'runs');
  const cases: readonly (readonly [status: number, message: RegExp, ...argv: string[]])[] = [
    [3, /^--only SVR-03: .*did you mean "SRV-03"\?\n$/, '--only', 'SVR-03', '--output', runs],
    [2, /^\S*absent.json does not exist\n/, '--baseline', join(folder, 'absent.json'), '--output', runs],
    [1, /no-such-scenario: the suite has no such scenario/, '--baseline', stale, '--output', runs],
    [2, /absent.json does not exist\n/, '--rerun', join(folder, 'absent.json')],
    [2, /absent.json does not exist: name the declaration/, '--iut', join(folder, 'absent.json')],
    [2, /in-a-file cannot be made or written \(ENOTDIR\): name another/, 'framing', '--output', `${stale}/in-a-file`],
    [2, /--onyl: no such option: did you mean "only"/, '--onyl', 'SRV'],
    [2, /usage: npm run conformance -- diff/, 'diff'],
    [2, /--server x:1: needs --remote FILE/, '--server', 'x:1'],
    [2, /without --iut and --env/, '--server', 'x:1', '--remote', stale, '--env', 'A=b'],
    [2, /stale.json: is not an object/, '--server', '127.0.0.1:1', '--remote', stale],
    [2, /--listen x: not HOST:PORT/, '--listen', 'x', '--remote', stale],
    [0, /fig-12-server\/data-instead-of-request .*SRV-03/, '--list', 'srv-03'],
  ];
  const outcomes = await Promise.all(cases.map(([, , ...argv]) => conformance(...argv)));
  for (const [index, [status, message, ...argv]] of cases.entries()) {
    t.regex(outcomes[index]?.output ?? '', message, argv.join(' '));
    t.is(outcomes[index]?.status, status, argv.join(' '));
  }
  t.false(existsSync(runs));
});

test('an implementation that is unfit is told once, and is not conformant', async (t) => {
  const folder = mkdtempSync(join(cache, 'unfit-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, 'iut.json'),
    JSON.stringify({ name: 'acme', revision: 1, roles: { server: { argv: ['false', '{config}'] } } }),
  );
  const { status, output } = await conformance('--iut', join(folder, 'iut.json'), '--only', 'SRV', '--output', folder);
  t.is(status, 1, output);
  t.regex(
    output,
    /^The program of the role server fails before any scenario:\n {4}false \S+\n {4}expected: it starts/m,
  );
  t.regex(output, /but: the program ended \(exit status 1\)/);
  t.regex(output, /^acme, protocol revision 1: NOT CONFORMANT\n {2}scenarios {5}0 passed, 0 failed$/m);
  const report = /^ {2}report {8}(\S+)\/report.html/m.exec(output)?.[1];
  t.true(report !== undefined && existsSync(resolve(root, report, 'preflight/server/config.json')));
  t.is(readlinkSync(join(folder, 'latest')), basename(report ?? ''));
});
