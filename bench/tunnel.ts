/** One TCP connection of 64 MiB over the bare wire and through a tunnel, in turn: Gbit/s, and the ratio. */
import { Transform, type TransformName } from '../reference/wire/identifiers.ts';
import { virtualLan } from '../steps/support/lab/networks/virtual-lan.ts';
import { transfer } from '../steps/support/lab/packets/traffic.ts';
import { clientConfiguration, serverConfiguration } from '../steps/support/peers/configuration.ts';
import { median, say } from './figures.ts';
import { Bench } from './laboratory.ts';

const octets = 64 * 2 ** 20;
const rounds = 5;

say(`${process.version}; one TCP connection of 64 MiB, client to server, median of ${rounds}; MTU ${virtualLan.mtu}`);
for (const transform of Object.keys(Transform) as TransformName[]) {
  await using bench = await Bench.create();
  const { lab, declaration } = bench;
  await bench.start('server', 'server', serverConfiguration(declaration, { transforms: [transform] }));
  const client = await bench.start('client', 'client', clientConfiguration(declaration, { transforms: [transform] }));
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
  say(`${transform.padEnd(24)}${figures}`);
}
