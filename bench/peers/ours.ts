/** The reference, with AES-256-GCM, over one of its data paths. */
import { virtualLan } from '../../steps/support/lab/networks/virtual-lan.ts';
import { clientConfiguration, merge, serverConfiguration } from '../../steps/support/peers/configuration.ts';
import { initiatorEntries } from '../many.ts';
import type { Peer, Place } from './place.ts';

interface OurOptions {
  /** What DATA frames may have besides lone datagrams; by default what the reference wants. */
  readonly dataOptions?: readonly string[];
  /** Whether the server has a second tunnel, which has all options: the local stack leaves work for that one's sake. */
  readonly beside?: boolean;
}

/** Bits 0, 1 and 3. */
const allOptions = 0x000b;
/** Milliseconds for the second tunnel. */
const patience = 20_000;

/** A pair of processes of it. @param mtu of both adapters, in octets */
export function ours(
  dataPath: 'fast' | 'readable',
  mtu: number,
  { dataOptions, beside = false }: OurOptions = {},
): Peer {
  const both = { transforms: ['aes256gcm'], dataPath };
  const own = dataOptions === undefined ? {} : { dataOptions };
  const words = dataOptions?.length === 0 ? ['no options'] : (dataOptions ?? []);
  return {
    name: ['pna', dataPath, `MTU ${mtu}`, ...words, ...(beside ? ['beside one with all'] : [])].join(', '),
    programs: [],
    packages: '',
    address: virtualLan.serverAddress,
    server: async ({ bench }) => {
      const base = serverConfiguration(bench.declaration, { ...both, adapter: { mtu }, ...(beside ? {} : own) });
      await bench.start('server', 'server', beside ? withAnother(base) : base);
    },
    client: async ({ bench }) => {
      if (beside) await startAnother(bench);
      await bench.start('client', 'client', clientConfiguration(bench.declaration, { ...both, ...own }));
    },
  };
}

type Configuration = ReturnType<typeof serverConfiguration>;

function withAnother(base: Configuration): Configuration {
  const { initiators } = base as { readonly initiators: readonly Configuration[] };
  return merge(base, { initiators: [...initiators, ...(initiatorEntries(1, ['x25519']) as readonly Configuration[])] });
}

async function startAnother(bench: Place['bench']): Promise<void> {
  const process = bench.process('client', 'initiators.ts', bench.lab.address('server'));
  process.command({ first: 0, count: 1, abreast: 1, suite: 'x25519', dataOptions: allOptions });
  await process.event('done', patience);
}
