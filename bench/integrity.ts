/**
 * Gigabytes over one TCP connection through a tunnel, under each transform and each way, with SHA-256 at both ends. With the
 * first of the transforms also where one end or none wants options of DATA.
 */
import { Transform, type TransformName } from '../reference/wire/identifiers.ts';
import { virtualLan } from '../steps/support/lab/networks/virtual-lan.ts';
import { transfer } from '../steps/support/lab/packets/traffic.ts';
import { clientConfiguration, type Overrides, serverConfiguration } from '../steps/support/peers/configuration.ts';
import { heading, say } from './figures.ts';
import { Bench } from './laboratory.ts';
import { options } from './options.ts';

const octets = options.gigabytes * 1e9;
/** Milliseconds for one transfer. */
const patience = 3_600_000;

interface Case {
  readonly name: string;
  readonly transform: TransformName;
  /** Keys of each end's configuration. */
  readonly client?: Overrides;
  readonly server?: Overrides;
}

const none = { dataOptions: [] };
const transforms = Object.keys(Transform) as TransformName[];
const cases: readonly Case[] = [
  ...transforms.map((transform) => ({ name: transform, transform })),
  ...transforms.slice(0, 1).flatMap((transform) => [
    { name: `${transform}, options at the client alone`, transform, server: none },
    { name: `${transform}, options at the server alone`, transform, client: none },
    { name: `${transform}, no options`, transform, client: none, server: none },
  ]),
];
const isMeant = ({ name }: Case): boolean => options.only.every((word) => name.includes(word));

heading(`${options.gigabytes} GB under each transform, each way`);
for (const { name, transform, client: ofClient, server: ofServer } of cases.filter(isMeant)) {
  await using bench = await Bench.create();
  const { lab, declaration } = bench;
  const both = { transforms: [transform] };
  await bench.start('server', 'server', serverConfiguration(declaration, { ...both, ...ofServer }));
  const client = await bench.start('client', 'client', clientConfiguration(declaration, { ...both, ...ofClient }));
  await client.event('adapter');
  const ends = [
    { to: 'server', from: 'client', address: virtualLan.serverAddress },
    { to: 'client', from: 'server', address: virtualLan.clientAddress },
  ] as const;
  for (const { from, to, address } of ends) {
    const begun = performance.now();
    const way = { from: lab.namespace(from), to: lab.namespace(to), address };
    const { octets: count, sent, arrived } = await transfer({ ...way, octets, milliseconds: patience });
    const seconds = (performance.now() - begun) / 1_000;
    const isEqual = count === octets && sent === arrived;
    say(
      `${name.padEnd(44)}to the ${to}  ${seconds.toFixed(1).padStart(7)} s  ${sent}  ${isEqual ? 'equal' : 'NOT EQUAL'}`,
    );
    if (!isEqual) process.exitCode = 1;
  }
}
