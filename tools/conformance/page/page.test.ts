/** The page and its parts: what a failure shows, that text stays text, and that nothing is loaded from elsewhere. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { encodeClose } from '../../../reference/wire/close.ts';
import { encodePcap } from '../../../steps/support/lab/captures/pcap.ts';
import { makeReport, type Report } from '../report.ts';
import { readRequirements } from '../requirements.ts';
import type { ScenarioResult } from '../results.ts';
import { compare } from './comparison.ts';
import { rungsOf } from './exchange.ts';
import { viewOf } from './frame-view.ts';
import { framesOf } from './frames.ts';
import { page } from './page.ts';
import { badge, markdown } from './summary-markdown.ts';

const requirements = readRequirements(resolve(import.meta.dirname, '../../../docs/protocol.md'));

/** An Ethernet frame with a TCP segment from 10.77.0.1 to 10.77.0.2, or back. */
function segment(
  isForth: boolean,
  sequence: number,
  flags: number,
  payload: Uint8Array = new Uint8Array(),
): Uint8Array {
  const octets = new Uint8Array(54 + payload.length);
  const view = new DataView(octets.buffer);
  view.setUint16(12, 0x0800);
  octets.set([0x45, 0, 0, 40 + payload.length, 0, 0, 0, 0, 64, 6], 14);
  octets.set([10, 77, 0, isForth ? 1 : 2, 10, 77, 0, isForth ? 2 : 1], 26);
  view.setUint16(34, isForth ? 40_000 : 3265);
  view.setUint16(36, isForth ? 3265 : 40_000);
  view.setUint32(38, sequence);
  octets.set([0x50, flags], 46);
  octets.set(payload, 54);
  return octets;
}

const [SYN, ACK, FIN] = [2, 16, 1];
const close = (status: number) => encodeClose({ type: 'CLOSE', status });
/** An initiator sends six octets that are no frame, and a server answers CLOSE "timeout" where "protocol error" is due. */
const capture = encodePcap(
  [
    segment(true, 100, SYN),
    segment(false, 200, SYN | ACK),
    segment(true, 101, ACK, Uint8Array.of(0, 0, 0, 5, 1, 1)),
    segment(false, 201, ACK, close(11)),
    segment(false, 209, FIN | ACK),
  ].map((octets, index) => ({ octets, time: 1_000_000 + index * 1_000 })),
);
const step = 'the server answers CLOSE "protocol error" and ends the stream';

function evidence(t: { teardown(act: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'scenarios/x/server'), { recursive: true });
  writeFileSync(join(folder, 'scenarios/x/wire.pcap'), capture);
  writeFileSync(join(folder, 'scenarios/x/server/stderr.log'), '');
  return folder;
}

const result = (more: Partial<ScenarioResult>): ScenarioResult => ({
  id: 'fig-12-server/a-name',
  feature: 'features/machines/fig-12-server.feature',
  line: 7,
  name: 'a <name>',
  requirements: ['SRV-03'],
  tags: ['@SRV-03', '@iut:server'],
  verdict: 'failed',
  reason: 'expected <b>5</b>, came 11',
  step,
  held: 2,
  attempt: 1,
  seconds: 1,
  measured: [],
  evidence: 'scenarios/x/',
  where: [],
  ...more,
});

function reportOf(finished: readonly ScenarioResult[], verdict: Report['verdict'] = 'not conformant'): Report {
  const facts = { implementation: 'acme <1>', verdict, started: new Date(0), seconds: 2, seed: 1, workers: 1 };
  const selection = { of: finished.length, words: [] };
  return makeReport({ finished, failures: [], planned: finished.length }, { ...facts, selection }, requirements);
}

test('a frame is shown by its fields, whatever is wrong with it', (t) => {
  t.deepEqual(viewOf(close(5)), {
    title: 'CLOSE',
    fields: [
      { name: 'length (190)', hex: '00000008', meaning: '8' },
      { name: 'type (191)', hex: '05', meaning: 'CLOSE' },
      { name: 'version (192)', hex: '01', meaning: '1' },
      { name: 'status (193)', hex: '0005', meaning: 'protocol error' },
    ],
  });
  t.is(viewOf(close(5).subarray(0, 7)).fields.at(-1)?.meaning, 'cut short');
  for (const octets of [[], [1], [0, 0, 0, 9, 77, 1]]) t.is(viewOf(Uint8Array.from(octets)).title, 'no frame');
});

