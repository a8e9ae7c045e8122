/** [EP] fig. 13, 239: which address a relay forwards to, and whether it may. */
import { kindOf } from '../../packets/reserved.ts';
import { parseNodeName } from '../../wire/names.ts';
import type { RelayFile } from '../config/schemas.ts';
import { type Connect, type Group, type MemberStatus, type Opened, reachable } from '../names/group.ts';
import type { Resolver } from '../names/resolver.ts';
import type { Endpoint } from '../transport.ts';

export interface ForwardingOptions {
  readonly policy: Pick<RelayFile, 'allow' | 'allowAddresses'>;
  readonly resolver: Resolver;
  readonly group: Group;
  /** Whether this relay itself listens there. */
  readonly isOwn: (endpoint: Endpoint) => boolean;
  /** Milliseconds that all attempts together may take. */
  readonly patience: number;
}

/** Connects to the next node, and only to addresses that were judged here. */
export class Forwarding {
  readonly #options: ForwardingOptions;

  constructor(options: ForwardingOptions) {
    this.#options = options;
  }

  get members(): MemberStatus[] {
    return this.#options.group.status;
  }

  /**
   * @param name `host[:port]` of the next node
   * @param last whether that is the tunnel server
   * @throws the reason why none was reached
   */
  async open<Connection>(
    name: string,
    last: boolean,
    connect: Connect<Connection>,
    signal: AbortSignal,
  ): Promise<Opened<Connection>> {
    const { policy, resolver, group, patience } = this.#options;
    const { host } = parseNodeName(name);
    // A name may stand in the operator's list more than once.
    const entries = policy.allow.filter((allowed) => allowed.name === host);
    if (entries.length === 0) throw new Error(`${host} is not on the allow-list`);
    const members = await reachable(resolver, name, last, {
      port: (port) => entries.some(({ ports }) => ports.includes(port)),
      endpoint: (endpoint) => this.#permitted(endpoint),
    });
    return group.open(members, connect, { signal, patience });
  }

  #permitted(endpoint: Endpoint): boolean {
    const { policy, isOwn } = this.#options;
    const kind = kindOf(endpoint.address);
    const allowed = kind === 'ordinary' || policy.allowAddresses.some((allowedKind) => allowedKind === kind);
    return allowed && !isOwn(endpoint);
  }
}
