/** What differs between DHCP clients: how each is started, told what to do, and where it puts what it was given. */
import type { Program } from '../programs/process.ts';

/**
 * What a lease is wanted for: some clients learn that from their configuration only. `probe` is RFC 5227 §2.1.1; with
 * `ipv6` a client takes router advertisements besides, if it is one that does.
 */
export type Purpose = 'use' | 'renew' | 'rebind' | 'probe' | 'ipv6';

/** A client that was started, as a recipe deals with it. */
export interface RunningClient {
  readonly program: Program;
  readonly options: { readonly device: string };
  /** Runs a program beside the client, in its mounts and its network. */
  inside(...argv: string[]): Promise<string>;
  /** A file as the client's scripts see it. */
  read(path: string): Promise<string>;
  /** Ends it and its helpers at once. */
  kill(): void;
}

export interface NameService {
  readonly servers: readonly string[];
  readonly search: readonly string[];
}

export interface Recipe {
  /**
   * Shell lines that end in `exec CLIENT`, run in a mount namespace with a /run of its own. /mnt is a folder that outlasts
   * the client; `$DEVICE` names the adapter.
   */
  readonly script: (purpose: Purpose) => string;
  /** Resolves once the client has applied its lease, and a router advertisement if it takes them. */
  readonly settled: (client: RunningClient, milliseconds: number, purpose: Purpose) => Promise<unknown>;
  /** Makes it send a REQUEST from RENEWING; absent where only the time of the lease does. */
  readonly renew?: Act;
  /** Makes it send a REQUEST from REBINDING. */
  readonly rebind?: Act;
  /** Makes it send RELEASE. */
  readonly release: Act;
  /** Makes it end; SIGTERM unless said. */
  readonly end?: Act;
  readonly nameService: (client: RunningClient) => Promise<NameService>;
}

type Act = (client: RunningClient) => unknown;

/** Wraps the script that a client's package brings, so that the end of its work is an event on the client's stdout. */
export function reporting(script: string): string {
  return `cat >/run/script <<'END'
#!/bin/sh
${script} "$@"
status=$?
echo "{\\"event\\":\\"\${reason:-$1}\\"}"
exit $status
END
chmod 755 /run/script`;
}

/** resolv.conf(5) as the client's script has written it. */
export async function fromResolvConf(client: RunningClient): Promise<NameService> {
  const lines = (await client.read('/etc/resolv.conf')).split('\n');
  const words = (keyword: string): string[][] =>
    lines.map((line) => line.trim().split(/\s+/)).filter(([first]) => first === keyword);
  const search = words('search').at(-1) ?? words('domain').at(-1) ?? [];
  return {
    servers: words('nameserver').map(([, server = '']) => server),
    search: search.slice(1).map((name) => name.replace(/\.$/, '')),
  };
}
