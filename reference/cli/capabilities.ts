/** What this implementation can do beyond the minimum of each role; `--require` asks for some of it. */
import type { Role } from '../tunnel/config/schemas.ts';
import { Suite, Transform } from '../wire/identifiers.ts';

const always = ['timers', 'keylog', 'trace'];
const endPoint = [
  ...Object.keys(Suite),
  ...Object.keys(Transform),
  ...always,
  'adapter',
  'arp',
  'ipv6',
  'routes',
  'lifetimes',
  'deterministic',
  'bundles',
  'offload',
];

const capabilities: Readonly<Record<Role, readonly string[]>> = {
  client: [...endPoint, 'dhcp', 'reconnect', 'lockdown'],
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
