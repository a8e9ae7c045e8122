/** nebula: over UDP, with AES-256-GCM. */
import { run } from '../../steps/support/lab/programs/command.ts';
import type { Peer, Place, Side } from './place.ts';

function configurationOf(place: Place, side: Side): string {
  const { folder, port } = place;
  const lighthouse = `"${place.inner('server')}"`;
  const everything = '[{ port: any, proto: any, host: any }]';
  return `pki: { ca: ${folder}/ca.crt, cert: ${folder}/${side}.crt, key: ${folder}/${side}.key }
static_host_map: { ${lighthouse}: ["${place.outer('server')}:${port}"] }
lighthouse: { am_lighthouse: ${side === 'server'}, hosts: [${side === 'client' ? lighthouse : ''}] }
listen: { host: 0.0.0.0, port: ${port} }
cipher: aes
tun: { dev: nebula0 }
logging: { level: warning }
firewall: { outbound: ${everything}, inbound: ${everything} }
`;
}

const start = (place: Place, side: Side): void =>
  place.spawn(side, ['nebula', '-config', place.file(`${side}.yml`, configurationOf(place, side))]);

export const nebula: Peer = {
  name: 'nebula (UDP)',
  programs: ['nebula', 'nebula-cert'],
  packages: 'nebula',
  prepare: async (place) => {
    const at = (name: string): string => `${place.folder}/${name}`;
    const authority = ['-ca-crt', at('ca.crt'), '-ca-key', at('ca.key')];
    await run(['nebula-cert', 'ca', '-name', 'bench', '-out-crt', at('ca.crt'), '-out-key', at('ca.key')]);
    for (const side of ['server', 'client'] as const) {
      const out = ['-out-crt', at(`${side}.crt`), '-out-key', at(`${side}.key`)];
      await run(['nebula-cert', 'sign', ...authority, '-name', side, '-ip', `${place.inner(side)}/24`, ...out]);
    }
  },
  server: async (place) => {
    start(place, 'server');
    await place.listening('udp');
  },
  client: async (place) => start(place, 'client'),
};
