/** A private network behind a node of the laboratory, which is its gateway ([EP] figs. 3 and 14). */
import type { Lab } from './namespace.ts';

/** Where a host is: its namespace, as `ip netns` knows it, and its address. */
export interface Host {
  readonly namespace: string;
  readonly address: string;
}

/** The gateway's device on its private network, and each host's only one. */
export const lanDevice = 'lan0';
/** How the gateway's devices to its hosts begin. */
export const portsOf = 'port';

/**
 * A bridge in the gateway, which forwards from now on, and a namespace for each host; its default route is the gateway.
 * @param addresses of the hosts, all in one /24 whose first address is the gateway's
 * @param ipv6 whether each also has an address in IPv6, by {@link ipv6Of}; the laboratory has to have it
 */
export async function addPrivateNetwork(
  lab: Lab,
  gateway: string,
  addresses: readonly string[],
  ipv6 = false,
): Promise<Host[]> {
  const inside = lab.namespace(gateway);
  const [first = ''] = addresses;
  const router = first.replace(/\d+$/, '1');
  lab.sysctl(inside, 'net/ipv4/ip_forward', 1);
  if (ipv6) lab.sysctl(inside, 'net/ipv6/conf/all/forwarding', 1);
  // The kernel judges no source address: that is left to the policy of the tunnel.
  for (const scope of ['all', 'default']) lab.sysctl(inside, `net/ipv4/conf/${scope}/rp_filter`, 0);
  await lab.ip(
    inside,
    `link add ${lanDevice} type bridge`,
    `addr add ${router}/24 dev ${lanDevice}`,
    ...(ipv6 ? [`addr add ${ipv6Of(router)}/64 dev ${lanDevice} nodad`] : []),
    `link set ${lanDevice} up`,
  );
  const hosts: Host[] = [];
  for (const address of addresses) {
    const namespace = await lab.add(`host-${address}`);
    const port = `${portsOf}${address.replace(/.*\./, '')}`;
    await lab.ip(
      inside,
      `link add ${port} type veth peer name ${lanDevice} netns ${namespace}`,
      `link set ${port} master ${lanDevice} up`,
    );
    await lab.ip(
      namespace,
      `addr add ${address}/24 dev ${lanDevice}`,
      ...(ipv6 ? [`addr add ${ipv6Of(address)}/64 dev ${lanDevice} nodad`] : []),
      `link set ${lanDevice} up`,
      `route add default via ${router}`,
      ...(ipv6 ? [`route add ::/0 via ${ipv6Of(router)}`] : []),
    );
    hosts.push({ namespace, address });
    if (ipv6) hosts.push({ namespace, address: ipv6Of(address) });
  }
  return hosts;
}

/** fd00:20::7 for 10.20.0.7: the digits of the second number as they stand. */
function ipv6Of(address: string): string {
  const [, network, , host] = address.split('.');
  return `fd00:${network}::${host}`;
}
