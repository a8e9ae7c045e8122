/** tinc in switch mode, over TCP alone. */
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { run } from '../../steps/support/lab/programs/command.ts';
import type { Peer, Place, Side } from './place.ts';

const device = 'tinc0';

function start(place: Place, side: Side): void {
  const folder = `${place.folder}/${side}`;
  place.spawn(side, ['tincd', '-c', folder, '-D', `--pidfile=${folder}.pid`]);
}

export const tinc: Peer = {
  name: 'tinc, TCP only',
  programs: ['tincd'],
  packages: 'tinc',
  prepare: async (place) => {
    const { folder, port } = place;
    for (const side of ['server', 'client'] as const) {
      mkdirSync(`${folder}/${side}/hosts`, { recursive: true });
      const connect = side === 'client' ? 'ConnectTo = server\n' : '';
      const common = `AddressFamily = ipv4\nInterface = ${device}\nMode = switch\nTCPOnly = yes\n`;
      place.file(`${side}/tinc.conf`, `Name = ${side}\n${common}${connect}`);
      chmodSync(place.file(`${side}/tinc-up`, '#!/bin/sh\n'), 0o700);
      place.file(`${side}/hosts/${side}`, `Address = ${place.outer(side)} ${port}\nPort = ${port}\nTCPOnly = yes\n`);
      await run(['tincd', '-c', `${folder}/${side}`, '-K2048'], { input: '\n\n' });
    }
    copyFileSync(`${folder}/client/hosts/client`, `${folder}/server/hosts/client`);
    copyFileSync(`${folder}/server/hosts/server`, `${folder}/client/hosts/server`);
  },
  server: async (place) => {
    start(place, 'server');
    await place.listening('tcp');
    await place.addressOn('server', device);
  },
  client: async (place) => {
    start(place, 'client');
    await place.addressOn('client', device);
  },
};
