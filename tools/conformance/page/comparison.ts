/** Of a failure the frame that had to come, beside the one that came: by octets where the step has them, else by its words. */
import { FrameType, protocolVersion, Status, statusName } from '../../../reference/wire/identifiers.ts';
import type { Report } from '../report.ts';
import type { Rung } from './exchange.ts';
import { type Field, type FrameView, viewOf } from './frame-view.ts';

/** A field of both frames, of which one may lack it. */
export interface Row {
  readonly name: string;
  readonly expected: Field | undefined;
  readonly received: Field | undefined;
  readonly differs: boolean;
}

export interface Comparison {
  /** `CLOSE`. */
  readonly expected: string;
  /** Absent if nothing came. */
  readonly received: string | undefined;
  /** Whether the step judged just this frame; otherwise it was chosen by what words tell. */
  readonly choice: 'judged' | 'last' | 'last of its type';
  /** Of the capture. */
  readonly packet: number | undefined;
  readonly rows: readonly Row[];
}

type Failed = Pick<Report['scenarios'][number], 'step' | 'reason' | 'difference' | 'tags' | 'where'>;

/** Nodes of the laboratory in which an implementation under test runs, by its role. */
const nodes: Readonly<Record<string, readonly string[]>> = {
  client: ['client'],
  server: ['server', 'server-2', 'server-3'],
  relay: ['relay-b', 'relay-c'],
};

/** @param rungs the exchange. @returns nothing where neither octets nor words tell of a frame */
export function compare(failed: Failed, rungs: readonly Rung[]): Comparison | undefined {
  const { difference } = failed;
  const words = wordsOf(failed);
  if (difference !== undefined) {
    const isWhole = difference.expected !== undefined;
    const expected = isWhole ? frameOf(difference.expected) : partOf(words.expected);
    const { packet } = rungs.findLast(({ octets }) => octets?.toHex() === difference.received) ?? {};
    return comparison(expected ?? noFrame, frameOf(difference.received), { isWhole, choice: 'judged', packet });
  }
  const expected = partOf(words.expected);
  if (expected === undefined || rungs.length === 0) return undefined;
  const sent = sentBefore(rungs, failed);
  const { octets, packet } = lastOf(sent, words) ?? {};
  const choice = packet === sent.at(-1)?.packet ? 'last' : 'last of its type';
  return comparison(expected, octets && viewOf(octets), { isWhole: false, choice, packet });
}

/** Where no octet had to come, or none came. */
const noFrame: FrameView = { title: 'no frame', fields: [] };

function frameOf(hex = ''): FrameView | undefined {
  return hex === '' ? undefined : viewOf(Uint8Array.fromHex(hex));
}

interface Known {
  /** Whether every octet of the expected frame is known. */
  readonly isWhole: boolean;
  readonly choice: Comparison['choice'];
  readonly packet: number | undefined;
}

function comparison(expected: FrameView, received: FrameView | undefined, { isWhole, ...others }: Known): Comparison {
  const [wanted, came] = [expected, received].map(
    (view) => new Map((view?.fields ?? []).map((field) => [plainName(field.name), field])),
  ) as [Map<string, Field>, Map<string, Field>];
  const rows = [...new Set([...wanted.keys(), ...came.keys()])].map((name): Row => {
    const [one, other] = [wanted.get(name), came.get(name)];
    const isKnown = isWhole || (one !== undefined && one.hex !== '');
    const differs = received !== undefined && isKnown && one?.hex !== other?.hex;
    return { name: labelOf(name, one, other), expected: one, received: other, differs };
  });
  return { expected: expected.title, received: received?.title, ...others, rows };
}

/** With the numeral of the figure, unless frames of two types have one each. */
function labelOf(name: string, ...fields: readonly (Field | undefined)[]): string {
  const labels = new Set(fields.flatMap((field) => (field === undefined || field.name === name ? [] : [field.name])));
  const [label = name] = labels;
  return labels.size === 1 ? label : name;
}

