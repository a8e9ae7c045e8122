/** One lease by udhcpc on a device of a namespace, where the client itself is not what is tested. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt } from '../programs/command.ts';

/** What the client was given: udhcpc's variables, `ip`, `mask`, `serverid`, `lease`, `staticroutes`, `dns`, `mtu` … */
export interface Lease {
  readonly [variable: string]: string | undefined;
}

/** Applies address, routes and MTU. */
const applyingScript = `#!/bin/sh
case "$1" in
bound|renew)
  env >"$LEASE_FILE"
  ip addr flush dev "$interface" scope global
  ip addr add "$ip/$mask" dev "$interface"
  if [ -n "$mtu" ]; then ip link set "$interface" mtu "$mtu"; fi
  set -- $staticroutes
  while [ $# -ge 2 ]; do
    ip route replace "$1" via "$2" dev "$interface" || exit 1
    shift 2
  done
  ;;
esac
`;

/** -f stay in front, -q end with the lease, -n end without one, -T seconds between DISCOVERs, -t their number. */
const flags = ['-f', '-q', '-n', '-T', '1', '-t', '5'];

/** Where a lease is wanted. */
export interface LeasedDevice {
  /** As `ip netns` knows it. */
  readonly namespace: string;
  readonly device: string;
}

/**
 * Obtains a lease and applies it, then lets the client end without releasing the lease.
 * @returns the lease, or undefined when no server offered one
 */
export async function obtainLease({ namespace, device }: LeasedDevice): Promise<Lease | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'dhcp-'));
  try {
    const [script, leaseFile] = [join(folder, 'script'), join(folder, 'lease')];
    writeFileSync(script, applyingScript, { mode: 0o755 });
    const env = { LEASE_FILE: leaseFile };
    const { code } = await attempt(['udhcpc', '-i', device, ...flags, '-s', script], { namespace, env });
    return code === 0 ? parseEnvironment(readFileSync(leaseFile, 'utf8')) : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function parseEnvironment(text: string): Lease {
  const variables = text.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
  });
  return Object.fromEntries(variables);
}
