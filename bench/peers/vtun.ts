/** vtun: Ethernet over TCP, AES-128 in CBC mode. */
import { run } from '../../steps/support/lab/programs/command.ts';
import type { Peer } from './place.ts';

export const vtun: Peer = {
  name: 'vtun',
  programs: ['vtund'],
  packages: 'vtun',
  prepare: async (place) => {
    place.file(
      'vtund.conf',
      `options { port ${place.port}; timeout 30; }
default { compress no; speed 0; }
bench { passwd secret; type ether; proto tcp; encrypt aes128cbc; keepalive yes; stat no; device tap0; up { }; down { }; }
`,
    );
    // It ends when it writes to a device that is down: so the devices are there before it.
    for (const side of ['server', 'client'] as const) {
      await run(['ip', 'tuntap', 'add', 'dev', 'tap0', 'mode', 'tap'], { namespace: place.namespace(side) });
      await place.addressOn(side, 'tap0');
    }
  },
  server: async (place) => {
    const { folder, port } = place;
    place.spawn('server', ['vtund', '-n', '-s', '-f', `${folder}/vtund.conf`, '-P', String(port)]);
    await place.listening('tcp');
  },
  client: async (place) => {
    const { folder, port } = place;
    const words = ['-f', `${folder}/vtund.conf`, '-P', String(port), 'bench', place.outer('server')];
    place.spawn('client', ['vtund', '-n', ...words]);
  },
};
