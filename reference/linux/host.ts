/** The machine that an adapter appears on: a TAP and the kernel's stack, or in a test what stands in for them. */
import { existsSync } from 'node:fs';
import type { Device } from '../adapter/interface.ts';
import type { AddressWatchOptions } from './address-watch.ts';
import type { DhcpClientPorts } from './dhcp-client.ts';
import type { Wanted } from './local-stack.ts';
import type { NameServers } from './name-service.ts';
import type { RefusedRoute } from './routes.ts';

/** Addresses and routes of the local stack, kept as they are wanted. */
export interface Stack {
  configure(wanted: Wanted): Promise<readonly RefusedRoute[]>;
  close(): Promise<void>;
}

export interface NameServicePort {
  readonly available: boolean;
  set(names: NameServers): Promise<void>;
  close(): Promise<void>;
}

export interface Host {
  openDevice(name: string): Promise<Device>;
  /**
   * @param failed told when what was wanted can't be kept
   * @param contested told, with a line for the user, when another program removes what was wanted again and again
   */
  openStack(device: string, failed: (error: unknown) => void, contested?: (line: string) => void): Promise<Stack>;
  /**
   * Runs a DHCP client on an adapter.
   * @param argv whichever is installed when absent. @throws Error when none is
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
  /** Tells when the machine's addresses change; absent where they don't. */
  watchAddresses?(options: AddressWatchOptions): Promise<{ close(): Promise<void> }>;
}

/** What calls the kernel is loaded only where it is used. */
export const thisHost: Host = {
  openDevice: async (name) => {
    const { Tap } = await import('../adapter/tap.ts');
    return new Tap({ name });
  },
  openStack: async (device, failed, contested) => {
    const { LocalStack } = await import('./local-stack.ts');
    return new LocalStack(device, failed, contested);
  },
  startDhcpClient: async (argv, device, ports) => {
    const { DhcpClient, installedClient } = await import('./dhcp-client.ts');
    const found = argv ?? installedClient();
    if (found === undefined)
      throw new Error('adapter.dhcpClient: there is none: install dhcpcd, isc-dhcp-client or udhcpc, or name another');
    return new DhcpClient(found, device, ports);
  },
  hasIpv6: async (device) => (await import('./ipv6.ts')).hasIpv6(device),
  openNameService: async (device) => new (await import('./name-service.ts')).NameService(device),
  removeLeftovers: async (device) => {
    await (await import('./pins.ts')).removeLeftovers();
    if (!existsSync(`/sys/class/net/${device}`)) await (await import('./name-service.ts')).removeNames(device);
  },
  watchAddresses: async (options) => (await import('./address-watch.ts')).watchAddresses(options),
};
