/** Imports point one way: each row of imports.jsonc refuses what it should, and allows the rest. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';

const root = resolve(import.meta.dirname, '..');

interface Case {
  readonly file: string;
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
}

const cases: readonly Case[] = [
  {
    file: 'steps/tunnel/main-job.ts',
    allowed: ['../support/world.ts', '../../reference/wire/frame.ts', '../../vectors/load.ts', 'node:crypto'],
    refused: ['../../tools/requirements/parse.ts', '../../bench/load.ts', '../../reference/testing/pair.ts', 'koffi'],
  },
  {
    file: 'steps/support/lab/networks/namespace.ts',
    allowed: [
      '../programs/process.ts',
      '../dhcp-clients/client.ts',
      '../../../../reference/libc/libc.ts',
      '../../../../vectors/load.ts',
    ],
    refused: ['../../peers/iut.ts', '../../world.ts', '../../../tunnel/main-job.ts', 'koffi'],
  },
  {
    file: 'steps/support/lab/dhcp-clients/client.ts',
    allowed: ['./recipe.ts', '../networks/namespace.ts', '../../../../reference/packets/ipv4.ts'],
    refused: ['../../peers/iut.ts', '../../../tunnel/main-job.ts', 'koffi'],
  },
  {
    file: 'tools/fuzz/run.ts',
    allowed: ['../../steps/support/lab/captures/pcap.ts', '../../reference/adapter/memory.ts', '../../vectors/load.ts'],
    refused: ['../../bench/load.ts', '../../reference/testing/pair.ts', 'koffi'],
  },
  {
    file: 'tools/fuzz/targets/nodes.ts',
    allowed: ['../../../reference/testing/pair.ts', '../../../vectors/load.ts', '../lan.ts'],
    refused: ['../../../bench/load.ts', 'koffi'],
  },
  {
    file: 'bench/tunnel.ts',
    allowed: [
      '../tools/conformance/enclosure.ts',
      '../steps/support/lab/programs/process.ts',
      '../reference/wire/frame.ts',
    ],
    refused: ['../vectors/load.ts', '../reference/testing/pair.ts', 'koffi'],
  },
  { file: 'vectors/load.ts', allowed: ['node:fs', './generate/octets.ts'], refused: ['../reference/octets.ts'] },
  {
    file: 'vectors/generate/relay.ts',
    allowed: ['zod', './octets.ts'],
    refused: ['../../reference/wire/relay.ts', '../load.ts'],
  },
  { file: 'vectors/wire.test.ts', allowed: ['../reference/wire/relay.ts'], refused: ['../bench/load.ts'] },
  { file: 'reference/wire/frame.test.ts', allowed: ['../testing/pair.ts'], refused: ['../../bench/load.ts'] },
  {
    file: 'reference/testing/pair.ts',
    allowed: ['../nodes/server.ts', 'ava'],
    refused: ['../../steps/support/world.ts', '../../vectors/load.ts', 'koffi'],
  },
  { file: 'reference/octets.ts', allowed: [], refused: ['./errors.ts', 'node:fs'] },
  { file: 'reference/new-room/new.ts', allowed: [], refused: ['./other.ts', '../octets.ts'] },
  {
    file: 'reference/index.ts',
    allowed: ['./tunnel/client/client.ts'],
    refused: ['./testing/pair.ts', '../steps/support/world.ts', 'koffi'],
  },
  {
    file: 'reference/packets/ipv4.ts',
    allowed: ['../octets.ts', './checksum.ts', 'node:net'],
    refused: ['../wire/frame.ts', 'node:fs', '../testing/pair.ts'],
  },
  {
    file: 'reference/wire/frame.ts',
    allowed: ['../errors.ts', '../packets/prefix.ts'],
    refused: ['../crypto/keys.ts', '../../steps/packets/prefix.ts', 'node:timers/promises'],
  },
  {
    file: 'reference/crypto/keys.ts',
    allowed: ['./primitives.ts', '../wire/frame.ts', '../packets/prefix.ts'],
    refused: ['node:crypto', '@noble/hashes/sha2.js', '../machines/server.ts'],
  },
  {
    file: 'reference/crypto/primitives.ts',
    allowed: ['node:crypto', '../errors.ts'],
    refused: ['../wire/frame.ts', 'node:fs', '@noble/hashes/sha2.js'],
  },
  {
    file: 'reference/crypto/noble.ts',
    allowed: ['@noble/hashes/sha2.js', './primitives.ts'],
    refused: ['../wire/frame.ts', 'node:crypto'],
  },
  { file: 'reference/machines/server.ts', allowed: ['../errors.ts'], refused: ['../packets/prefix.ts', 'node:net'] },
  {
    file: 'reference/nodes/server.ts',
    allowed: ['../machines/server.ts', '../crypto/keys.ts', '../wire/frame.ts', '../packets/prefix.ts'],
    refused: ['../tunnel/link.ts', '../emulators/arp.ts', 'node:net'],
  },
  {
    file: 'reference/emulators/arp.ts',
    allowed: ['../packets/prefix.ts', '../wire/frame.ts'],
    refused: ['../adapter/tap.ts', 'node:net'],
  },
  {
    file: 'reference/libc/libc.ts',
    allowed: ['koffi', 'node:module'],
    refused: ['../adapter/tap.ts', 'node:crypto', 'node:util'],
  },
  {
    file: 'reference/adapter/tap.ts',
    allowed: ['../libc/libc.ts', '../emulators/arp.ts', 'node:timers/promises'],
    refused: ['koffi', 'node:crypto', '../linux/routing/routes.ts'],
  },
  {
    file: 'reference/datapath/thread.ts',
    allowed: ['../libc/libc.ts', '../adapter/tap.ts', '../crypto/counter.ts', 'node:worker_threads'],
    refused: ['koffi', 'node:crypto', '../nodes/server.ts', '../tunnel/link.ts'],
  },
  {
    file: 'reference/linux/lockdown.ts',
    allowed: ['./programs/installed.ts', '../libc/libc.ts', '../adapter/tap.ts', 'node:child_process'],
    refused: ['koffi', 'node:crypto', '../tunnel/link.ts'],
  },
  {
    file: 'reference/linux/routing/routes.ts',
    allowed: ['../programs/iproute2.ts', '../../libc/libc.ts', '../../adapter/tap.ts', 'node:child_process'],
    refused: ['../proxies/proxy-arp.ts', 'koffi', 'node:crypto', '../../tunnel/link.ts'],
  },
  {
    file: 'reference/linux/programs/iproute2.ts',
    allowed: ['./short-program.ts', '../../libc/libc.ts', 'node:child_process'],
    refused: ['../routing/routes.ts', '../host.ts', 'koffi', 'node:crypto', '../../tunnel/link.ts'],
  },
  {
    file: 'reference/tunnel/link.ts',
    allowed: ['./config/config.ts', './names/resolver.ts', './timers.ts', '../linux/host.ts', 'node:net'],
    refused: ['./client/client.ts', './relay/relay.ts', 'node:crypto', '../emulators/arp.ts', '../cli/run.ts'],
  },
  {
    file: 'reference/tunnel/config/config.ts',
    allowed: ['valibot', './values.ts', '../timers.ts', '../../packets/prefix.ts'],
    refused: ['zod', '../server/pool.ts', '../names/resolver.ts', '@noble/hashes/sha2.js'],
  },
  {
    file: 'reference/tunnel/client/client.ts',
    allowed: ['../config/config.ts', '../names/resolver.ts', '../link.ts', '../../linux/host.ts', '../../octets.ts'],
    refused: ['../server/pool.ts', '../../cli/run.ts', '../../testing/pair.ts', '../../../vectors/load.ts'],
  },
  {
    file: 'reference/tunnel/relay/forward/pump.ts',
    allowed: ['./pair.ts', '../admission.ts', '../../link.ts', '../../config/config.ts', '../../../wire/frame.ts'],
    refused: ['../../client/client.ts', '../../../cli/run.ts', 'koffi'],
  },
  {
    file: 'reference/cli/run.ts',
    allowed: ['../tunnel/client/client.ts', 'node:path'],
    refused: ['commander', '../linux/host.ts', 'koffi', 'node:crypto', 'node:fs'],
  },
];

/** Files in a folder of their own, linted by one rule as the project's configuration has it: file, line and message. */
function lint(t: ExecutionContext, rule: string, files: Readonly<Record<string, string>>) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pna-imports-')));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const file of ['biome.json', 'tools/imports.jsonc']) cpSync(join(root, file), join(folder, file));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const args = ['lint', `--only=${rule}`, '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=github'];
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/biome'), args, { cwd: folder, encoding: 'utf8' });
  return [...stdout.matchAll(/^::error title=lint\/([^,]+),file=([^,]+),line=(\d+),[^:]*::(.*)/gm)].map(
    ([, title, path = '', line, message = '']) => {
      t.is(title, rule);
      return { file: relative(folder, path), line: Number(line), message };
    },
  );
}

