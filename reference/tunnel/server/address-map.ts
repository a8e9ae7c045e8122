/**
 * The map name → address that the members of a group share (docs/protocol.md, section 15.1): a folder with one file for
 * each address, named by it, which holds the name. A file appears whole or not at all, and its name decides who was
 * first: no lock is needed, and what is written stays.
 */
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import { sha256 } from '../../crypto/primitives.ts';
import { viewOf } from '../../octets.ts';
import { ipv4Octets } from '../../packets/addresses.ts';
import { temporaryIn } from '../config/shared-folder.ts';
import type { Lan } from '../lan.ts';

const { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } = process.getBuiltinModule('node:fs');

interface Options {
  /** Existing, and writable. */
  readonly folder: string;
  readonly lan: Lan;
  /** The ends of the pool, as numbers of the LAN. */
  readonly first: number;
  readonly last: number;
  /** Whether somebody may get a number of the pool. */
  readonly free: (number: number) => boolean;
}

/** Addresses are numbers of the LAN; only files are named by their text. */
export class AddressMap {
  readonly #options: Options;
  readonly #size: number;
  /** Number → name, as far as files have been read. */
  readonly #owners = new Map<number, string>();
  readonly #numbers = new Map<string, number>();

  constructor(options: Options) {
    this.#options = options;
    this.#size = options.last - options.first + 1;
  }

  /**
   * The number of a name, which from now on is its own at every member.
   * @returns undefined when the pool has none left
   * @throws Error when the folder can't be read or written
   */
  of(name: string): number | undefined {
    const number = this.#numbers.get(name) ?? this.#find(name);
    if (number !== undefined) this.#numbers.set(name, number);
    return number;
  }

  /** Members that look for one name at once try the same numbers in the same order, and meet at the first free one. */
  #find(name: string): number | undefined {
    let searched = false;
    for (const number of this.#walk(name)) {
      if (this.#ownerOf(number) === undefined && !searched) {
        // The operator may have freed an address that once stood in the way of this name.
        const found = this.#search(name);
        if (found !== undefined) return found;
        searched = true;
      }
      if ((this.#ownerOf(number) ?? this.#claim(number, name)) === name) return number;
    }
    return undefined;
  }

  /** The pool from the number to which the name's hash points, and around. */
  *#walk(name: string): Generator<number> {
    const { first, free } = this.#options;
    const start = this.#start(name);
    for (let step = 0; step < this.#size; step += 1) {
      const number = first + ((start + step) % this.#size);
      if (free(number)) yield number;
    }
  }

  #start(name: string): number {
    return viewOf(sha256(new TextEncoder().encode(name))).getUint32(0) % this.#size;
  }

  /** The name's number among all files, the earliest of its walk. */
  #search(name: string): number | undefined {
    const { folder, lan, first, last, free } = this.#options;
    const start = this.#start(name);
    const distance = (number: number): number => (number - first - start + this.#size) % this.#size;
    return readdirSync(folder)
      .filter(isIPv4)
      .map((file) => lan.numberOf(ipv4Octets(file)) ?? last + 1)
      .filter((number) => number >= first && number <= last && free(number) && this.#ownerOf(number) === name)
      .sort((one, other) => distance(one) - distance(other))[0];
  }

  #fileOf(number: number): string {
    return join(this.#options.folder, this.#options.lan.nth(number).address);
  }

  #ownerOf(number: number): string | undefined {
    const known = this.#owners.get(number);
    if (known !== undefined) return known;
    try {
      const owner = readFileSync(this.#fileOf(number), 'latin1').replace(/\n$/, '');
      this.#owners.set(number, owner);
      return owner;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** @returns whose the address is now. */
  #claim(number: number, name: string): string | undefined {
    const temporary = temporaryIn(this.#options.folder);
    try {
      writeFileSync(temporary, `${name}\n`, { flag: 'wx', flush: true });
      linkSync(temporary, this.#fileOf(number));
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    } finally {
      rmSync(temporary, { force: true });
    }
    return this.#ownerOf(number);
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
