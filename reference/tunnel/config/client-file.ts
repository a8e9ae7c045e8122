/** The configuration file of a tunnel client. */
import * as v from 'valibot';
import { described, inspect, strict } from './shapes.ts';
import { $schema, dataOptions, dataPath, deterministic, keys, lifetime, oneKey, timers, user } from './shared-keys.ts';
import {
  anyPrefix,
  count,
  flag,
  initiatorName,
  interfaceName,
  list,
  nodeName,
  publicKey,
  suite,
  text,
  transforms,
} from './values.ts';

const path = v.pipe(
  list(nodeName, 'a list of 1 to 16 names, the tunnel server last'),
  v.minLength(1, 'is empty: name at least the tunnel server'),
  v.maxLength(16, 'has more than 16 names: a tunnel path has 1 to 16'),
  v.description('The tunnel path: relays in order, the tunnel server last.'),
);

const noDhcpClient =
  'is not "auto", "none" or a list: a program and its arguments, such as ["udhcpc", "-f", "-i", "{device}"]';

const adapter = strict({
  name: v.optional(interfaceName, 'pna0'),
  configure: v.optional(
    described(
      v.picklist(['dhcp', 'direct', 'none'], 'is not "dhcp", "direct" or "none"'),
      'dhcp: a DHCP client of this machine configures it; direct: the tunnel does; none: nobody does.',
    ),
    'dhcp',
  ),
  dhcpClient: v.optional(
    described(
      v.union([v.picklist(['auto', 'none']), v.pipe(v.array(v.string()), v.minLength(1, noDhcpClient))], noDhcpClient),
      'With "dhcp": the DHCP client to run on the adapter. none: the machine runs one by itself.',
    ),
    'none',
  ),
  dns: v.optional(
    described(
      flag,
      'With "direct": whether systemd-resolved or resolvconf is told of the DNS servers that the server names.',
    ),
    true,
  ),
  mtu: v.exactOptional(count(1280, 65000)),
  routes: v.optional(described(flag, 'Whether the tunnel installs the routes that the server names.'), true),
});

const accept = strict({
  prefixes: v.optional(list(anyPrefix, 'a list of prefixes'), ['0.0.0.0/0', '::/0']),
  dns: v.optional(flag, true),
  defaultRoute: v.optional(flag, false),
  ipv6: v.optional(flag, true),
});

const lockdown = strict({
  except: v.optional(
    described(
      list(anyPrefix, 'a list of prefixes'),
      'What may leave by other adapters nevertheless, such as the printers of a LAN.',
    ),
    [],
  ),
});

export const client = v.pipe(
  strict({
    $schema,
    user,
    role: v.literal('client', 'is not "client": "pna client" wants "role": "client"'),
    name: initiatorName,
    ...keys,
    path,
    origin: v.optional(described(nodeName, 'Travels in the clear on every hop.'), 'origin.invalid'),
    server: described(
      strict({ publicKey, suite: v.optional(suite, 'hybrid') }),
      'The pinned key of the tunnel server.',
    ),
    transforms,
    adapter: v.optional(adapter, {}),
    accept: v.optional(described(accept, 'What of the client data this machine accepts.'), {}),
    networks: v.optional(
      described(
        list(anyPrefix, 'a list of prefixes'),
        'Networks behind this machine that may be reached through the tunnel, besides its own addresses in it.',
      ),
      [],
    ),
    lockdown: v.exactOptional(
      described(
        lockdown,
        'Once there was a tunnel, what it carries leaves this machine by the tunnel or not at all, also after this process was killed, until the user ends the tunnel or "pna unlock".',
      ),
    ),
    lifetime,
    stateFolder: v.exactOptional(
      described(
        text('.{1,4095}', 'a folder that this client can write'),
        'A folder for what has to outlive a restart: the freshness of the last REQUEST.',
      ),
    ),
    dataOptions,
    dataPath,
    reconnect: v.optional(
      described(flag, 'Whether to connect again when a tunnel ends that the user did not end.'),
      true,
    ),
    timers,
    deterministic,
  }),
  oneKey(),
  inspect(({ adapter: { dhcpClient, configure } }, tell) => {
    if (dhcpClient !== 'none' && configure !== 'dhcp')
      tell('is for "configure": "dhcp" only: leave it out', ['adapter', 'dhcpClient']);
  }),
);
