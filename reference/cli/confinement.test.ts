/** What a running role may still do, as the kernel says: all its threads, in namespaces of their own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type ExecutionContext } from 'ava';
import { encodeKey, generateKeyPair } from '../crypto/identity.ts';
import { nobody, whyNoSecondUser } from '../testing/private-network.ts';

const pna = join(import.meta.dirname, '..', '..', 'bin', 'pna');
const asRoot = whyNoSecondUser() === undefined ? test.serial : test.serial.skip;
const netAdmin = 1 << 12;

function folder(t: ExecutionContext): string {
  const path = mkdtempSync(join(tmpdir(), 'pna-confined-'));
  t.teardown(() => rmSync(path, { recursive: true }));
  return path;
}

/** Started in a network namespace of its own; resolves when it has said that it is ready. */
async function started(
  t: ExecutionContext,
  role: string,
  configuration: object,
): Promise<{ child: ChildProcess; key: string }> {
  const place = folder(t);
  const key = join(place, 'key');
  writeFileSync(key, `${encodeKey(generateKeyPair().privateKey)}\n`, { mode: 0o600 });
  const file = join(place, 'config.json');
  writeFileSync(file, JSON.stringify({ role, ...configuration }));
  const words = ['--net', 'sh', '-c', 'ip link set lo up; exec "$0" "$@"', pna, role, '--config', file];
  const child = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  t.is(JSON.parse(first.value ?? '{}').event, 'ready', errors.join(''));
  return { child, key };
}

/** The lines of /proc/PID/status that say who a thread is and what it may do. */
interface Standing {
  readonly Uid: string;
  readonly CapEff: string;
  readonly CapPrm: string;
  readonly CapBnd: string;
  readonly NoNewPrivs: string;
  readonly Seccomp: string;
}

function standings({ pid }: ChildProcess): { readonly main: Standing; readonly others: readonly Standing[] } {
  const read = (thread: string): Standing => {
    const text = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    return Object.fromEntries([...text.matchAll(/^(\w+):\t(.*)$/gm)].map(([, name, value]) => [name, value])) as never;
  };
  const threads = readdirSync(`/proc/${pid}/task`);
  return { main: read(String(pid)), others: threads.filter((thread) => thread !== String(pid)).map(read) };
}

/** Programs are started by the main thread. */
function assertConfined(t: ExecutionContext, child: ChildProcess, mainThread: number): void {
  const { main, others } = standings(child);
  t.is(Number.parseInt(main.CapBnd, 16), 0);
  t.true(others.length > 4, 'the runtime has threads of its own');
  for (const [thread, capabilities] of [[main, mainThread] as const, ...others.map((other) => [other, 0] as const)]) {
    t.is(thread.Uid, Array(4).fill(nobody).join('\t'));
    t.is(Number.parseInt(thread.CapEff, 16), capabilities);
    t.is(Number.parseInt(thread.CapPrm, 16), capabilities);
    t.is(thread.NoNewPrivs, '1');
    t.is(thread.Seccomp, '2');
  }
}

/** Whether the user of a running process may read a file: a program of that user tries. */
function readableBy(uid: number, file: string): boolean {
  try {
    execFileSync('setpriv', [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', 'cat', file], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const initiator = { name: 'alice', publicKey: encodeKey(generateKeyPair().publicKey) };
const server = { listen: '127.0.0.1:0', names: ['server.test'], initiators: [initiator], user: 'nobody' };
const adapter = { name: 'pna0', address: '10.8.0.1/24' };

asRoot(
  'a running server is nobody, in every thread, can do nothing that root can, and cannot read its key',
  async (t) => {
    const place = folder(t);
    const { child, key } = await started(t, 'server', { ...server, adapter, privateKeyFile: './key' });
    assertConfined(t, child, 0);
    t.true(readableBy(0, key));
    t.false(readableBy(nobody, key));
    // The folder does not hide it: the file itself is closed to this user.
    chmodSync(join(key, '..'), 0o755);
    t.false(readableBy(nobody, key));
    writeFileSync(join(place, 'open'), '');
    chmodSync(place, 0o755);
    t.true(readableBy(nobody, join(place, 'open')));
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    t.deepEqual(await ended, [0, null]);
  },
);

asRoot('a server whose routes come and go with its clients keeps CAP_NET_ADMIN in one thread', async (t) => {
  const initiators = [{ ...initiator, networks: ['10.20.0.0/24'] }];
  const { child } = await started(t, 'server', { ...server, initiators, adapter, privateKeyFile: './key' });
  assertConfined(t, child, netAdmin);
});

asRoot('a client keeps CAP_NET_ADMIN in one thread', async (t) => {
  const { child } = await started(t, 'client', {
    name: 'alice',
    privateKeyFile: './key',
    path: ['127.0.0.1:9'],
    server: { publicKey: initiator.publicKey },
    user: 'nobody',
  });
  assertConfined(t, child, netAdmin);
});

asRoot('a relay keeps nothing', async (t) => {
  const { child } = await started(t, 'relay', {
    listen: '127.0.0.1:0',
    names: ['relay.test'],
    allow: [],
    user: 'nobody',
  });
  assertConfined(t, child, 0);
});

async function refusal(t: ExecutionContext, configuration: object, prefix: readonly string[] = []): Promise<string> {
  const file = join(folder(t), 'relay.json');
  writeFileSync(
    file,
    JSON.stringify({ role: 'relay', listen: '127.0.0.1:0', names: ['relay.test'], allow: [], ...configuration }),
  );
  if (prefix.length > 0) for (const path of [file, join(file, '..')]) chownSync(path, nobody, nobody);
  const [program = '', ...words] = [...prefix, pna, 'relay', '--config', file];
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const text = (await child.stderr.setEncoding('utf8').toArray()).join('');
  t.is(child.exitCode ?? (await once(child, 'exit'))[0], 1);
  return text;
}

test('a user that the machine does not have is an error with a remedy', async (t) => {
  t.regex(await refusal(t, { user: 'absent-user' }), /user: there is no user "absent-user": make one with "useradd/);
});

asRoot('nobody but root can become another user', async (t) => {
  const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
  t.regex(
    await refusal(t, { user: 'root' }, asNobody),
    /user: only root can become "root": start as root or as that user/,
  );
});
