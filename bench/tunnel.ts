/** One TCP connection of 64 MiB over the bare wire and through a tunnel, in turn: Gbit/s, and the ratio. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Transform, type TransformName } from '../reference/wire/identifiers.ts';
import { Lab } from '../steps/shared/lab/namespace.ts';
import { transfer } from '../steps/shared/lab/traffic.ts';
import {
  clientConfiguration,
  type Json,
  serverConfiguration,
  virtualLan,
} from '../steps/shared/peers/configuration.ts';
import { loadDeclaration, type Role } from '../steps/shared/peers/declaration.ts';
import { Iut } from '../steps/shared/peers/iut.ts';
import { median } from './median.ts';

const octets = 64 * 2 ** 20;
const rounds = 5;

const declaration = loadDeclaration(resolve(import.meta.dirname, '../iut.json'));
const folder = mkdtempSync(join(tmpdir(), 'bench-'));

process.stdout.write(
  `${process.version}; one TCP connection of 64 MiB, client to server, median of ${rounds}; MTU ${virtualLan.mtu}\n`,
);
for (const transform of Object.keys(Transform) as TransformName[]) {
  await using lab = await Lab.create();
  const start = async (role: Role, node: 'client' | 'server', configuration: Json): Promise<Iut> => {
    const namespace = lab.namespace(node);
    const iut = await Iut.start({ declaration, role, namespace, configuration, folder: join(folder, transform, node) });
    await iut.ready();
    return iut;
  };
  await using _server = await start('server', 'server', serverConfiguration(declaration, { transforms: [transform] }));
  await using client = await start('client', 'client', clientConfiguration(declaration, { transforms: [transform] }));
  await client.event('adapter');
  const gigabits = async (address: string): Promise<number> => {
    const begun = performance.now();
    const [from, to] = [lab.namespace('client'), lab.namespace('server')];
    const { sent, arrived } = await transfer({ from, to, address, octets, milliseconds: 120_000 });
    if (sent !== arrived) throw new Error('what arrived is not what was sent');
    return (octets * 8) / (performance.now() - begun) / 1e6;
  };
  const wire: number[] = [];
  const tunnel: number[] = [];
  for (let round = 0; round < rounds; round++) {
    wire.push(await gigabits(lab.address('server')));
    tunnel.push(await gigabits(virtualLan.serverAddress));
  }
  const ratio = median(tunnel.map((value, round) => value / wire[round]!));
  const figures = `wire ${median(wire).toFixed(2)}  tunnel ${median(tunnel).toFixed(2)} Gbit/s  ratio ${ratio.toFixed(3)}`;
  process.stdout.write(`${transform.padEnd(24)}${figures}\n`);
}
