import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { Evidence } from './evidence.ts';
import { encodePcap } from './lab/captures/pcap.ts';

const pickle = {
  id: 'p',
  uri: 'features/lab/x.feature',
  name: 'One',
  language: 'en',
  astNodeIds: [],
  steps: [],
  tags: [],
};
const begin = 1_700_000_000_000;
const packet = (number: number, milliseconds: number) => ({
  number,
  time: (begin + milliseconds) * 1000,
  octets: new Uint8Array(60),
  originalLength: 60,
});

test('a failure names the packet before it in each capture', async (t) => {
  const run = mkdtempSync(join(tmpdir(), 'evidence-'));
  t.teardown(() => rmSync(run, { recursive: true }));
  const evidence = new Evidence(run, { pickle });
  const [wire, adapter, broken] = ['wire', 'adapter', 'broken'].map((name) => evidence.captureFile(name));
  evidence.captureFile('never written');
  const file = encodePcap([packet(1, 0), packet(2, 250), packet(3, 500)]);
  writeFileSync(wire!, file);
  writeFileSync(adapter!, encodePcap([]));
  writeFileSync(broken!, file.subarray(0, -1));
  const at = '2023-11-14T22:13:20.250Z';
  t.deepEqual(await evidence.placesOf(begin + 250), [
    `wire.pcap: packet 2 of 3, at ${at}, was the last before the failure`,
    `adapter.pcap: packet 0 of 0, at ${at}, was the last before the failure`,
    'broken.pcap: pcap: the last packet breaks off 75 octets after octet 176',
  ]);
  t.regex((await evidence.placesOf(begin - 1))[0] ?? '', /^wire\.pcap: packet 0 of 3,/);
});

test('each time that a scenario runs it has a folder of its own', (t) => {
  const run = mkdtempSync(join(tmpdir(), 'evidence-'));
  t.teardown(() => rmSync(run, { recursive: true }));
  const again = { ...pickle, tags: [{ name: '@attempt:2', astNodeId: '' }] };
  t.is(new Evidence(run, { pickle }).path, 'scenarios/x/one');
  t.is(new Evidence(run, { pickle: again }).path, 'scenarios/attempt-2/x/one');
});
