/** Where an adapter's device comes from: a TAP, or in a test its in-memory twin. */
import type { Device } from '../adapter/interface.ts';

export type OpenDevice = (name: string) => Promise<Device>;

/** The TAP and what calls the kernel are loaded only where they are used. */
export const openTap: OpenDevice = async (name) => {
  const { Tap } = await import('../adapter/tap.ts');
  return new Tap({ name });
};
