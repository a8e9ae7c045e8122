/** OpenVPN over TCP with AES-256-GCM: as it is installed, and at the MTU that suits it best. */
import { join } from 'node:path';
import { run } from '../../steps/support/lab/programs/command.ts';
import type { Peer, Place, Side } from './place.ts';

const otherSide: Readonly<Record<Side, Side>> = { client: 'server', server: 'client' };

async function certificates({ folder }: Place): Promise<void> {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  for (const name of Object.keys(otherSide)) {
    const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)];
    await run(['openssl', 'req', '-x509', ...curve, '-subj', `/CN=${name}`, ...files]);
  }
}

async function fingerprint({ folder }: Place, side: Side): Promise<string> {
  const text = await run(['openssl', 'x509', '-in', join(folder, `${side}.crt`), '-noout', '-fingerprint', '-sha256']);
  return text.trim().replace(/^.*=/, '');
}

async function start(place: Place, side: Side, options: readonly string[]): Promise<void> {
  const { folder, port } = place;
  const other = otherSide[side];
  const identity = ['--cert', join(folder, `${side}.crt`), '--key', join(folder, `${side}.key`)];
  const peer = ['--peer-fingerprint', await fingerprint(place, other)];
  const addresses = ['--ifconfig', place.inner(side), place.inner(other)];
  const data = ['--dev', 'tun', '--data-ciphers', 'AES-256-GCM', '--port', String(port)];
  const role =
    side === 'server'
      ? ['--tls-server', '--dh', 'none', '--proto', 'tcp-server']
      : ['--tls-client', '--proto', 'tcp-client', '--remote', place.outer('server')];
  place.spawn(side, ['openvpn', ...role, ...identity, ...peer, ...addresses, ...data, ...options]);
}

function openvpn(name: string, ...options: readonly string[]): Peer {
  return {
    name,
    programs: ['openvpn', 'openssl'],
    packages: 'openvpn openssl',
    prepare: certificates,
    server: async (place) => {
      await start(place, 'server', options);
      await place.listening('tcp');
    },
    client: (place) => start(place, 'client', options),
  };
}

export const openvpnInstalled = openvpn('OpenVPN, as installed');
/** Its largest MTU is no better. */
export const openvpnBest = openvpn(
  'OpenVPN, MTU 48000',
  ...['--tun-mtu', '48000', '--mssfix', '0', '--socket-flags', 'TCP_NODELAY'],
);
