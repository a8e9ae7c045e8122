/** What a role gives up once it has opened what needs privileges, and who does for it what still needs them. */
import { flushCompileCache } from 'node:module';
import type { Host } from '../linux/host.ts';
import { NameService } from '../linux/name-service.ts';
import { type Duty, hasDuty } from '../linux/privileges/helper-messages.ts';
import { thisHost } from '../linux/this-host.ts';
import type { ClientFile, ServerFile } from './config/schemas.ts';
import type { Log } from './log.ts';

/** What the role still changes of devices, addresses and routes. */
export interface Remaining {
  readonly netAdmin: boolean;
}

export interface Confinement {
  readonly host: Host;
  /** Runs the operator's program in the helper process; absent where none is configured. */
  readonly hook?: (words: readonly string[]) => Promise<{ readonly output: string; readonly fault?: string }>;
  /** All threads go on without privileges. @throws Error with the remedy */
  readonly confine: (remaining: Remaining) => void;
}

/** Starts the helper process where there is a duty for it. */
export async function openConfinement(
  { user, insecure = false }: { readonly user?: string | undefined; readonly insecure?: boolean },
  log: Log,
  duty?: Duty,
): Promise<Confinement> {
  // Else it would be loaded when it is needed: then its files may be out of reach.
  if (insecure) await import('../crypto/noble.ts');
  const { confine } = await import('../linux/privileges/confinement.ts');
  const closing = ({ netAdmin }: Remaining): void => {
    // Later the cache of compiled code can't be written.
    flushCompileCache();
    confine({ user, netAdmin, lacking: (line) => log.warn(line) });
  };
  if (duty === undefined || !hasDuty(duty)) return { host: thisHost, confine: closing };
  const { Helper } = await import('../linux/privileges/helper.ts');
  const helper = new Helper(duty);
  const hook = duty.routeHook && ((words: readonly string[]) => helper.ask({ order: 'hook', words }));
  return { host: helper.host(thisHost), confine: closing, ...(hook && { hook }) };
}

/** What a client's configuration has the machine do beyond addresses and routes. */
export function dutyOfClient({ adapter, accept }: Pick<ClientFile, 'adapter' | 'accept'>): Duty {
  const { name: device, configure, dns, dhcpClient } = adapter;
  return {
    device,
    names: configure === 'direct' && dns && accept.dns && new NameService(device).available,
    ...(dhcpClient !== 'none' && { dhcpClient }),
  };
}

/** What of a server's configuration still needs privileges while it runs: the hook for its routes. */
export function dutyOfServer({ adapter, traffic }: Pick<ServerFile, 'adapter' | 'traffic'>): Duty {
  return { device: adapter.name, names: false, ...(traffic?.routeHook && { routeHook: traffic.routeHook }) };
}
