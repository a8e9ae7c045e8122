/** OpenSSH's own tunnel device, with AES-256-GCM. */
import { mkdirSync, readFileSync } from 'node:fs';
import { run } from '../../steps/support/lab/programs/command.ts';
import type { Peer } from './place.ts';

export const ssh: Peer = {
  name: 'ssh -w',
  programs: ['ssh', 'sshd', 'ssh-keygen'],
  packages: 'openssh-client openssh-server',
  prepare: async (place) => {
    const { folder, port } = place;
    for (const name of ['host', 'user'])
      await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', `${folder}/${name}`]);
    const authorized = place.file('authorized', readFileSync(`${folder}/user.pub`, 'utf8'));
    place.file(
      'sshd_config',
      `Port ${port}
ListenAddress ${place.outer('server')}
HostKey ${folder}/host
AuthorizedKeysFile ${authorized}
StrictModes no
PermitRootLogin yes
PermitTunnel yes
UsePAM no
PidFile none
`,
    );
    mkdirSync('/run/sshd', { recursive: true });
  },
  server: async (place) => {
    place.spawn('server', ['/usr/sbin/sshd', '-D', '-f', `${place.folder}/sshd_config`]);
    await place.listening('tcp');
  },
  client: async (place) => {
    const { folder, port } = place;
    const trust = ['-F', 'none', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
    const tunnel = ['-o', 'Tunnel=point-to-point', '-w', '0:0', '-N', '-c', 'aes256-gcm@openssh.com'];
    const to = ['-p', String(port), '-i', `${folder}/user`, `root@${place.outer('server')}`];
    place.spawn('client', ['ssh', ...trust, ...tunnel, ...to]);
    await place.addressOn('client', 'tun0');
    await place.addressOn('server', 'tun0');
  },
};
