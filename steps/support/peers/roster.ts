/** Where the initiators of a group are, as its members tell ([EP] fig. 13, 239). */
import type { Iut } from './iut.ts';

/** The members of the group that scenarios have, by their nodes. */
export const members = ['server', 'server-2', 'server-3'] as const;
export type Member = (typeof members)[number];

export interface Assignment {
  readonly member: Member;
  /** In the virtual LAN. */
  readonly address: string;
}

/** Where each initiator was authorized last. */
export class Roster {
  readonly #latest = new Map<string, Assignment>();
  #change = Promise.withResolvers<void>();

  constructor(programs: Readonly<Record<Member, Iut>>) {
    for (const member of members) void this.#follow(member, programs[member]);
  }

  /** Waits until every name is at a member that it was not at before. */
  async all(
    wanted: readonly string[],
    before: ReadonlyMap<string, Assignment> = new Map(),
  ): Promise<ReadonlyMap<string, Assignment>> {
    const arrived = (name: string): boolean => {
      const latest = this.#latest.get(name);
      return latest !== undefined && latest.member !== before.get(name)?.member;
    };
    while (!wanted.every(arrived)) await this.#change.promise;
    return new Map(this.#latest);
  }

  /** Until the member's program ends. */
  async #follow(member: Member, { program }: Iut): Promise<void> {
    for (;;) {
      const event = await program.event('authorized', 600_000).catch(() => undefined);
      if (event === undefined) return;
      this.#latest.set(String(event['name']), { member, address: String(event['address']) });
      this.#change.resolve();
      this.#change = Promise.withResolvers<void>();
    }
  }
}
