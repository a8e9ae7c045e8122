/** systemd's client, without systemd: networkd in a namespace, and a message bus by which networkctl reaches it. */

import { until } from '../deadlines/until.ts';
import { LabFailure, Nonconformance } from '../failure.ts';
import type { NameService, Purpose, Recipe, RunningClient } from './recipe.ts';

const network = (purpose: Purpose): string => `[Match]
Name=$DEVICE
[Network]
DHCP=ipv4
LinkLocalAddressing=${purpose === 'ipv6' ? 'ipv6' : 'no'}
IPv6AcceptRA=${purpose === 'ipv6' ? 'yes' : 'no'}
IgnoreCarrierLoss=no
[DHCPv4]
UseMTU=yes
UseDomains=yes
SendDecline=${purpose === 'probe' ? 'yes' : 'no'}
[IPv6AcceptRA]
UseDomains=yes`;

const sends = ['method_call', 'signal', 'method_return', 'error'];
const bus = `<busconfig>
<listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/>
${sends.map((type) => `<allow send_type="${type}"/><allow receive_type="${type}"/>`).join('')}</policy>
</busconfig>`;

/** Waits until networkd has noticed that the cable is out. */
export function unplugged(client: RunningClient, milliseconds: number): Promise<boolean> {
  const look = async () => (await linkState(client)).includes('CARRIER_STATE=no-carrier') || undefined;
  return until('networkd noticing that the carrier is gone', look, milliseconds);
}

/** What networkd writes about the device: lines KEY=VALUE. */
async function linkState(client: RunningClient): Promise<string> {
  const index = await client.read(`/sys/class/net/${client.options.device}/ifindex`);
  return client.read(`/run/systemd/netif/links/${index.trim()}`);
}

export const networkd: Recipe = {
  // A /sys that cannot be written to tells it that there is no udev to wait for.
  script: (purpose) => `mount -o remount,bind,ro /sys
mkdir -p /run/systemd/network /run/systemd/netif/leases /run/systemd/netif/links /run/systemd/netif/lldp /run/dbus
chown -R systemd-network:systemd-network /run/systemd/netif
cat >/run/systemd/network/10-adapter.network <<END
${network(purpose)}
END
cat >/run/bus.conf <<'END'
${bus}
END
mkfifo /run/listening
setpriv --pdeathsig KILL dbus-daemon --config-file=/run/bus.conf --nofork --nopidfile --print-address=3 \\
  3>/run/listening </dev/null >/dev/null 2>&1 &
read -r _ </run/listening
exec /lib/systemd/systemd-networkd`,
  settled: async (client, milliseconds, purpose) => {
    const argv = [`--interface=${client.options.device}:routable`, `--timeout=${Math.ceil(milliseconds / 1000)}`];
    const families = purpose === 'ipv6' ? ['--ipv4', '--ipv6'] : [];
    await client.inside('/lib/systemd/systemd-networkd-wait-online', ...argv, ...families).catch((error: Error) => {
      // Without a lease it goes on asking.
      const { program } = client;
      if (!program.running) throw new LabFailure(`networkd has ended by itself${program.lastWords()}`);
      throw new Nonconformance(`networkd has not configured the device: ${error.message}`);
    });
  },
  renew: (client) => client.inside('networkctl', 'renew', client.options.device),
  release: async ({ program }) => {
    await program.terminate();
  },
  nameService,
};

/** What it tells of the device as a whole: DHCP and router advertisements together. */
async function nameService(client: RunningClient): Promise<NameService> {
  const link = await linkState(client);
  const words = (key: string): string[] => {
    const text = new RegExp(`^${key}=(.*)$`, 'm').exec(link)?.[1] ?? '';
    // The domain is among the search list, and both may come twice.
    return [...new Set(text.split(' ').filter((word) => word !== ''))];
  };
  return { servers: words('DNS'), search: words('DOMAINS') };
}
