/** Which address belongs to which name, shared by the members of a group of tunnel servers in a folder. */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../crypto/primitives.ts';
import { Misuse } from '../errors.ts';
import { allocate } from './pool.ts';
import type { ServerFile } from './schemas.ts';
import { ipv4Number, ipv4Text, reserved } from './values.ts';

export interface Addresses {
  /** The same for a name as long as the server lives, and longer; undefined when none is left. */
  of(name: string): string | undefined;
}

type Config = Pick<ServerFile, 'initiators' | 'adapter' | 'clientData' | 'addressMap'>;

export function addressesOf(config: Config): Addresses {
  if (config.addressMap !== undefined) return new SharedAddresses(config, config.addressMap);
  const listed = allocate(config);
  return { of: (name) => listed.get(name) };
}

/**
 * A file for each address, named by it and holding the name that has it. Where a name looks first follows from the name
 * alone, and from there it goes on in order: members that look for the same name at once meet at the same file, which the
 * file system lets only one of them make. There is no lock, and nothing to be repaired after a crash.
 */
class SharedAddresses implements Addresses {
  readonly #folder: string;
  readonly #candidates: readonly string[];
  readonly #known = new Map<string, string>();

  constructor(config: Config, folder: string) {
    this.#folder = folder;
    for (const { name, address } of config.initiators) if (address !== undefined) this.#known.set(name, address);
    const own = config.adapter.address;
    const taken = new Set([...this.#known.values(), own.replace(/\/.*/, ''), ...reserved(own).map(ipv4Text)]);
    const [first = '', last = ''] = config.clientData.pool?.split('-') ?? [];
    const size = first === '' ? 0 : ipv4Number(last) - ipv4Number(first) + 1;
    const all = Array.from({ length: size }, (_, index) => ipv4Text(ipv4Number(first) + index));
    this.#candidates = all.filter((address) => !taken.has(address));
  }

  of(name: string): string | undefined {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { length } = this.#candidates;
    const start = length === 0 ? 0 : placeOf(name) % length;
    for (let step = 0; step < length; step++) {
      const address = this.#candidates[(start + step) % length] as string;
      if ((this.#holder(address) ?? this.#claim(address, name)) !== name) continue;
      this.#known.set(name, address);
      return address;
    }
    return undefined;
  }

  #holder(address: string): string | undefined {
    try {
      return readFileSync(join(this.#folder, address), 'latin1').replace(/\n$/, '');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw this.#fault(error);
    }
  }

  /** A file appears whole or not at all, and only for the first who links it there. @returns who has it now */
  #claim(address: string, name: string): string | undefined {
    const draft = join(this.#folder, `.${address}.${process.pid}.${Math.random().toString(36).slice(2)}`);
    try {
      writeFileSync(draft, `${name}\n`, { flag: 'wx', encoding: 'latin1' });
      linkSync(draft, join(this.#folder, address));
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return this.#holder(address);
      throw this.#fault(error);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  #fault(error: unknown): Misuse {
    return new Misuse(`addressMap: ${(error as Error).message}`);
  }
}

/** Evenly spread, and the same everywhere. */
function placeOf(name: string): number {
  const digest = sha256(Uint8Array.from(name, (character) => character.charCodeAt(0)));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
}
