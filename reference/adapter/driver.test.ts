/** One descriptor of the driver, and the adapters that are made of it. */
import { execFile, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DeviceFailure } from '../libc/failure.ts';
import { PacketSocket } from '../linux/proxies/packet-socket.ts';
import { kernelTests, nobody, whyNoPrivateNetwork, whyNoSecondUser } from '../testing/private-network.ts';
import { reserveTap, Tap } from './tap.ts';

const run = promisify(execFile);
const onTap = kernelTests('TAP');
const asNobody = kernelTests('TAP', whyNoPrivateNetwork() ?? whyNoSecondUser());
const ip = (words: string) => run('ip', words.split(' '));
const link = async (name: string) => JSON.parse((await run('ip', ['-j', 'link', 'show', name])).stdout)[0];

/** The first octet after the header of each frame of an EtherType for experiments. */
function waiting(device: Tap): number[] {
  const found: number[] = [];
  for (let frame = device.read(); frame; frame = device.read())
    if (frame[12] === 0x88 && frame[13] === 0xb5) found.push(frame[14]!);
  return found;
}

/** What the local stack sends through the adapter. */
function send(device: Tap, octet: number): void {
  const stack = new PacketSocket(device.name);
  stack.send(Uint8Array.of(...Array(12).fill(0xff), 0x88, 0xb5, ...Array(46).fill(octet)));
  stack.close();
}

if (whyNoPrivateNetwork() === undefined) reserveTap();

onTap('the next adapter gets no frame that was waiting in the one before', async (t) => {
  const first = new Tap({ name: 'pna-ring' });
  first.setUp(true);
  send(first, 1);
  await first.close();
  await t.throwsAsync(link('pna-ring'), { message: /does not exist/ });
  await using second = new Tap({ name: 'pna-ring' });
  second.setUp(true);
  send(second, 2);
  t.deepEqual(waiting(second), [2]);
});

onTap('who waits for frames of an adapter hears of its end, and the next one waits for its own', async (t) => {
  const first = new Tap({ name: 'pna-wait' });
  const before = first.readable();
  await first.close();
  t.false(await before);
  await using second = new Tap({ name: 'pna-wait' });
  waiting(second);
  const readable = second.readable();
  second.setUp(true);
  send(second, 3);
  t.true(await readable);
  t.true(waiting(second).includes(3));
});

onTap('an adapter that its user removed is made anew', async (t) => {
  const first = new Tap({ name: 'pna-away' });
  await ip('link delete pna-away');
  t.throws(() => first.read(), { instanceOf: DeviceFailure, code: 'EBADFD' });
  // The name is somebody else's by now.
  await ip('tuntap add mode tun name pna-away');
  await first.close();
  t.truthy(await link('pna-away'));
  t.throws(() => new Tap({ name: 'pna-away' }), { instanceOf: DeviceFailure, message: /no TAP/ });
  await ip('link delete pna-away');
  await using second = new Tap({ name: 'pna-away' });
  t.is((await link('pna-away')).ifname, second.name);
});

onTap('a persistent adapter stays, without a carrier, and is used again', async (t) => {
  await ip('tuntap add mode tap name pna-stays');
  const { ifindex } = await link('pna-stays');
  const first = new Tap({ name: 'pna-stays' });
  first.setUp(true);
  send(first, 4);
  await first.close();
  t.true((await link('pna-stays')).flags.includes('NO-CARRIER'));
  await using second = new Tap({ name: 'pna-stays' });
  t.like(await link('pna-stays'), { ifindex });
  t.true((await link('pna-stays')).flags.includes('LOWER_UP'));
  t.deepEqual(waiting(second), []);
  // The stack sends nothing until it has noticed the carrier.
  let found: number[] = [];
  for (; found.length === 0; await pause(5)) {
    send(second, 5);
    found = waiting(second);
  }
  t.is(found[0], 5);
  await ip('link delete pna-stays');
});

onTap('an adapter that was moved to another network is gone with its descriptor', async (t) => {
  const elsewhere = spawn('unshare', ['--net', 'sh', '-c', 'echo; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((resolve) => elsewhere.stdout.once('data', resolve));
  const first = new Tap({ name: 'pna-moved' });
  await ip(`link set pna-moved netns ${elsewhere.pid}`);
  await first.close();
  const there = ['--target', String(elsewhere.pid), '--net', 'ip', 'link', 'show', 'pna-moved'];
  await t.throwsAsync(run('nsenter', there), { message: /does not exist/ });
  elsewhere.stdin.end();
  await using second = new Tap({ name: 'pna-moved' });
  t.is(second.name, 'pna-moved');
  await second.close();
  reserveTap();
});

asNobody('a process that is nobody makes 100 adapters, one after the other, and each carries datagrams', async (t) => {
  const program = fileURLToPath(new URL('../testing/adapters-without-root.ts', import.meta.url));
  const { stdout, stderr } = await run(process.execPath, [program, '100']);
  t.is(stderr, '');
  const opensDriver = (statSync('/dev/net/tun').mode & 0o006) === 0o006;
  t.deepEqual(JSON.parse(stdout), { uid: nobody, opensDriver, worked: 100 });
});
