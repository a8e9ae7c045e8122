/** The network layer addresses of the machine, and when they change: a machine that moves gets others. */
import { ip } from './iproute2.ts';
import { watchNetwork } from './route-watch.ts';

interface Link {
  readonly ifname: string;
  readonly addr_info?: readonly { readonly local?: string }[];
}

/** @returns the addresses of every adapter that is up, in the network namespace of the calling thread */
async function addresses(): Promise<readonly { readonly device: string; readonly address: string }[]> {
  const links = (await ip('address', 'show', 'up')) as Link[];
  return links.flatMap(({ ifname, addr_info = [] }) =>
    addr_info.flatMap(({ local }) => (local === undefined ? [] : [{ device: ifname, address: local }])),
  );
}

export interface AddressWatchOptions {
  /** An adapter whose addresses do not count. */
  readonly except: () => string | undefined;
  /** Told of the addresses after they have changed. */
  readonly changed: (addresses: ReadonlySet<string>) => void;
  readonly failed: (error: unknown) => void;
}

/** Begins to watch once it resolves. @throws SystemCallFailure, DeviceFailure */
export async function watchAddresses(options: AddressWatchOptions): Promise<{ close(): Promise<void> }> {
  let known: string | undefined;
  let open = true;
  let waiting = false;
  const read = async (): Promise<void> => {
    waiting = false;
    const except = options.except();
    const found = (await addresses()).filter(({ device }) => device !== except);
    const text = JSON.stringify(found.map(({ device, address }) => `${address} ${device}`).sort());
    if (!open || text === known) return;
    const first = known === undefined;
    known = text;
    if (!first) options.changed(new Set(found.map(({ address }) => address)));
  };
  let turn: Promise<void> = Promise.resolve();
  const watch = watchNetwork(() => {
    if (waiting) return;
    waiting = true;
    turn = turn.then(read).catch((error: unknown) => {
      if (open) options.failed(error);
    });
  });
  const close = async (): Promise<void> => {
    open = false;
    await watch.close();
    await turn;
  };
  try {
    turn = read();
    await turn;
  } catch (error) {
    turn = Promise.resolve();
    await close();
    throw error;
  }
  return { close };
}