const plainName = (name: string): string => name.replace(/ \(\d+\)$/, '');

/** A kind of frame as words have it. */
interface Kind {
  readonly type: string;
  readonly status: string | undefined;
}

const names = Object.values(Status).map(statusName);
const anyName = `"?(${names.toSorted((one, other) => other.length - one.length).join('|')})\\b"?`;
const frame = new RegExp(`\\b(RELAY|REQUEST|RESPONSE|DATA|CLOSE)\\b(?: ${anyName})?`);

function kindIn(text: string | undefined): Kind | undefined {
  const [, type, status] = frame.exec(text ?? '') ?? [];
  return type === undefined ? undefined : { type, status };
}

/** The status that an assertion has on one of its sides. */
const statusBy = (pattern: string, text: string): Kind | undefined => {
  const [, status] = new RegExp(pattern.replace('STATUS', `'(${names.join('|')})'`), 'm').exec(text) ?? [];
  return status === undefined ? undefined : { type: 'CLOSE', status };
};

interface Words {
  readonly expected: Kind | undefined;
  readonly received: Kind | undefined;
}

/** Such as `expected CLOSE "timeout", came DATA`, `'timeout' !== 'protocol error'`, and what the step says. */
function wordsOf({ step = '', reason = '' }: Failed): Words {
  const [, wanted, came] = /\bexpected (.*?)(?:(?:,|;| but)? (?:received|came|found) (.*))?$/m.exec(reason) ?? [];
  return {
    expected: kindIn(wanted) ?? statusBy('!== STATUS', reason) ?? statusBy('^- +STATUS', reason) ?? kindIn(step),
    received: kindIn(came) ?? statusBy('STATUS !==', reason) ?? statusBy('^\\+ +STATUS', reason),
  };
}

/** The frames of the implementation up to the failure: how it ends at SIGTERM afterwards is not what the step saw. */
function sentBefore(rungs: readonly Rung[], { tags, where }: Failed): Rung[] {
  const own = new Set(tags.flatMap((tag) => nodes[tag.replace('@iut:', '')] ?? []));
  const [, packet] = /^wire\.pcap: packet (\d+) of /m.exec(where.join('\n')) ?? [];
  const end = packet === undefined ? Number.POSITIVE_INFINITY : Number(packet);
  return rungs.filter((rung) => own.has(rung.from) && rung.octets !== undefined && rung.packet <= end);
}

/** The last that is what words say came; else the last of the type that had to come; else the last. */
function lastOf(sent: readonly Rung[], { expected, received }: Words): Rung | undefined {
  const last = (kind: Kind | undefined): Rung | undefined =>
    kind &&
    sent.findLast(({ octets = new Uint8Array() }) => {
      const { title, fields } = viewOf(octets);
      return (
        title === kind.type && (kind.status === undefined || fields.some(({ meaning }) => meaning === kind.status))
      );
    });
  const anyOf = (kind: Kind | undefined) => kind && { type: kind.type, status: undefined };
  return last(received) ?? last(anyOf(received)) ?? last(anyOf(expected)) ?? sent.at(-1);
}

/** As far as words tell: type, version and status. */
function partOf(kind: Kind | undefined): FrameView | undefined {
  const type = Object.entries(FrameType).find(([name]) => name === kind?.type)?.[1];
  if (kind === undefined || type === undefined) return undefined;
  const code = Object.values(Status).find((value) => statusName(value) === kind.status);
  const fields: Field[] = [
    { name: 'length', hex: '', meaning: 'any' },
    { name: 'type', hex: octet(type), meaning: kind.type },
    { name: 'version', hex: octet(protocolVersion), meaning: String(protocolVersion) },
  ];
  if (code !== undefined) fields.push({ name: 'status', hex: `00${octet(code)}`, meaning: statusName(code) });
  return { title: kind.type, fields };
}

const octet = (value: number): string => value.toString(16).padStart(2, '0');
