/**
 * The map name → address that the members of a group share (docs/protocol.md, section 15.1): a folder with one file for
 * each address, named by it, which holds the name. A file appears whole or not at all, and its name decides who was
 * first: no lock is needed, and what is written stays.
 */
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../crypto/primitives.ts';
import { viewOf } from '../../octets.ts';
import { temporaryIn } from '../config/shared-folder.ts';
import { ipv4Number, ipv4Text } from '../config/values.ts';

interface Options {
  /** Existing, and writable. */
  readonly folder: string;
  /** The ends of the pool, as numbers. */
  readonly first: number;
  readonly last: number;
  /** Addresses of the pool that nobody gets. */
  readonly taken: ReadonlySet<string>;
}

export class AddressMap {
  readonly #options: Options;
  readonly #size: number;
  /** Address → name, as far as files have been read. */
  readonly #owners = new Map<string, string>();
  readonly #addresses = new Map<string, string>();

  constructor(options: Options) {
    this.#options = options;
    this.#size = options.last - options.first + 1;
  }

  /**
   * The address of a name, which from now on is its own at every member.
   * @returns undefined when the pool has none left
   * @throws Error when the folder can't be read or written
   */
  of(name: string): string | undefined {
    const address = this.#addresses.get(name) ?? this.#find(name);
    if (address !== undefined) this.#addresses.set(name, address);
    return address;
  }

  /** Members that look for one name at once try the same addresses in the same order, and meet at the first free one. */
  #find(name: string): string | undefined {
    let all = false;
    for (const address of this.#walk(name)) {
      if (this.#ownerOf(address) === undefined && !all) {
        // The operator may have freed an address that once stood in the way of this name.
        const elsewhere = this.#search(name);
        if (elsewhere !== undefined) return elsewhere;
        all = true;
      }
      if ((this.#ownerOf(address) ?? this.#claim(address, name)) === name) return address;
    }
    return undefined;
  }

  /** The pool from the address to which the name's hash points, and around. */
  *#walk(name: string): Generator<string> {
    const { first, taken } = this.#options;
    const start = this.#start(name);
    for (let step = 0; step < this.#size; step += 1) {
      const address = ipv4Text(first + ((start + step) % this.#size));
      if (!taken.has(address)) yield address;
    }
  }

  #start(name: string): number {
    return viewOf(sha256(new TextEncoder().encode(name))).getUint32(0) % this.#size;
  }

  /** The name's address among all files, the earliest of its walk. */
  #search(name: string): string | undefined {
    const { folder, first, taken } = this.#options;
    const start = this.#start(name);
    const distance = (address: string): number => (ipv4Number(address) - first - start + this.#size) % this.#size;
    return readdirSync(folder)
      .filter((file) => isAddress(file) && !taken.has(file) && this.#inPool(file) && this.#ownerOf(file) === name)
      .sort((one, other) => distance(one) - distance(other))[0];
  }

  #inPool(address: string): boolean {
    const number = ipv4Number(address);
    return number >= this.#options.first && number <= this.#options.last;
  }

  #ownerOf(address: string): string | undefined {
    const known = this.#owners.get(address);
    if (known !== undefined) return known;
    try {
      const owner = readFileSync(join(this.#options.folder, address), 'latin1').replace(/\n$/, '');
      this.#owners.set(address, owner);
      return owner;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** @returns whose the address is now. */
  #claim(address: string, name: string): string | undefined {
    const { folder } = this.#options;
    const temporary = temporaryIn(folder);
    try {
      writeFileSync(temporary, `${name}\n`, { flag: 'wx', flush: true });
      linkSync(temporary, join(folder, address));
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    } finally {
      rmSync(temporary, { force: true });
    }
    return this.#ownerOf(address);
  }
}

const isAddress = (file: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(file) && ipv4Text(ipv4Number(file)) === file;
const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
