/** A real DHCP client on a device of a namespace: udhcpc, once. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt } from './command.ts';

export interface DhcpOptions {
  /** As `ip netns` knows it. */
  readonly namespace: string;
  readonly device: string;
  /** `own` applies address, routes and MTU by itself; `system` is the script that the client's package brings. */
  readonly script?: 'own' | 'system';
  /** Ask for this address, option 50. */
  readonly request?: string;
  /** Further arguments of udhcpc. */
  readonly extra?: readonly string[];
  /** DISCOVERs sent, one second apart, before it gives up. */
  readonly attempts?: number;
}

/** What the client was given: udhcpc's variables, `ip`, `mask`, `serverid`, `lease`, `staticroutes`, `dns`, `mtu` … */
export interface Lease {
  readonly [variable: string]: string | undefined;
}

const ownScript = `#!/bin/sh
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

/**
 * Obtains a lease and applies it, then lets the client end without releasing the lease.
 * @returns the lease, or undefined when no server offered one
 */
export async function obtainLease(options: DhcpOptions): Promise<Lease | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'dhcp-'));
  try {
    const script = join(folder, 'script');
    const leaseFile = join(folder, 'lease');
    writeFileSync(script, options.script === 'system' ? systemScript(leaseFile) : ownScript, { mode: 0o755 });
    // -f stay in front, -q end with the lease, -n end without one, -T seconds between DISCOVERs, -t their number.
    const flags = ['-f', '-q', '-n', '-T', '1', '-t', String(options.attempts ?? 5), '-s', script];
    if (options.request !== undefined) flags.push('-r', options.request);
    const argv = [
      'ip',
      'netns',
      'exec',
      options.namespace,
      'udhcpc',
      '-i',
      options.device,
      ...flags,
      ...(options.extra ?? []),
    ];
    const outcome = await attempt(argv, { env: { LEASE_FILE: leaseFile } });
    if (outcome.code !== 0) return undefined;
    return parseEnvironment(readFileSync(leaseFile, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function systemScript(leaseFile: string): string {
  return `#!/bin/sh\ncase "$1" in bound|renew) env >"${leaseFile}" ;; esac\nexec /etc/udhcpc/default.script "$@"\n`;
}

function parseEnvironment(text: string): Lease {
  const variables = text.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
  });
  return Object.fromEntries(variables);
}
