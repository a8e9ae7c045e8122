/** The configuration file of a tunnel client. */
import { z } from 'zod';
import { $schema, deterministic, keys, lifetime, oneKey, oneKeyError, timers } from './shared-keys.ts';
import {
  anyPrefix,
  count,
  flag,
  initiatorName,
  interfaceName,
  list,
  nodeName,
  publicKey,
  strict,
  suite,
  text,
  transforms,
} from './values.ts';

export const client = strict({
  $schema,
  role: z.literal('client', { error: 'is not "client": "pna client" wants "role": "client"' }),
  name: initiatorName,
  ...keys,
  path: list(nodeName, 'a list of 1 to 16 names, the tunnel server last')
    .min(1, 'is empty: name at least the tunnel server')
    .max(16, 'has more than 16 names: a tunnel path has 1 to 16')
    .describe('The tunnel path: relays in order, the tunnel server last.'),
  origin: nodeName.default('origin.invalid').describe('Travels in the clear on every hop.'),
  server: strict({ publicKey, suite: suite.prefault('hybrid') }).describe('The pinned key of the tunnel server.'),
  transforms,
  adapter: strict({
    name: interfaceName.default('pna0'),
    configure: z
      .enum(['dhcp', 'direct', 'none'], { error: 'is not "dhcp", "direct" or "none"' })
      .default('dhcp')
      .describe('dhcp: a DHCP client of this machine configures it; direct: the tunnel does; none: nobody does.'),
    dhcpClient: z
      .union([z.enum(['auto', 'none']), z.array(z.string()).min(1)], {
        error:
          'is not "auto", "none" or a list: a program and its arguments, such as ["udhcpc", "-f", "-i", "{device}"]',
      })
      .default('none')
      .describe('With "dhcp": the DHCP client to run on the adapter. none: the machine runs one by itself.'),
    dns: flag
      .default(true)
      .describe(
        'With "direct": whether systemd-resolved or resolvconf is told of the DNS servers that the server names.',
      ),
    mtu: count(1280, 65000).optional(),
    routes: flag.default(true).describe('Whether the tunnel installs the routes that the server names.'),
  }).prefault({}),
  accept: strict({
    prefixes: list(anyPrefix, 'a list of prefixes').prefault(['0.0.0.0/0', '::/0']),
    dns: flag.default(true),
    defaultRoute: flag.default(false),
    ipv6: flag.default(true),
  })
    .prefault({})
    .describe('What of the client data this machine accepts.'),
  lifetime,
  stateFolder: text('.{1,4095}', 'a folder that this client can write')
    .optional()
    .describe('A folder for what has to outlive a restart: the freshness of the last REQUEST.'),
  reconnect: flag.default(true).describe('Whether to connect again when a tunnel ends that the user did not end.'),
  timers,
  deterministic,
})
  .refine(oneKey, oneKeyError)
  .refine(({ adapter }) => adapter.dhcpClient === 'none' || adapter.configure === 'dhcp', {
    error: 'is for "configure": "dhcp" only: leave it out',
    path: ['adapter', 'dhcpClient'],
  });
