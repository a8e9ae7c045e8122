/** The reference, with AES-256-GCM, over one of its data paths. */
import { virtualLan } from '../../steps/support/lab/virtual-lan.ts';
import { clientConfiguration, serverConfiguration } from '../../steps/support/peers/configuration.ts';
import type { Peer } from './place.ts';

/** @param dataOptions what DATA frames may have besides lone datagrams */
export function ours(dataPath: 'fast' | 'readable', mtu: number, dataOptions: readonly string[] = []): Peer {
  const both = { transforms: ['aes256gcm'], dataPath, dataOptions };
  return {
    name: ['pna', dataPath, `MTU ${mtu}`, ...dataOptions].join(', '),
    programs: [],
    packages: '',
    address: virtualLan.serverAddress,
    server: async ({ bench }) => {
      const configuration = serverConfiguration(bench.declaration, { ...both, adapter: { mtu } });
      await bench.start('server', 'server', configuration);
    },
    client: async ({ bench }) => {
      await bench.start('client', 'client', clientConfiguration(bench.declaration, both));
    },
  };
}
