/** The network layer addresses of the machine, and when they change: a machine that moves gets others. */
import { showAddresses } from '../programs/iproute2.ts';
import { WorkOnChange } from './work-on-change.ts';

export interface AddressWatchOptions {
  /** An adapter whose addresses do not count. */
  readonly except: () => string | undefined;
  /** Gets the addresses of every other adapter that is up, after they have changed. */
  readonly changed: (addresses: ReadonlySet<string>) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Watches the network namespace of the calling thread; begins once it resolves.
 * @throws SystemCallFailure, DeviceFailure
 */
export async function watchAddresses(options: AddressWatchOptions): Promise<{ close(): Promise<void> }> {
  let known: string | undefined;
  let open = true;
  const watch = new WorkOnChange(async () => {
    const except = options.except();
    const found = (await showAddresses('up')).filter(({ device }) => device !== except);
    const text = JSON.stringify(found.map(({ device, address }) => `${address} ${device}`).sort());
    if (!open || text === known) return;
    const first = known === undefined;
    known = text;
    if (!first) options.changed(new Set(found.map(({ address }) => address)));
  }, options.failed);
  const close = async (): Promise<void> => {
    open = false;
    await watch.close();
  };
  try {
    await watch.run();
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
