import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { UsageError } from '../command-line.ts';
import { checkIds, loadBaseline } from './baseline.ts';

function written(t: ExecutionContext, json: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'baseline-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'known.json');
  writeFileSync(file, JSON.stringify(json));
  return file;
}

const entry = { id: 'fig-12-server/no-relay', failure: 'the end of the stream', reason: 'mended in 2.2' };

test('an entry names a scenario, what its failure says, and why; a link is welcome', (t) => {
  const all = [entry, { ...entry, failure: 'a frame came', link: 'https://example.org/7' }];
  t.deepEqual(loadBaseline(written(t, all)), all);
});

/** What stands in the file, and what is said of it. */
const faults: readonly (readonly [json: unknown, message: RegExp])[] = [
  [{}, /is not a list of known failures: \[\{"id"/],
  [[{ ...entry, id: 'SRV-03' }], /\[0\]\.id: "SRV-03" is not the id of a scenario: --list --only SRV-03 prints those/],
  [[{ ...entry, id: undefined }], /\[0\]\.id: nothing is not the id of a scenario, such as/],
  [[{ ...entry, failure: undefined }], /\[0\]\.failure: is missing: write what the failure says/],
  [[{ ...entry, reason: ' ' }], /\[0\]\.reason: is empty: write why it fails/],
  [[{ ...entry, link: 'there' }], /\[0\]\.link: is not a URL/],
  [[{ ...entry, fialure: 'x' }], /\[0\]: unknown key "fialure": .*: did you mean "failure"\?/],
  [[entry, entry], /\[1\]: fig-12-server\/no-relay stands twice with the same failure/],
];

for (const [json, message] of faults)
  test(`a baseline with a fault: ${message.source}`, (t) => {
    const error = t.throws(() => loadBaseline(written(t, json)), { instanceOf: UsageError, message });
    t.is(error?.status, 2);
  });

test('an id that the suite does not have makes a baseline stale', (t) => {
  t.notThrows(() => checkIds('known.json', [entry], ['fig-12-server/no-relay']));
  const error = t.throws(() => checkIds('known.json', [entry], ['fig-12-server/no-relays']), {
    instanceOf: UsageError,
    message:
      /^known.json: fig-12-server\/no-relay: the suite has no such scenario: did you mean "fig-12-server\/no-relays"\?/,
  });
  t.is(error?.status, 1);
});
