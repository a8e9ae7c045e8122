/** Charts as SVG: one file for a light and a dark page. */

/** Points of one line, in ascending order of x. */
interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Bars, one for each name; or lines over two logarithmic axes, where what grows in proportion has a slope of 1. */
export type Chart =
  | { readonly kind: 'bars'; readonly title: string; readonly bars: readonly (readonly [string, number])[] }
  | {
      readonly kind: 'lines';
      readonly title: string;
      readonly xTitle: string;
      readonly series: readonly Series[];
    };

const width = 640;
const style = `<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; }
  .axis { stroke: #8c959f; }
  .c0 { stroke: #0969da; fill: #0969da; } .c1 { stroke: #bc4c00; fill: #bc4c00; }
  .c2 { stroke: #1a7f37; fill: #1a7f37; } .c3 { stroke: #8250df; fill: #8250df; }
  .line { fill: none; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .c0 { stroke: #58a6ff; fill: #58a6ff; } .c1 { stroke: #f0883e; fill: #f0883e; }
    .c2 { stroke: #3fb950; fill: #3fb950; } .c3 { stroke: #bc8cff; fill: #bc8cff; }
  }
</style>`;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const short = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(2)));

const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${more}>${escaped(words)}</text>`;

function svg(height: number, title: string, parts: readonly string[]): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`;
  return `${[head, style, text(8, 20, title, ' class="title"'), ...parts].join('\n')}\n</svg>\n`;
}

/** @returns the whole file */
export function svgOf(chart: Chart): string {
  return chart.kind === 'bars' ? barsOf(chart) : linesOf(chart);
}

function barsOf({ title, bars }: Extract<Chart, { kind: 'bars' }>): string {
  const [left, right, row] = [190, 70, 26];
  const largest = Math.max(...bars.map(([, value]) => value));
  const parts = bars.flatMap(([name, value], index) => {
    const y = 34 + index * row;
    const length = Math.max(1, (value / largest) * (width - left - right));
    const end = ' text-anchor="end"';
    const bar = `<rect class="c0" x="${left}" y="${y}" width="${length.toFixed(1)}" height="${row - 8}"/>`;
    return [text(left - 8, y + 14, name, end), bar, text(left + length + 6, y + 14, short(value))];
  });
  return svg(44 + bars.length * row, title, parts);
}

function linesOf({ title, xTitle, series }: Extract<Chart, { kind: 'lines' }>): string {
  const [left, right, top, bottom, height] = [60, 130, 40, 50, 320];
  const points = series.flatMap((line) => line.points);
  const logOf = (x: number): number => Math.log10(Math.max(x, 1e-3));
  const xs = [...new Set(points.map(([x]) => x))].sort((one, other) => one - other);
  const [least, greatest] = [logOf(xs[0] ?? 1), logOf(xs.at(-1) ?? 10)];
  const ys = points.map(([, y]) => y);
  const [lowest, highest] = [Math.floor(logOf(Math.min(...ys))), Math.ceil(logOf(Math.max(...ys)))];
  const xAt = (x: number): number => left + ((logOf(x) - least) / (greatest - least || 1)) * (width - left - right);
  const yAt = (y: number): number =>
    height - bottom - ((logOf(y) - lowest) / (highest - lowest || 1)) * (height - top - bottom);
  const base = height - bottom;
  const axes = `<path class="axis" fill="none" d="M${left} ${top}V${base}H${width - right}"/>`;
  const marks = xs.map((x) => text(xAt(x), base + 18, short(x), ' text-anchor="middle"'));
  const decades = Array.from({ length: highest - lowest + 1 }, (_, index) => 10 ** (lowest + index));
  const levels = decades.map((y) => text(left - 8, yAt(y) + 4, short(y), ' text-anchor="end"'));
  const lines = series.flatMap(({ name, points: own }, index) => {
    const path = own.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${xAt(x).toFixed(1)} ${yAt(y).toFixed(1)}`).join('');
    const [, last = 0] = own.at(-1) ?? [];
    const dots = own.map(
      ([x, y]) => `<circle class="c${index}" r="3" cx="${xAt(x).toFixed(1)}" cy="${yAt(y).toFixed(1)}"/>`,
    );
    return [
      `<path class="line c${index}" style="fill:none" d="${path}"/>`,
      ...dots,
      text(width - right + 8, yAt(last) + 4, name),
    ];
  });
  return svg(height, title, [axes, ...marks, ...levels, ...lines, text(left, height - 10, xTitle)]);
}
