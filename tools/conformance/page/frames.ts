/** Two frames beside each other: field by field, octet by octet, with what differs marked. */
import type { Comparison, Row } from './comparison.ts';
import type { Field } from './frame-view.ts';
import { type Html, html } from './html.ts';

/** Octets in a line. */
const width = 8;
const titles = { judged: 'Received', last: 'Came last', 'last of its type': 'Last of its type' } as const;
/** Lines of a field; of a longer one those from its first difference on. */
const mostLines = 16;

/** A table of the report, or nothing if there are no frames to compare. */
export function framesOf(found: Comparison | undefined): Html | undefined {
  if (found === undefined) return undefined;
  const { expected, received = 'nothing', choice, packet, rows } = found;
  const came = `${titles[choice]}: ${received}${packet === undefined ? '' : `, packet ${packet}`}`;
  const wanted = `Expected: ${expected}`;
  return html`<h3>The frames</h3><div class="wide" tabindex="0" role="group" aria-label="Expected and received frame"><table class="frames">
<thead><tr><th scope="col">Field</th><th scope="col">${wanted}</th><th scope="col">${came}</th></tr></thead><tbody>${rows.map((row) => rowOf(row, wanted, came))}</tbody></table></div>`;
}

function rowOf({ name, expected, received, differs }: Row, wanted: string, came: string): Html {
  const from = differs ? firstLine(expected?.hex ?? '', received?.hex ?? '') : 0;
  const cell = (field: Field | undefined, other: Field | undefined): Html | undefined =>
    field && html`${octetsOf(field.hex, differs ? (other?.hex ?? '') : undefined, from)}<span>${field.meaning}</span>`;
  return html`<tr${differs && html` class="differs"`}><th scope="row">${name}${differs && ' ≠'}</th><td data-side="${wanted}">${cell(expected, received)}</td><td data-side="${came}">${cell(received, expected)}</td></tr>`;
}

/** That in which two fields first differ, if they are too long to be shown whole. */
function firstLine(one: string, other: string): number {
  const lines = Math.ceil(Math.max(one.length, other.length) / 2 / width);
  if (lines <= mostLines) return 0;
  const at = [...one].findIndex((digit, index) => digit !== other[index]);
  const line = Math.floor((at < 0 ? Math.min(one.length, other.length) : at) / 2 / width);
  return Math.min(line, lines - mostLines);
}

/** @param other the same field of the other frame; undefined if nothing is to be marked @param from its first line */
function octetsOf(hex: string, other: string | undefined, from: number): Html {
  const octets = pairs(hex);
  const others = other === undefined ? undefined : pairs(other);
  const lines: Html[] = [];
  const end = Math.min(octets.length, (from + mostLines) * width);
  for (let start = from * width; start < end; start += width) {
    const line = octets.slice(start, Math.min(start + width, end));
    const place = octets.length > width && html`<span class="soft">${start.toString(16).padStart(4, '0')} </span>`;
    lines.push(html`${start > from * width && '\n'}${place}${marked(line, others?.slice(start, start + width))}`);
  }
  const before = from > 0 && html`<span class="soft">… ${from * width} octets before\n</span>`;
  const after = octets.length > end && html`<span class="soft">\n… ${octets.length - end} octets more</span>`;
  return html`<code>${before}${lines}${after}</code>`;
}

/** Octets in hexadecimal with a space between two, those in a mark that differ from the ones at the same place. */
function marked(octets: readonly string[], others: readonly string[] | undefined): Html[] {
  const differs = (at: number): boolean => others !== undefined && octets[at] !== others[at];
  const parts: Html[] = [];
  for (let start = 0; start < octets.length; ) {
    let end = start + 1;
    while (end < octets.length && differs(end) === differs(start)) end += 1;
    const text = octets.slice(start, end).join(' ');
    parts.push(html`${start > 0 && ' '}${differs(start) ? html`<mark>${text}</mark>` : text}`);
    start = end;
  }
  return parts;
}

const pairs = (hex: string): string[] => hex.match(/../g) ?? [];
