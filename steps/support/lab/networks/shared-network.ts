/** A private network that several tunnel servers share: an Ethernet with one more node on it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { routesTo } from './kernel-tables.ts';
import type { Lab, NodeName } from './namespace.ts';

/** The device by which each member is on the network. */
export const sharedDevice = 'eth1';
/** The node that is no tunnel server. */
export const insideAddress = '10.9.0.7';
export const insideAddress6 = 'fd00:9::7';

const insideDevice = 'br1';

/** Namespaces and wires of it end with the laboratory. */
export class SharedNetwork {
  /** The inside node's namespace, as `ip netns` knows it. */
  readonly inside: string;
  readonly #lab: Lab;

  private constructor(lab: Lab, inside: string) {
    this.#lab = lab;
    this.inside = inside;
  }

  /**
   * The inside node is where the wires come together: its bridge is the Ethernet.
   * @param ipv6 whether it has IPv6 too, which the laboratory then has to have
   */
  static async create(lab: Lab, members: readonly NodeName[], ipv6 = false): Promise<SharedNetwork> {
    const inside = await lab.add('inside');
    const lines = [`link add ${insideDevice} type bridge`, `addr add ${insideAddress}/24 dev ${insideDevice}`];
    if (ipv6) lines.push(`addr add ${insideAddress6}/64 dev ${insideDevice} nodad`);
    await lab.ip(inside, ...lines, `link set ${insideDevice} up`);
    for (const [index, member] of members.entries()) {
      const namespace = lab.namespace(member);
      await lab.ip(inside, `link add to-${index} type veth peer name ${sharedDevice} netns ${namespace}`);
      await lab.ip(inside, `link set to-${index} master ${insideDevice}`, `link set to-${index} up`);
      await lab.ip(namespace, `addr add ${addressAt(index)}/24 dev ${sharedDevice}`, `link set ${sharedDevice} up`);
      lab.sysctl(namespace, 'net/ipv4/ip_forward', 1);
      if (!ipv6) continue;
      await lab.ip(namespace, `addr add fd00:9::1${index + 1}/64 dev ${sharedDevice} nodad`);
      lab.sysctl(namespace, 'net/ipv6/conf/all/forwarding', 1);
    }
    return new SharedNetwork(lab, inside);
  }

  get device(): string {
    return insideDevice;
  }

  /** The nodes of the virtual LAN are taken for neighbours: who has them is asked by ARP. */
  async expectNeighbours(virtualLan: string): Promise<void> {
    await this.#lab.ip(this.inside, `route add ${virtualLan} dev ${insideDevice}`);
  }

  /** Whether the inside node has a route to an address by a member. */
  async hasRoute(address: string, index: number): Promise<boolean> {
    const routes = await routesTo(this.inside, `${address}/32`);
    return routes.some(({ gateway }) => gateway === addressAt(index));
  }

  /**
   * A program that does what a routing daemon would: the inside node learns by which member a prefix is reached.
   * @returns its path
   */
  routeProgram(folder: string, index: number): string {
    const program = join(folder, `announce-${index}`);
    const route = `ip -netns ${this.inside} route`;
    // It gets three words, whatever is in the last one.
    const script = `#!/bin/sh
[ $# = 3 ] || exit 1
case $1 in
  add) ${route} replace "$2" via ${addressAt(index)} ;;
  remove) ${route} delete "$2" via ${addressAt(index)} ;;
esac
`;
    writeFileSync(program, script, { mode: 0o755 });
    return program;
  }
}

const addressAt = (index: number): string => `10.9.0.1${index + 1}`;