test('the exchange comes from the capture', async (t) => {
  const rungs = await rungsOf(join(evidence(t), 'scenarios/x'));
  t.deepEqual(
    rungs.map(({ at, from, to, what, packet }) => [at, from, to, what, packet]),
    [
      [0, 'client', 'server', 'no frame: frame length: 5, at least 6', 3],
      [1, 'server', 'client', 'CLOSE timeout, 8 octets', 4],
      [2, 'server', 'client', 'end of stream', 4],
    ],
  );
  t.deepEqual(await rungsOf('/nonexistent'), []);
});

const failed = (more: Partial<ScenarioResult>) => reportOf([result({ reason: '', ...more })]).scenarios[0]!;
const differing = ({ rows = [] }: Partial<ReturnType<typeof compare>> = {}): string[] =>
  rows.filter(({ differs }) => differs).map(({ name }) => name);

test('of a failure in words the frame is the last of that kind, and what words tell is compared', async (t) => {
  const rungs = await rungsOf(join(evidence(t), 'scenarios/x'));
  const found = compare(failed({}), rungs);
  t.deepEqual([found?.expected, found?.received, found?.choice, found?.packet], ['CLOSE', 'CLOSE', 'last', 4]);
  t.deepEqual(differing(found), ['status (193)']);
  const [status] = found?.rows.filter(({ differs }) => differs) ?? [];
  t.deepEqual([status?.expected?.meaning, status?.received?.meaning], ['protocol error', 'timeout']);
  for (const reason of [
    'expected CLOSE "protocol error", came CLOSE "timeout"',
    "Expected values to be strictly equal:\n\n'timeout' !== 'protocol error'\n",
    "Expected values to be strictly deep-equal:\n+ actual - expected\n\n  [\n+   'timeout',\n-   'protocol error',\n    true\n  ]",
  ])
    t.deepEqual(differing(compare(failed({ step: 'it is refused', reason }), rungs)), ['status (193)'], reason);
  t.deepEqual(differing(compare(failed({ step: 'the server answers RESPONSE' }), rungs)), ['type (191)']);
  t.is(compare(failed({ step: 'the adapter is up' }), rungs), undefined);
  t.is(compare(failed({}), []), undefined);
});

test('a frame that words name is the last of its type, and none that came after the failure', (t) => {
  const sent = (packet: number, octets: Uint8Array, from = 'server') => ({
    ...{ at: packet, from, to: 'client', what: '', packet, octets },
  });
  const start = (type: number) => Uint8Array.of(0, 0, 0, 6, type, 1);
  // RESPONSE, DATA, CLOSE, and DATA of the other end.
  const rungs = [sent(4, start(3)), sent(5, start(4)), sent(9, close(1)), sent(10, start(4), 'client')];
  const chosen = (more: Partial<ScenarioResult>) => {
    const { expected, received, choice, packet } = compare(failed(more), rungs) ?? {};
    return [expected, received, choice, packet];
  };
  const response = { step: 'the server answers RESPONSE', reason: 'transform is 2, not 1' };
  t.deepEqual(chosen(response), ['RESPONSE', 'RESPONSE', 'last of its type', 4]);
  t.deepEqual(chosen({ ...response, reason: 'expected RESPONSE, received CLOSE "timeout"' })[3], 9);
  t.deepEqual(chosen({ step: 'CLOSE "protocol error" comes' }), ['CLOSE', 'CLOSE', 'last', 9]);
  const where = [
    'server said: x',
    'wire.pcap: packet 7 of 10, at 2026-11-25T19:00:00Z, was the last before the failure',
  ];
  t.deepEqual(chosen({ step: 'CLOSE "protocol error" comes', where }), ['CLOSE', 'DATA', 'last', 5]);
});

test('of a failure that tells of octets both frames are whole', async (t) => {
  const rungs = await rungsOf(join(evidence(t), 'scenarios/x'));
  const [wanted, came] = [close(5), encodeClose({ type: 'CLOSE', status: 11, digest: new Uint8Array(32) })];
  const of = (expected: Uint8Array | undefined, received: Uint8Array) =>
    compare(failed({ difference: { expected: expected?.toHex(), received: received.toHex() }, step: 'x' }), rungs);
  t.deepEqual(differing(of(wanted, came)), ['length (190)', 'status (193)', 'digest']);
  t.is(of(wanted, close(11))?.packet, 4);
  t.is(of(wanted, new Uint8Array())?.received, undefined);
  t.is(of(undefined, came)?.expected, 'no frame');
  t.deepEqual(differing(of(undefined, came)), []);
});

