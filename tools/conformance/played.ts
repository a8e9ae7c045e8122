/** Which vectors a run sent to the implementation under test, by role, beside those that it ought to have sent. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '../../steps/support/peers/declaration.ts';
import { type Played, playedFile } from '../../steps/support/played.ts';
import { load, type Vector } from '../../vectors/load.ts';
import { exceptions, receivers } from './receivers.ts';

/** What became of the vectors of a file. */
interface Row {
  readonly subject: string;
  readonly vectors: number;
  readonly sent: Readonly<Record<Role, number>>;
  /** Sent to nobody, and why that is so. */
  readonly nowhere: number;
  /** `client: tcId 3: comment`, of those that ought to have been sent to a role and were not. */
  readonly missing: readonly string[];
}

const roles: readonly Role[] = ['client', 'server', 'relay'];

/** @param folder of the run */
export function readPlayed(folder: string): readonly Played[] {
  const file = join(folder, playedFile);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Played);
}

/** Roles that the table has this vector sent to. */
function receiversOf(subject: string, type: string, vector: Vector): readonly Role[] {
  const wanted = receivers[subject]?.[type]?.roles ?? [];
  const excused = exceptions.filter((one) => one.subject === subject && one.type === type && one.which(vector));
  return wanted.filter((role) => !excused.some((one) => one.roles.includes(role)));
}

/** A line for each file of vectors. */
export function tableOf(lines: readonly Played[]): readonly Row[] {
  return Object.keys(receivers).map((subject) => {
    const sent = (role: Role): ReadonlySet<number> =>
      new Set(lines.filter((line) => line.subject === subject && line.role === role).flatMap(({ tcIds }) => tcIds));
    const by = { client: sent('client'), server: sent('server'), relay: sent('relay') };
    const all = load(subject).flatMap(({ type, tests }) => tests.map((vector) => ({ type, vector })));
    const missing = all.flatMap(({ type, vector }) =>
      receiversOf(subject, type, vector)
        .filter((role) => !by[role].has(vector.tcId))
        .map((role) => `${subject}.json, ${role}: tcId ${vector.tcId}: ${vector.comment}`),
    );
    return {
      subject,
      vectors: all.length,
      sent: { client: by.client.size, server: by.server.size, relay: by.relay.size },
      nowhere: all.filter(({ vector }) => !roles.some((role) => by[role].has(vector.tcId))).length,
      missing,
    };
  });
}

/** Vectors that ought to have been sent, and were not: a line for each. */
export const unsentVectors = (lines: readonly Played[]): readonly string[] =>
  tableOf(lines).flatMap(({ missing }) => missing.map((text) => `not sent: ${text}`));

/** The same as text. */
export function playedText(rows: readonly Row[]): string {
  const total = (of: (row: Row) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  const cells = (name: string, of: (pick: (row: Row) => number) => number): string =>
    [
      name.padEnd(34),
      ...[
        of(({ vectors }) => vectors),
        ...roles.map((role) => of(({ sent }) => sent[role])),
        of(({ nowhere }) => nowhere),
        of(({ missing }) => missing.length),
      ].map((number) => String(number).padStart(9)),
    ].join('');
  const head = ['vectors', ...roles, 'nowhere', 'missing'].map((word) => word.padStart(9)).join('');
  return [
    `${'sent to'.padEnd(34)}${head}`,
    ...rows.map((row) => cells(row.subject, (pick) => pick(row))),
    cells('all', total),
  ].join('\n');
}

/** Why vectors are not sent to a role that could get octets: a line for each reason. */
export function reasonsText(): string {
  const never = Object.entries(receivers).flatMap(([subject, types]) =>
    Object.entries(types).flatMap(([type, { roles: wanted, why }]) =>
      why === undefined ? [] : [`${subject}, ${type}: ${wanted.length === 0 ? 'nobody' : wanted.join(', ')}: ${why}`],
    ),
  );
  const some = exceptions.map(
    ({ subject, type, which, roles: left, why }) =>
      `${subject}, ${type}: not ${left.join(', ')}, ${countOf(subject, type, which)} vectors: ${why}`,
  );
  return [...never, ...some].join('\n');
}

/** How many vectors an exception is about. */
export function countOf(subject: string, type: string, which: (vector: Vector) => boolean): number {
  return load(subject)
    .filter((group) => group.type === type)
    .flatMap(({ tests }) => tests.filter(which)).length;
}
