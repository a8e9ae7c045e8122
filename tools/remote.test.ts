/** An implementation that runs elsewhere, put to the suite over the network by somebody without any capability. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Lab } from '../steps/support/lab/networks/namespace.ts';
import { attempt } from '../steps/support/lab/programs/command.ts';
import { clientConfiguration, serverConfiguration } from '../steps/support/peers/configuration.ts';
import { loadDeclaration } from '../steps/support/peers/declaration.ts';
import { type Identity, keyPair } from '../steps/support/peers/identities.ts';
import { Iut } from '../steps/support/peers/iut.ts';
import type { Report } from './conformance/report.ts';

const root = resolve(import.meta.dirname, '..');
const declaration = loadDeclaration(join(root, 'iut.json'));
const { suites, transforms } = declaration;
const identity = (name: string, octet: number): Identity => keyPair(name, new Uint8Array(32).fill(octet));
const [server, anna, other] = [identity('vpn.acme.example', 1), identity('anna', 2), identity('other', 3)];
const withoutCapabilities = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];

interface Outcome {
  readonly code: number | null;
  readonly text: string;
  /** By the ids of the scenarios, each with its reason if it has one. */
  readonly verdicts: Readonly<Record<string, string>>;
}

async function conformance(
  t: ExecutionContext,
  { namespace, by = [] }: { readonly namespace: string; readonly by?: readonly string[] },
  remote: object,
  ...argv: string[]
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'remote-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'remote.json');
  writeFileSync(file, JSON.stringify({ name: 'acme', suites, transforms, ...remote }));
  const program = [process.execPath, join(root, 'tools/conformance.ts'), '--remote', file, '--output', folder, ...argv];
  const { code, stdout, stderr } = await attempt([...by, ...program], { namespace, timeout: 100_000 });
  const text = `${stdout}${stderr}`;
  const report = join(folder, 'latest/report.json');
  const { scenarios }: Pick<Report, 'scenarios'> = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { scenarios: [] };
  const verdicts = Object.fromEntries(
    scenarios.map(({ id, verdict, reason }) => [id, `${verdict} ${reason ?? ''}`.trim()]),
  );
  return { code, text, verdicts };
}

const relay = 'fig-12-server/a-second-relay-instead-of-request';
const request = 'fig-12-server/a-second-request-in-authorized';
const configured = 'fig-08-response/client-data-of-response-by-the-server-s-configuration';
const log = 'log-size/at-a-server-strangers-whose-first-frame-is-of-unknown-type';
const initiator = 'fig-11-initiator/client-data-of-request';

test('--server: the wire decides, what needs more is not applicable, and a wrong server is found', async (t) => {
  await using lab = await Lab.create();
  const folder = mkdtempSync(join(tmpdir(), 'remote-server-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const configuration = serverConfiguration(declaration, {
    names: [server.name],
    privateKey: server.privateKey,
    initiators: [{ name: anna.name, publicKey: anna.publicKey, suites: [...suites], address: '10.8.0.10' }],
  });
  const namespace = lab.namespace('server');
  await using iut = await Iut.start({ declaration, role: 'server', namespace, configuration, folder });
  await iut.ready();
  const at = ['--server', `${lab.address('server')}:3265`];
  const initiators = [{ name: anna.name, privateKey: anna.privateKey }];
  const by = { namespace: lab.namespace('client'), by: withoutCapabilities };
  const known = { server: { name: server.name, publicKey: server.publicKey } };
  const good = await conformance(t, by, { ...known, initiators }, ...at, relay, request, configured, log);
  t.deepEqual(
    good.verdicts,
    {
      [relay]: 'passed',
      [request]: 'passed',
      [configured]: "not applicable needs the suite's namespaces: the configuration of the laboratory",
      [log]: "not applicable needs the suite's namespaces: the implementation's files",
    },
    good.text,
  );
  t.is(good.code, 0, good.text);
  t.regex(good.text, /SELECTED 4 of \d+ scenarios/);

  const stranger = { ...known, initiators: [{ name: anna.name, privateKey: other.privateKey }] };
  const bad = await conformance(t, by, stranger, ...at, relay, request);
  t.is(bad.verdicts[relay], 'passed', bad.text);
  t.regex(bad.verdicts[request] ?? '', /^failed expected RESPONSE, received CLOSE/);
  t.is(bad.code, 1, bad.text);
});

test('--listen: an initiator that a command lets connect', async (t) => {
  await using lab = await Lab.create({ hosts: { [server.name]: '10.77.0.2' } });
  const folder = mkdtempSync(join(tmpdir(), 'remote-client-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const configuration = clientConfiguration(declaration, {
    ...{ name: anna.name, privateKey: anna.privateKey, path: [server.name] },
    ...{ server: { publicKey: server.publicKey } },
  });
  const file = join(folder, 'client.json');
  writeFileSync(file, JSON.stringify(configuration), { mode: 0o600 });
  const remote = {
    server: { name: server.name, privateKey: server.privateKey },
    initiators: [{ name: anna.name, publicKey: anna.publicKey }],
    connect: ['ip', 'netns', 'exec', lab.namespace('client'), join(root, 'bin/pna'), 'client', '--config', file],
  };
  const at = ['--listen', `${lab.address('server')}:3265`];
  const { code, text, verdicts } = await conformance(
    t,
    { namespace: lab.namespace('server') },
    remote,
    ...at,
    initiator,
    relay,
  );
  const by = { namespace: lab.namespace('server') };
  const failing = await conformance(t, by, { ...remote, connect: ['false'] }, ...at, initiator);
  t.is(failing.code, 3, failing.text);
  t.regex(failing.text, /"connect": \["false"\] lets no initiator connect: it ended with status 1/);
  t.deepEqual(verdicts, { [initiator]: 'passed', [relay]: 'not applicable role server is not declared' }, text);
  t.is(code, 0, text);
});
