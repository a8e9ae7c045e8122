/** This machine: a TAP, the kernel's stack, and the programs that are installed. */
import type { Host } from './host.ts';

const { existsSync } = process.getBuiltinModule('node:fs');

/** What calls the kernel is loaded only where it is used. */
export const thisHost: Host = {
  openDevice: async (name, offloads = false) => {
    const { Tap } = await import('../adapter/tap.ts');
    return new Tap({ name, offloads });
  },
  openStack: async (device, failed, contested) => {
    const { LocalStack } = await import('./routing/local-stack.ts');
    return new LocalStack(device, failed, contested);
  },
  startDhcpClient: async (argv, device, ports) => {
    const { DhcpClient, installedClient } = await import('./programs/dhcp-client.ts');
    const found = argv ?? installedClient();
    if (found === undefined)
      throw new Error('adapter.dhcpClient: there is none: install dhcpcd, isc-dhcp-client or udhcpc, or name another');
    return new DhcpClient(found, device, ports);
  },
  hasIpv6: async (device) => (await import('./ipv6.ts')).hasIpv6(device),
  openNameService: async (device) => new (await import('./name-service.ts')).NameService(device),
  removeLeftovers: async (device) => {
    await (await import('./routing/pins.ts')).removeLeftovers();
    if (!existsSync(`/sys/class/net/${device}`)) await (await import('./name-service.ts')).removeNames(device);
  },
  openLockdown: async (device) => new (await import('./lockdown.ts')).Lockdown(device),
  prepare: async () => {
    const { reserveTap } = await import('../adapter/tap.ts');
    reserveTap();
    await Promise.all([
      import('./routing/local-stack.ts'),
      import('./name-service.ts'),
      import('./programs/dhcp-client.ts'),
    ]);
    await Promise.all([import('./ipv6.ts'), import('./routing/pins.ts'), import('./routing/address-watch.ts')]);
  },
  watchAddresses: async (options) => (await import('./routing/address-watch.ts')).watchAddresses(options),
};
