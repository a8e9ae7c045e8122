/** The reference, with AES-256-GCM, over one of its data paths. */
import { virtualLan } from '../../steps/support/lab/virtual-lan.ts';
import { clientConfiguration, serverConfiguration } from '../../steps/support/peers/configuration.ts';
import type { Peer } from './place.ts';

/** @param bundles whether datagrams that wait together share frames */
export function ours(dataPath: 'fast' | 'readable', mtu: number, bundles = false): Peer {
  const both = { transforms: ['aes256gcm'], dataPath, dataOptions: bundles ? ['bundle'] : [] };
  return {
    name: `pna, ${dataPath}, MTU ${mtu}${bundles ? ', bundles' : ''}`,
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
