/** What this implementation can do beyond the minimum of each role; `--require` asks for some of it. */
import type { Role } from '../tunnel/config/schemas.ts';

const suites = ['x25519', 'hybrid'];
const transforms = ['aes256gcm', 'chacha20poly1305', 'aes256ctr-hmacsha256', 'aes256cbc-hmacsha256'];
const always = ['timers', 'keylog', 'trace'];
const endPoint = [
  ...suites,
  ...transforms,
  ...always,
  'adapter',
  'arp',
  'ipv6',
  'routes',
  'lifetimes',
  'deterministic',
];

export const capabilities: Readonly<Record<Role, readonly string[]>> = {
  client: [...endPoint, 'dhcp', 'reconnect'],
  server: [...endPoint, 'limits', 'client-to-client', 'groups'],
  relay: [...always, 'limits', 'services'],
};

/** The first of a comma-separated list that a role lacks. */
export function lacking(role: Role, list: string): string | undefined {
  return list
    .split(',')
    .map((name) => name.trim())
    .find((name) => name !== '' && !capabilities[role].includes(name));
}
