/** The machine that an adapter appears on, as a tunnel needs it: a port. `thisHost` is the real one; tests have others. */
import type { Device } from '../adapter/interface.ts';
import type { Lockdown } from './lockdown.ts';
import type { NameServers } from './name-service.ts';
import type { DhcpClientPorts } from './programs/dhcp-client.ts';
import type { AddressWatchOptions } from './routing/address-watch.ts';
import type { StackConfiguration } from './routing/local-stack.ts';
import type { RefusedRoute } from './routing/routes.ts';

/** Addresses and routes of the local stack, kept as they were configured. */
export interface Stack {
  configure(configuration: StackConfiguration): Promise<readonly RefusedRoute[]>;
  /** What other programs remove is not put back any more. */
  leaveAlone?(): Promise<void>;
  close(): Promise<void>;
}

export interface NameServicePort {
  readonly available: boolean;
  set(names: NameServers): Promise<void>;
  close(): Promise<void>;
}

export type LockdownPort = Pick<Lockdown, 'begin' | 'known' | 'permit' | 'impose' | 'lift'>;

export interface Host {
  /** @param offloads whether the local stack may leave checksums, and the cutting of TCP, to the adapter */
  openDevice(name: string, offloads?: boolean): Promise<Device>;
  /**
   * @param failed gets why what was configured can't be kept
   * @param contested gets a line for the user when another program removes again and again what was configured
   */
  openStack(device: string, failed: (error: unknown) => void, contested?: (line: string) => void): Promise<Stack>;
  /**
   * Runs a DHCP client on an adapter.
   * @param argv when absent, the one that is installed. @throws Error when none is
   */
  startDhcpClient?(
    argv: readonly string[] | undefined,
    device: string,
    ports: DhcpClientPorts,
  ): Promise<{ close(): Promise<void> }>;
  /** Whether the local stack speaks IPv6 on an adapter; absent where it does. */
  hasIpv6?(device: string): Promise<boolean>;
  /** The machine's name service, for an adapter; absent where there is none. */
  openNameService?(device: string): Promise<NameServicePort>;
  /**
   * Removes what processes left behind which were not ended in order: routes, and an adapter's DNS servers; absent where
   * there are none.
   */
  removeLeftovers?(device: string): Promise<void>;
  /** What keeps inside the tunnel what belongs there, for an adapter; absent where there is nothing of the kind. */
  openLockdown?(device: string): Promise<LockdownPort>;
  /** Loads and opens what a process without privileges could not, for all that follows; absent where there is nothing. */
  prepare?(): Promise<void>;
  /** Tells when the machine's addresses change; absent where they don't. */
  watchAddresses?(options: AddressWatchOptions): Promise<{ close(): Promise<void> }>;
}
