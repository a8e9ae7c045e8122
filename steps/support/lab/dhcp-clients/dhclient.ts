/** ISC's client with the script and the configuration of Debian's package. */
import { until } from '../deadlines/until.ts';
import { fromResolvConf, type Purpose, type Recipe, reporting } from './recipe.ts';

// T1 and T2 in seconds, in place of the server's; without them nothing makes a client of this kind renew.
const times: Readonly<Partial<Record<Purpose, string>>> = {
  renew: 'supersede dhcp-renewal-time 1;',
  rebind: 'supersede dhcp-renewal-time 1; supersede dhcp-rebinding-time 2; initial-interval 1; backoff-cutoff 1;',
};
// Other packages put hooks there, and so may this machine.
const hooks = '/etc/dhcp/dhclient-exit-hooks.d';
const files = ['-cf', '/run/conf', '-lf', '/mnt/leases', '-pf', '/run/pid'];

export const dhclient: Recipe = {
  script: (purpose) => `${reporting('/sbin/dhclient-script')}
cp ${hooks}/rfc3442-classless-routes /run/routes
mount -t tmpfs tmpfs ${hooks}
cp /run/routes ${hooks}/rfc3442-classless-routes
mount -t tmpfs tmpfs /etc/dhcp/dhclient-enter-hooks.d
{ cat /etc/dhcp/dhclient.conf; echo '${times[purpose] ?? ''}'; } >/run/conf
exec dhclient -d ${files.join(' ')} -sf /run/script "$DEVICE"`,
  settled: async (client, milliseconds) => {
    const { events } = client.program;
    await events.take(milliseconds, 'a lease', ({ event }) => event === 'BOUND' || event === 'REBOOT');
    // It writes the lease after its script's work.
    const look = async () => (await client.read('/mnt/leases')).includes('expire') || undefined;
    await until('the lease file', look, milliseconds);
  },
  renew: () => {},
  // It unicasts by the routing table: where that leads nowhere, it goes on until T2 and then broadcasts.
  rebind: (client) => client.inside('ip', 'route', 'replace', 'unreachable', '10.8.0.1/32'),
  release: async (client) => {
    await client.inside('dhclient', '-r', ...files, client.options.device);
    await client.program.exited;
  },
  nameService: fromResolvConf,
};
