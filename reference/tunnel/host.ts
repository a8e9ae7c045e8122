/** The machine that an adapter appears on: a TAP and the kernel's stack, or in a test what stands in for them. */
import type { Device } from '../adapter/interface.ts';
import type { Wanted } from '../adapter/local-stack.ts';
import type { RefusedRoute } from '../adapter/routes.ts';

/** Addresses and routes of the local stack, kept as they are wanted. */
export interface Stack {
  configure(wanted: Wanted): Promise<readonly RefusedRoute[]>;
  close(): Promise<void>;
}

export interface Host {
  openDevice(name: string): Promise<Device>;
  /** @param failed told when what was wanted can't be kept. */
  openStack(device: string, failed: (error: unknown) => void): Promise<Stack>;
}

/** What calls the kernel is loaded only where it is used. */
export const thisHost: Host = {
  openDevice: async (name) => {
    const { Tap } = await import('../adapter/tap.ts');
    return new Tap({ name });
  },
  openStack: async (device, failed) => {
    const { LocalStack } = await import('../adapter/local-stack.ts');
    return new LocalStack(device, failed);
  },
};
