/**
 * The lockdown of a client: a table of nftables that keeps inside the tunnel what belongs there. It stays when the process
 * is killed, when the tunnel breaks and when the adapter goes, until it is lifted. Nobody but root can lift it.
 */
import { execFile } from 'node:child_process';
import { DeviceFailure } from '../libc/failure.ts';
import { isIpv6 } from '../packets/addresses.ts';
import { type Prefix, prefixText } from '../packets/prefix.ts';
import { programIn, searchPath } from './programs/installed.ts';

/** Where the first node of a tunnel path is reached: a numeric address, and a port of TCP. */
export interface Hop {
  readonly address: string;
  readonly port: number;
}

export interface LockdownRules {
  readonly hops: readonly Hop[];
  /** What the tunnel carries. A family of which it carries nothing is closed as a whole. */
  readonly carried: readonly Prefix[];
  /** What may leave beside the tunnel nevertheless. */
  readonly except: readonly Prefix[];
  /** Whether DNS belongs inside the tunnel. */
  readonly dns: boolean;
  /** Who may ask for the first node's name outside; absent if that is root, as whom others run too. */
  readonly uid: number | undefined;
}

/** Those of the system first: under npm other programs of that name may come first. */
const places = `/usr/sbin:/sbin:${searchPath()}`;

const prefixOfTables = 'pna-lockdown-';
const everything6: Prefix = { address: '::', length: 0 };

/** What each lockdown lets pass: neighbour discovery and address configuration of the network outside. */
const housekeeping = [
  'icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-report, mld2-listener-report } accept',
  'udp sport 68 udp dport 67 accept',
  'udp sport 546 udp dport 547 accept',
];

/** The lockdown of one adapter, by the adapter's name. Methods run `nft` and throw DeviceFailure with its complaint. */
export class Lockdown {
  readonly #device: string;
  readonly #table: string;
  #inForce = false;
  /** The first nodes that a lockdown of an earlier process lets pass. */
  #known: readonly Hop[] = [];

  /** @param device name of the adapter, which need not be there */
  constructor(device: string) {
    this.#device = device;
    this.#table = `inet ${prefixOfTables}${device}`;
  }