test('octets are in lines beside each other, with a mark around those that differ', (t) => {
  const view = (octets: Uint8Array) => viewOf(octets).fields.at(-1);
  const [expected, received] = [Uint8Array.of(1, 2, 3), new Uint8Array(300).with(290, 7)].map(view);
  const long = Array.from({ length: 300 }, () => '00').join('');
  const row = (one: string, other: string) =>
    framesOf({
      ...{ expected: 'DATA', received: 'DATA', choice: 'judged', packet: 3 },
      rows: [
        {
          ...{ name: 'digest', differs: true },
          expected: { name: 'digest', hex: one, meaning: '' },
          received: { name: 'digest', hex: other, meaning: '' },
        },
      ],
    })?.text ?? '';
  t.regex(row('010203', '010403'), /<code>01 <mark>02<\/mark> 03<\/code>/);
  t.regex(row('0102', '01'), /<code>01 <mark>02<\/mark><\/code>/);
  t.is(expected?.hex, '010203');
  const text = row(long, received?.hex ?? '');
  t.regex(text, /… 176 octets before\n/);
  t.regex(text, /0120 <\/span>00 00 <mark>07<\/mark> 00/);
  t.is(text.match(/<mark>/g)?.length, 2);
});

test('the colours of text stand out from what is behind them, light and dark', (t) => {
  const css = readFileSync(join(import.meta.dirname, 'page.css'), 'utf8');
  const colours = new Map(
    [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name = '', ...pair]) => [name, pair]),
  );
  /** WCAG 2.2: relative luminance, contrast ratio. */
  const luminance = (colour = ''): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  for (const text of ['text', 'soft', 'link', 'good', 'bad', 'fair'])
    for (const back of ['back', 'panel', 'bad-back'])
      for (const mode of [0, 1]) {
        const [one = 0, other = 0] = [text, back].map((name) => luminance(colours.get(name)?.[mode])).toSorted();
        t.true((Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) >= 4.5, `${text} on ${back}, ${mode}`);
      }
});

test('the page shows a failure with its requirement, frames, exchange and evidence, and text stays text', async (t) => {
  const text = await page(reportOf([result({})]), evidence(t), requirements);
  t.regex(text, /<p class="verdict bad">NOT CONFORMANT/);
  t.true(text.includes(requirements.get('SRV-03')!.sentence.replaceAll('"', '&quot;').replaceAll("'", '&#39;')));
  t.true(text.includes('expected &lt;b&gt;5&lt;/b&gt;, came 11') && !text.includes('<b>5'));
  t.regex(
    text,
    /<tr class="differs"><th scope="row">status \(193\) ≠<\/th><td data-side="Expected: CLOSE"><code>00 <mark>05<\/mark><\/code><span>protocol error<\/span><\/td><td data-side="Came last: CLOSE, packet 4"><code>00 <mark>0b<\/mark><\/code><span>timeout/,
  );
  t.regex(text, /CLOSE timeout, 8 octets/);
  t.regex(text, /href="scenarios\/x\/server\/stderr.log"/);
  t.notRegex(text, /(src|href)="(https?:)?\/\//);
  t.notRegex(text, /<link|@import|url\(/);
});

test('a report of 1,000 scenarios is one page of less than 2 MiB, made at once', async (t) => {
  const ids = [...requirements.keys()];
  const many = Array.from({ length: 1000 }, (_, index) =>
    result({
      id: `x/scenario-${index}`,
      verdict: 'passed',
      requirements: [ids[index % ids.length]!],
      reason: undefined,
      step: undefined,
      evidence: undefined,
    }),
  );
  const text = await page(reportOf(many, 'conformant'), '/nonexistent', requirements);
  t.true(text.length < 2 * 1024 * 1024);
  t.is(text.match(/data-counted/g)?.length, 1000);
});

test('the summary for a pull request and the badge', (t) => {
  const report = reportOf([result({}), result({ id: 'x/b', verdict: 'passed', reason: undefined, step: undefined })]);
  const text = markdown(report);
  t.regex(
    text,
    /^### acme <1>: NOT CONFORMANT\n\n1 passed, 1 failed; 0 of 1 requirements passed; 2 s\.\n\nFailing: SRV-03\n/,
  );
  t.regex(text, /\| 1 \| expected &#60;b&#62;5&#60;\/b&#62;, came 11 \| `fig-12-server\/a-name` \|/);
  t.regex(badge(report), /aria-label="conformance: not conformant 1\/2"/);
});
