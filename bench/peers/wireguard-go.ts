/** WireGuard in user space: over UDP, with ChaCha20-Poly1305. */
import { readFileSync } from 'node:fs';
import { run } from '../../steps/support/lab/programs/command.ts';
import type { Peer, Place, Side } from './place.ts';

/** One for each side: its socket in the file system has this name, too. */
const deviceOf = (side: Side): string => `wg-${side}`;

const keyFile = ({ folder }: Place, side: Side): string => `${folder}/${side}.key`;

async function start(place: Place, side: Side): Promise<void> {
  const device = deviceOf(side);
  // The kernel's own would be the better choice, which it says, and refuses without this.
  place.spawn(side, ['wireguard-go', '-f', device], { WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD: '1' });
  await place.succeeds(side, ['wg', 'show', device]);
  const other = side === 'server' ? 'client' : 'server';
  const key = (await run(['wg', 'pubkey'], { input: readFileSync(keyFile(place, other), 'utf8') })).trim();
  const own = ['listen-port', String(place.port), 'private-key', keyFile(place, side)];
  const endpoint = `${place.outer(other)}:${place.port}`;
  const peer = ['peer', key, 'endpoint', endpoint, 'allowed-ips', '0.0.0.0/0'];
  await run(['wg', 'set', device, ...own, ...peer], { namespace: place.namespace(side) });
  await place.addressOn(side, device);
}

export const wireguardGo: Peer = {
  name: 'wireguard-go (UDP)',
  programs: ['wireguard-go', 'wg'],
  packages: 'wireguard-go wireguard-tools',
  prepare: async (place) => {
    for (const side of ['server', 'client'] as const) place.file(`${side}.key`, await run(['wg', 'genkey']));
  },
  server: (place) => start(place, 'server'),
  client: (place) => start(place, 'client'),
};