  /** Looks for the lockdown of an earlier process. @returns whether there is one @throws DeviceFailure with the remedy */
  async begin(): Promise<boolean> {
    this.#inForce = (await tables()).includes(this.#device);
    if (this.#inForce) this.#known = hopsOf(await nft(['-j', 'list', 'table', ...this.#table.split(' ')]));
    return this.#inForce;
  }

  /** Where the first node was reached by an earlier process, for use where its name can't be looked up. */
  get known(): readonly Hop[] {
    return this.#known;
  }

  /** Lets connections to these pass, besides those that pass already. */
  async permit(hops: readonly Hop[]): Promise<void> {
    if (!this.#inForce) return;
    const lines = [false, true].flatMap((six) => {
      const elements = elementsOf(hops, six);
      return elements === '' ? [] : [`add element ${this.#table} hops${six ? 6 : 4} { ${elements} }`];
    });
    await nft(['-f', '-'], lines.join('\n'));
  }

  /** In force from now on, in place of what was before, without a gap. */
  async impose(rules: LockdownRules): Promise<void> {
    await nft(['-f', '-'], this.#text(rules));
    this.#inForce = true;
  }

  async lift(): Promise<void> {
    if (!this.#inForce) return;
    await remove(this.#table);
    this.#inForce = false;
  }

  #text({ hops, carried, except, dns, uid }: LockdownRules): string {
    const inside = carried.some(({ address }) => isIpv6(address)) ? carried : [...carried, everything6];
    const refuse = 'reject with icmpx type admin-prohibited';
    const own = uid === undefined ? [] : [`meta skuid ${uid} meta l4proto { tcp, udp } th dport 53 accept`];
    const sets = [false, true].flatMap((six) => {
      const [family, type] = six ? [6, 'ipv6_addr'] : [4, 'ipv4_addr'];
      return [
        set(`hops${family}`, `type ${type} . inet_service`, elementsOf(hops, six)),
        set(`inside${family}`, `type ${type}; flags interval; auto-merge`, prefixesOf(inside, six)),
        set(`except${family}`, `type ${type}; flags interval; auto-merge`, prefixesOf(except, six)),
      ];
    });
    // Later than every translation of addresses, which is at -100.
    const hook = (name: string): string => `type filter hook ${name} priority 10; policy accept;`;
    return [
      // A table that is there can be deleted; all of it is one transaction.
      `table ${this.#table} {}`,
      `delete table ${this.#table}`,
      `table ${this.#table} {`,
      ...sets,
      'chain judge {',
      `oifname { "lo", "${this.#device}" } accept`,
      'ip daddr @except4 accept',
      'ip6 daddr @except6 accept',
      ...(dns ? [`meta l4proto { tcp, udp } th dport { 53, 853 } ${refuse}`] : []),
      `ip daddr @inside4 ${refuse}`,
      `ip6 daddr @inside6 ${refuse}`,
      '}',
      // Of this machine's connections alone: who is behind it has no tunnel of ours.
      'chain connect {',
      'ip daddr . tcp dport @hops4 accept',
      'ip6 daddr . tcp dport @hops6 accept',
      'jump judge',
      '}',
      `chain output { ${[hook('output'), ...housekeeping, ...own, 'jump connect'].join('\n')}\n}`,
      `chain forward { ${hook('forward')}\njump judge\n}`,
      '}',
    ].join('\n');
  }
}

/** Lifts every lockdown of this machine. @returns the adapters that they were for */
export async function liftAll(): Promise<readonly string[]> {
  const devices = await tables();
  for (const device of devices) await remove(`inet ${prefixOfTables}${device}`);
  return devices;
}

const set = (name: string, type: string, elements: string): string =>
  `set ${name} { ${type};${elements === '' ? '' : ` elements = { ${elements} };`} }`;

const elementsOf = (hops: readonly Hop[], six: boolean): string =>
  hops
    .filter(({ address }) => isIpv6(address) === six)
    .map(({ address, port }) => `${address} . ${port}`)
    .join(', ');

const prefixesOf = (prefixes: readonly Prefix[], six: boolean): string =>
  prefixes
    .filter(({ address }) => isIpv6(address) === six)
    .map(prefixText)
    .join(', ');

/** The adapters that there is a lockdown for. */
async function tables(): Promise<string[]> {
  return [...(await nft(['list', 'tables', 'inet'])).matchAll(/^table inet (\S+)$/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name.startsWith(prefixOfTables))
    .map((name) => name.slice(prefixOfTables.length));
}

const remove = (table: string): Promise<string> => nft(['-f', '-'], `table ${table} {}\ndelete table ${table}`);

/** @param json a table, as nft prints it */
function hopsOf(json: string): Hop[] {
  const { nftables } = JSON.parse(json) as {
    readonly nftables: readonly { readonly set?: { readonly name: string; readonly elem?: readonly unknown[] } }[];
  };
  return nftables
    .flatMap(({ set: found }) => (/^hops[46]$/.test(found?.name ?? '') ? (found?.elem ?? []) : []))
    .flatMap((element) => {
      const [address, port] = (element as { readonly concat?: readonly unknown[] }).concat ?? [];
      return typeof address === 'string' && typeof port === 'number' ? [{ address, port }] : [];
    });
}

/** @returns what it printed @throws DeviceFailure with its complaint */
function nft(words: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(programIn(places, 'nft') ?? 'nft', words, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        reject(new DeviceFailure('lockdown: the command nft is missing: install nftables', 'ENOENT'));
      else {
        const remedy = /not permitted/.test(stderr) ? ': run as root, or give the process CAP_NET_ADMIN' : '';
        reject(
          new DeviceFailure(`lockdown: nft ${words.join(' ')}: ${stderr.trim() || error.message}${remedy}`, 'EINVAL'),
        );
      }
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}
