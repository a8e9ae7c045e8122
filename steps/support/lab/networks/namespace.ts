/** Network namespaces of one scenario, joined by virtual Ethernet; `await using` removes all of it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { patience } from '../deadlines/deadline.ts';
import { until } from '../deadlines/until.ts';
import { LabFailure } from '../failure.ts';
import { run } from '../programs/command.ts';
import { bringUp, isRunning } from './device.ts';
import { inNamespace } from './setns.ts';

/** The nodes a scenario may have, with their addresses on the wire: the same in every scenario. */
export const wireAddresses = {
  client: '10.77.0.1',
  server: '10.77.0.2',
  'relay-b': '10.77.0.3',
  'relay-c': '10.77.0.4',
  'server-2': '10.77.0.12',
  'server-3': '10.77.0.13',
  /** Where many further initiators connect from. */
  others: '10.77.0.21',
  /** Where the name server runs. */
  names: '10.77.0.53',
} as const;

/** IPv6 twins of the wire's addresses, assigned when a lab asks for IPv6. */
export const wireAddresses6 = {
  client: 'fd77::1',
  server: 'fd77::2',
  'relay-b': 'fd77::3',
  'relay-c': 'fd77::4',
  'server-2': 'fd77::12',
  'server-3': 'fd77::13',
  others: 'fd77::21',
  names: 'fd77::53',
} as const;

export type NodeName = keyof typeof wireAddresses;
/** A node that a scenario has on demand only. */
type FurtherNode = Exclude<NodeName, 'client' | 'server'>;

export interface LabOptions {
  /** Nodes besides `client` and `server`: relays, and whatever else. */
  readonly relays?: readonly ('relay-b' | 'relay-c')[];
  readonly nodes?: readonly FurtherNode[];
  /** IPv6 in the namespaces; off unless asked for, since the kernel's own solicitations would be in every capture. */
  readonly ipv6?: boolean;
  /** The node `names`, and in every node it is asked for names: the hosts file has none of the nodes then. */
  readonly dns?: boolean;
  /** Names for the hosts file besides `NODE.test` for each node; for such a name, the only address of it there. */
  readonly hosts?: Readonly<Record<string, string>>;
}

export interface LinkOptions {
  readonly device: string;
  /** Address with prefix length. */
  readonly address: string;
}

/** The device of each node on the wire. */
export const wireDevice = 'eth0';

let made = 0;

/** Namespaces joined by one wire: a veth pair for two nodes, a bridge in a namespace of its own for more. */
export class Lab implements AsyncDisposable {
  readonly nodes: readonly NodeName[];
  readonly #prefix: string;
  readonly #extra = new Set<string>();
  readonly #options: LabOptions;

  private constructor(prefix: string, nodes: readonly NodeName[], options: LabOptions) {
    this.#prefix = prefix;
    this.nodes = nodes;
    this.#options = options;
  }

