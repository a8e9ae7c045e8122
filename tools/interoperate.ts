/** `npm run interoperate`: an implementation and the reference against each other, with whole tunnels between two stacks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Nonconformance } from '../steps/support/lab/failure.ts';
import { type Declaration, loadDeclaration } from '../steps/support/peers/declaration.ts';
import { parseWords, statusOf, UsageError, wholeNumber } from './command-line.ts';
import { enclose, ended, obstacle } from './conformance/enclosure.ts';
import { exit } from './exit.ts';
import { casts, interoperate, nameOf } from './interoperate/pair.ts';

const help = `npm run interoperate -- [--mebibytes N] [IUT.json [OTHER.json]]

Each of two implementations as the initiator, with the other as its server: direct, and through a relay of either.
Pings of 56 and of 8,000 octets go both ways through the tunnel, and random octets by TCP, whose SHA-256 is compared.

  IUT.json       one of the two (default: examples/python/iut.json)
  OTHER.json     the other one (default: iut.json, the reference)
  --mebibytes N  by TCP, each way (default: 4)
  --help         prints this

Exit status: 0 everything arrived as it was sent, 1 something did not, 2 usage, 3 the laboratory failed.
`;

/** Tells the process inside the enclosure where logs go: a folder that outlives the enclosure. */
const inside = 'PNA_INTEROPERATION_INSIDE';
await exit(await statusOf('npm run interoperate --', main));

async function main(): Promise<number> {
  const { values, positionals } = parseWords({
    allowPositionals: true,
    options: { mebibytes: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [one = 'examples/python/iut.json', other = 'iut.json', ...more] = positionals;
  if (more.length > 0) throw new UsageError(`${more[0]}: at most two declarations are expected`);
  const mebibytes = wholeNumber('--mebibytes', values.mebibytes, 1, 65_536) ?? 4;
  const pair = [loadDeclaration(resolve(one)), loadDeclaration(resolve(other))] as const;
  const folder = process.env[inside];
  return folder === undefined ? outside() : report(pair, folder, mebibytes * 2 ** 20);
}

/** Runs this program in an enclosure. Logs stay if something failed. */
async function outside(): Promise<number> {
  const problem = obstacle();
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    return 3;
  }
  const folder = mkdtempSync(join(tmpdir(), 'pna-interoperate-'));
  const argv = [process.execPath, import.meta.filename, ...process.argv.slice(2)];
  const child = enclose(argv, { [inside]: folder });
  let interrupted = 0;
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => {
      interrupted = status;
      child.kill('SIGKILL');
    });
  const status = await ended(child);
  if (status === 0 || interrupted > 0) rmSync(folder, { recursive: true });
  return interrupted || status;
}

async function report(
  [one, other]: readonly [Declaration, Declaration],
  folder: string,
  octets: number,
): Promise<number> {
  let status = 0;
  for (const [index, cast] of casts(one, other).entries()) {
    const own = join(folder, String(index));
    try {
      const { transform, pings, took } = await interoperate(cast, own, octets);
      const rate = (2 * octets) / 2 ** 20 / (took / 1_000);
      const figures = `${transform}, ${pings} pings, SHA-256 equal both ways, ${rate.toFixed(1)} MiB/s`;
      process.stdout.write(`    ok  ${nameOf(cast)}: ${figures}\n`);
    } catch (error) {
      status = Math.max(status, error instanceof Nonconformance ? 1 : 3);
      process.stdout.write(`not ok  ${nameOf(cast)}: ${(error as Error).message}\n        logs are in ${own}\n`);
    }
  }
  return status;
}
