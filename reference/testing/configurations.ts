/** The smallest configuration file of each role, and what is wrong with another. */
import { ConfigurationError, parseConfig } from '../tunnel/config/config.ts';
import type { Role } from '../tunnel/config/schemas.ts';

/** 32 octets of 1. */
export const key = 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=';

export const client = {
  role: 'client',
  name: 'alice',
  privateKey: key,
  path: ['relay-b.test', 'server.test:3265'],
  server: { publicKey: key, suite: 'x25519' },
};
export const server = {
  role: 'server',
  names: ['server.test'],
  privateKey: key,
  initiators: [{ name: 'alice', publicKey: key }],
  adapter: { address: '10.8.0.1/24' },
  clientData: { pool: '10.8.0.10-10.8.0.99' },
};
export const relay = { role: 'relay', names: ['relay-b.test'], allow: [{ name: 'server.test' }] };

/** What is wrong with a file, line by line. The file is `/etc/pna/ROLE.json`. */
export function faultsOf(role: Role, file: object, environment = {}): string[] {
  try {
    parseConfig(role, JSON.stringify(file), `/etc/pna/${role}.json`, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
}