test('each row refuses what points the other way, and nothing else', (t) => {
  const specifiers = new Map(cases.map(({ file, allowed, refused }) => [file, [...allowed, ...refused]]));
  const files = [...specifiers].map(([file, all]) => [file, all.map((name) => `export * from '${name}';\n`).join('')]);
  const found = lint(t, 'style/noRestrictedImports', Object.fromEntries(files));
  t.deepEqual(
    found.map(({ file, line }) => `${file}: ${specifiers.get(file)?.[line - 1]}`).sort(),
    cases.flatMap(({ file, refused }) => refused.map((specifier) => `${file}: ${specifier}`)).sort(),
  );
  const rows = readFileSync(join(root, 'tools/imports.jsonc'), 'utf8').matchAll(/"message": "(.*)"/g);
  const refusing = new Set(found.map(({ message }) => message));
  t.deepEqual(
    [...rows].map(([, message = '']) => message).filter((message) => !refusing.has(message)),
    [],
    'rows that no case breaks',
  );
});

test('files that import each other are refused, even if they import types alone', (t) => {
  const found = lint(t, 'suspicious/noImportCycles', {
    'reference/wire/one.ts': "import type { Two } from './two.ts';\nexport type One = Two[];\n",
    'reference/wire/two.ts': "import type { One } from './three.ts';\nexport type Two = One | 2;\n",
    'reference/wire/three.ts': "export type { One } from './one.ts';\n",
    'reference/wire/four.ts': "export type { One } from './one.ts';\n",
  });
  t.deepEqual(found.map(({ file }) => file).sort(), [
    'reference/wire/one.ts',
    'reference/wire/three.ts',
    'reference/wire/two.ts',
  ]);
});