  /** @throws LabFailure outside the enclosure, where it would alter the machine */
  static async create(options: LabOptions = {}): Promise<Lab> {
    if (process.env['PNA_ENCLOSED'] !== '1') {
      throw new LabFailure('not inside the enclosure: use `npm run conformance` or `npm run unit`');
    }
    const prefix = `${process.pid}-${threadId}-${++made}`;
    const lab = new Lab(prefix, [...nodesOf(options)], options);
    try {
      await lab.#build();
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
    return lab;
  }

  /** Name of a node's namespace, as `ip netns` knows it. */
  namespace(node: string): string {
    if (!(this.nodes as readonly string[]).includes(node) && !this.#extra.has(node)) {
      throw new LabFailure(`this lab has no node ${node}`);
    }
    return this.#name(node);
  }

  /** Where everything on the wire can be seen. */
  get wire(): { readonly namespace: string; readonly device: string } {
    return this.nodes.length === 2
      ? { namespace: this.#name('server'), device: wireDevice }
      : { namespace: this.#name('hub'), device: 'br0' };
  }

  address(node: NodeName): string {
    return wireAddresses[node];
  }

  /** Adds a namespace that is no node of the wire, a host on a network behind a node for instance. */
  async add(name: string): Promise<string> {
    this.#extra.add(name);
    await run(['ip', 'netns', 'add', this.#name(name)]);
    await this.ip(this.#name(name), 'link set lo up');
    await this.#prepare(name);
    return this.#name(name);
  }

  /** Joins two namespaces of this lab by a veth pair of their own. */
  async link(one: string, ofOne: LinkOptions, other: string, ofOther: LinkOptions): Promise<void> {
    const [a, b] = [this.namespace(one), this.namespace(other)];
    await run([
      'ip',
      'link',
      'add',
      ofOne.device,
      'netns',
      a,
      'type',
      'veth',
      'peer',
      'name',
      ofOther.device,
      'netns',
      b,
    ]);
    for (const [namespace, end] of [[a, ofOne] as const, [b, ofOther] as const]) {
      await this.ip(namespace, `addr add ${end.address} dev ${end.device}`, `link set ${end.device} up`);
    }
  }

  /** Runs lines of `ip -batch` in a namespace, named as `ip netns` knows it. */
  async ip(namespace: string, ...lines: string[]): Promise<string> {
    return run(['ip', '-batch', '-'], { namespace, input: `${lines.join('\n')}\n` });
  }

  /** Sets a kernel variable of a namespace, `net/ipv4/ip_forward` for instance. */
  sysctl(namespace: string, variable: string, value: string | number): void {
    inNamespace(namespace, () => writeFileSync(`/proc/sys/${variable}`, String(value)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const names = [...this.nodes, ...this.#extra, ...(this.nodes.length > 2 ? ['hub'] : [])].map((node) =>
      this.#name(node),
    );
    await run(['ip', '-force', '-batch', '-'], { input: names.map((name) => `netns del ${name}\n`).join('') }).catch(
      () => {},
    );
    for (const name of names) rmSync(`/etc/netns/${name}`, { recursive: true, force: true });
  }

  #name(node: string): string {
    return `${this.#prefix}-${node}`;
  }

  async #build(): Promise<void> {
    const hub = this.nodes.length > 2;
    const names = [...this.nodes, ...(hub ? ['hub'] : [])];
    const lines = names.map((node) => `netns add ${this.#name(node)}`);
    if (hub) {
      lines.push(`link add br0 netns ${this.#name('hub')} type bridge`);
      for (const node of this.nodes) {
        const ends = `netns ${this.#name(node)} type veth peer name ${node} netns ${this.#name('hub')}`;
        lines.push(`link add ${wireDevice} ${ends}`);
      }
    } else {
      const ends = `netns ${this.#name('client')} type veth peer name ${wireDevice} netns ${this.#name('server')}`;
      lines.push(`link add ${wireDevice} ${ends}`);
    }
    await run(['ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });
    for (const node of names) await this.#prepare(node);
    if (hub) {
      const ports = this.nodes.flatMap((node) => [`link set ${node} master br0`, `link set ${node} up`]);
      await this.ip(this.#name('hub'), 'link set br0 up', ...ports);
    }
    // Duplicate address detection can be left out by netlink alone.
    if (this.#options.ipv6)
      await Promise.all(
        this.nodes.map((node) =>
          this.ip(this.#name(node), `addr add ${wireAddresses6[node]}/64 dev ${wireDevice} nodad`),
        ),
      );
    for (const node of this.nodes)
      bringUp(this.#name(node), { device: wireDevice, address: wireAddresses[node], prefixLength: 24 });
    // What is sent before is lost, and a TCP connection begins a second later.
    const running = async () => this.nodes.every((node) => isRunning(this.#name(node), wireDevice)) || undefined;
    await until('the devices of the laboratory', running, patience);
  }

  /** Files that `ip netns exec` binds over /etc, and IPv6 off unless asked for. */
  async #prepare(node: string): Promise<void> {
    const name = this.#name(node);
    const folder = `/etc/netns/${name}`;
    mkdirSync(folder, { recursive: true });
    const hosts = ['127.0.0.1 localhost'];
    const { hosts: further = {} } = this.#options;
    for (const other of this.#options.dns ? [] : this.nodes) {
      if (further[`${other}.test`] === undefined) hosts.push(`${wireAddresses[other]} ${other}.test`);
      if (this.#options.ipv6) hosts.push(`${wireAddresses6[other]} ${other}.test6`);
    }
    for (const [host, address] of Object.entries(further)) hosts.push(`${address} ${host}`);
    writeFileSync(`${folder}/hosts`, `${hosts.join('\n')}\n`);
    const resolver = `nameserver ${wireAddresses.names}\noptions timeout:1 attempts:1\n`;
    writeFileSync(`${folder}/resolv.conf`, this.#options.dns ? resolver : '');
    if (this.#options.ipv6) return;
    for (const scope of ['all', 'default']) this.sysctl(name, `net/ipv6/conf/${scope}/disable_ipv6`, 1);
  }
}

/** Each node once, in the order asked for. */
function nodesOf({ relays = [], nodes = [], dns = false }: LabOptions): Set<NodeName> {
  return new Set<NodeName>(['client', 'server', ...relays, ...nodes, ...(dns ? (['names'] as const) : [])]);
}
