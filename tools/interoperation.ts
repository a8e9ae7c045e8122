/** `npm run interoperate`: an implementation and the reference against each other, with whole tunnels between two stacks. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Nonconformance } from '../steps/support/lab/failure.ts';
import { loadDeclaration } from '../steps/support/peers/declaration.ts';
import { enclose, ended, obstacle } from './conformance/enclosure.ts';
import { exit } from './exit.ts';
import { casts, interoperate, nameOf } from './interoperation/pair.ts';

const help = `npm run interoperate -- [--mebibytes N] [IUT.json [OTHER.json]]

Each of two implementations as the initiator, with the other as its server: direct, and through a relay of either.
Pings of 56 and of 8,000 octets go both ways through the tunnel, and random octets by TCP, whose SHA-256 is compared.

  IUT.json       one of the two (default: examples/python/iut.json)
  OTHER.json     the other one (default: iut.json, the reference)
  --mebibytes N  by TCP, each way (default: 4)

Exit status: 0 everything arrived as it was sent, 1 something did not, 2 usage, 3 the laboratory failed.
`;

const inside = 'PNA_INTEROPERATION_INSIDE';
await exit(await main());

async function main(): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse();
    if (parsed.positionals.length > 2) throw new Error('at most two declarations are expected');
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nnpm run interoperate -- --help tells the options\n`);
    return 2;
  }
  if (parsed.values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (process.env[inside] === undefined) {
    const problem = obstacle();
    if (problem === undefined)
      return ended(enclose([process.execPath, import.meta.filename, ...process.argv.slice(2)], { [inside]: '1' }));
    process.stderr.write(`${problem}\n`);
    return 3;
  }
  const [one = 'examples/python/iut.json', other = 'iut.json'] = parsed.positionals;
  return report(one, other, Number(parsed.values.mebibytes) * 2 ** 20);
}

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: { mebibytes: { type: 'string', default: '4' }, help: { type: 'boolean', short: 'h' } },
  });
}

async function report(one: string, other: string, octets: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'pna-interoperation-'));
  let status = 0;
  for (const [index, cast] of casts(loadDeclaration(resolve(one)), loadDeclaration(resolve(other))).entries()) {
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
