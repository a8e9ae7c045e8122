/** Steps of the laboratory's own check: no implementation takes part. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { ping } from '../support/lab/packets/traffic.ts';
import { run } from '../support/lab/programs/command.ts';
import { Program } from '../support/lab/programs/process.ts';
import type { Ending } from '../support/peers/scripted.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    injected: readonly Uint8Array[];
    transferred: Uint8Array;
    ending: Ending;
    program: Program;
  }
}

const localExperimental = [0x88, 0xb5];

Given('a laboratory', async function (this: ConformanceWorld) {
  await this.startLab();
});

Given('a laboratory with both relays', async function (this: ConformanceWorld) {
  await this.startLab({ relays: ['relay-b', 'relay-c'] });
});

When(
  '{int} Ethernet frames are injected at the client and the capture ends at once',
  async function (this: ConformanceWorld, count: number) {
    const socket = this.packetSocket('client', 'eth0');
    const frames = Array.from({ length: count }, (_, i) => {
      const frame = new Uint8Array(60 + i).fill(i);
      frame.set(localExperimental, 12);
      return frame;
    });
    for (const frame of frames) socket.inject(frame);
    this.set('injected', frames);
    await this.capture().stop();
  },
);

Then('the capture holds all of them in order', async function (this: ConformanceWorld) {
  const captured = (await this.packets()).filter(({ octets }) => octets[12] === localExperimental[0]);
  assert.deepEqual(
    captured.map(({ octets }) => octets),
    this.get('injected'),
  );
});

When(
  'a scripted initiator sends {int} octets to a scripted server, which sends them back',
  async function (this: ConformanceWorld, count: number) {
    const octets = new Uint8Array(randomBytes(count));
    const server = await this.listen('server');
    const initiator = await this.connect();
    const accepted = await server.accept();
    const arrival = accepted.octets(count);
    await initiator.send(octets);
    await accepted.send(await arrival);
    assert.deepEqual(await initiator.octets(count), octets);
    initiator.finish();
    await accepted.ended();
    accepted.finish();
    await initiator.ended();
    this.set('transferred', octets);
  },
);

Then(
  'both streams of the capture hold exactly these octets, and are ended by both',
  async function (this: ConformanceWorld) {
    const [connection] = await this.tcpConnections();
    for (const stream of [connection?.forth, connection?.back]) {
      assert.deepEqual(stream?.octets, this.get('transferred'));
      assert.equal(stream?.finished, true);
    }
  },
);

When('a scripted initiator resets its connection to a scripted server', async function (this: ConformanceWorld) {
  const server = await this.listen('server');
  const initiator = await this.connect();
  const accepted = await server.accept();
  initiator.reset();
  this.set('ending', await accepted.ended());
});

Then('the scripted server and the capture see the reset', async function (this: ConformanceWorld) {
  assert.equal(this.get('ending'), 'reset');
  const [connection] = await this.tcpConnections();
  assert.equal(connection?.forth.reset, true);
});

Then('every node reaches every other node', async function (this: ConformanceWorld) {
  const { lab } = this;
  const pairs = lab.nodes.flatMap((from) => lab.nodes.filter((to) => to !== from).map((to) => [from, to] as const));
  const results = await Promise.all(
    pairs.map(([from, to]) => ping({ namespace: lab.namespace(from), destination: lab.address(to) })),
  );
  assert.deepEqual(
    results.map(({ received }) => received),
    pairs.map(() => 1),
  );
});

Then('no node reaches an address outside the laboratory', async function (this: ConformanceWorld) {
  for (const node of this.lab.nodes) {
    const { received, output } = await ping({ namespace: this.lab.namespace(node), destination: '192.0.2.1', wait: 1 });
    assert.equal(received, 0);
    assert.match(output, /unreachable/);
  }
});

When('a ping is answered', async function (this: ConformanceWorld) {
  const { received } = await ping({ namespace: this.lab.namespace('client'), destination: this.lab.address('server') });
  assert.equal(received, 1);
});

Then('the capture holds nothing besides that ping and its ARP', async function (this: ConformanceWorld) {
  const types = (await this.packets()).map(({ octets }) => octets.subarray(12, 14).toHex());
  assert.deepEqual([...new Set(types)].sort(), ['0800', '0806']);
  assert.equal(types.filter((type) => type === '0800').length, 2);
});

When('a program is started that ends with status 7 and says why', async function (this: ConformanceWorld) {
  const program = Program.start({
    namespace: this.lab.namespace('client'),
    argv: ['sh', '-c', 'echo it has no mind to >&2; exit 7'],
    stdoutLog: join(this.folder, 'stdout.log'),
    stderrLog: join(this.folder, 'stderr.log'),
  });
  this.set('program', this.own(program));
});

Then('awaiting its readiness fails at once with what it said', async function (this: ConformanceWorld) {
  await assert.rejects(this.get('program').event('ready'), /exit status 7[\s\S]*it has no mind to/);
});

// Phrases of tools/conformance/enclosure.test.ts, which writes a feature of its own and kills its run.

Given('a TAP device in the client', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  await run(['ip', 'tuntap', 'add', 'dev', 'tap0', 'mode', 'tap'], { namespace });
});

/** The files tell that everything is up. */
Given('a scenario that goes on until the run is ended', async function (this: ConformanceWorld) {
  mkdtempSync(join(tmpdir(), 'scenario-'));
  this.evidence.write('up', '');
  await once(new EventEmitter(), 'never');
});
