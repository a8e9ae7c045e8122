/** Roy Marples' client with the hooks and the configuration of Debian's package; for IPv4 alone, unless told. */
import { within } from '../deadlines/deadline.ts';
import { insist } from '../deadlines/insist.ts';
import { fromResolvConf, type Recipe, type RunningClient, reporting } from './recipe.ts';

const hooks = '/lib/dhcpcd/dhcpcd-run-hooks';

/** Makes the running client act, as its manual says: by its control socket or the pid file. */
const order = (client: RunningClient, option: string) =>
  client.inside('dhcpcd', '--ipv4only', option, client.options.device);

export const dhcpcd: Recipe = {
  // Probing takes 5 s more.
  script: (purpose) => `${reporting(hooks)}
mkdir /run/dhcpcd
mount --bind /mnt /var/lib/dhcpcd
{ cat /etc/dhcpcd.conf; ${purpose === 'probe' ? ':' : 'echo noarp'}; } >/run/conf
exec dhcpcd --nobackground ${purpose === 'ipv6' ? '' : '--ipv4only'} --config /run/conf --script /run/script "$DEVICE"`,
  settled: async ({ program }, milliseconds, purpose) => {
    await program.events.take(milliseconds, 'a lease', ({ event }) => event === 'BOUND' || event === 'REBOOT');
    if (purpose === 'ipv6') await program.event('ROUTERADVERT', milliseconds);
  },
  renew: (client) => order(client, '--renew'),
  rebind: (client) => order(client, '--rebind'),
  release: async (client) => {
    await insist(
      () => order(client, '--release'),
      (milliseconds) => within(milliseconds, 'dhcpcd ending', client.program.exited),
    );
  },
  // A SIGTERM that comes while its hooks run is lost; its lease is on the disk by now.
  end: (client) => client.kill(),
  nameService: fromResolvConf,
};
