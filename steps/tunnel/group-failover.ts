/** Steps about the load of a group's members, and about one of them dying ([EP] fig. 13, 239). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { within } from '../shared/lab/deadline.ts';
import { insideAddress, insideAddress6 } from '../shared/lab/shared-network.ts';
import { type TransferResult, transfer } from '../shared/lab/traffic.ts';
import { clientConfiguration } from '../shared/peers/configuration.ts';
import { identityOf } from '../shared/peers/identities.ts';
import type { Iut } from '../shared/peers/iut.ts';
import type { ConformanceWorld } from '../shared/world.ts';
import { type Member, members, names, path } from './group.ts';

interface Assignment {
  readonly member: Member;
  readonly address: string;
}

interface Failover {
  readonly victim: Member;
  readonly before: ReadonlyMap<string, Assignment>;
  readonly killed: number;
  readonly transfer: Promise<TransferResult>;
}

declare module '../shared/world.ts' {
  interface Facts {
    roster: Roster;
    /** Where each initiator's tunnel ends. */
    assignments: ReadonlyMap<string, Assignment>;
    failover: Failover;
  }
}

/** Where each initiator was authorized last, as the members tell. */
class Roster {
  readonly #latest = new Map<string, Assignment>();
  #more = Promise.withResolvers<void>();

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
    while (!wanted.every(arrived)) await this.#more.promise;
    return new Map(this.#latest);
  }

  /** Until the member's program ends. */
  async #follow(member: Member, { program }: Iut): Promise<void> {
    for (;;) {
      const event = await program.event('authorized', 600_000).catch(() => undefined);
      if (event === undefined) return;
      this.#latest.set(String(event['name']), { member, address: String(event['address']) });
      this.#more.resolve();
      this.#more = Promise.withResolvers<void>();
    }
  }
}

When('{int} initiators connect through the relay to the group', async function (this: ConformanceWorld, count: number) {
  const roster = new Roster(this.get('members'));
  this.set('roster', roster);
  const start = (name: string, index: number) =>
    this.start(
      'client',
      index === 0 ? 'client' : 'others',
      clientConfiguration(this.declaration, {
        name,
        privateKey: identityOf(name).privateKey,
        path,
        reconnect: true,
        adapter: { name: `pna${index}`, configure: index === 0 ? 'direct' : 'none' },
      }),
    );
  const [first, ...others] = names(count).map((name, index) => () => start(name, index));
  const alice = await (first as () => Promise<Iut>)();
  for (const next of others) await next();
  await alice.event('adapter', 30_000);
  this.set('assignments', await within(30_000, 'each being authorized', roster.all(names(count))));
});

Then('no member has more than 1 above the mean', function (this: ConformanceWorld) {
  const assigned = [...this.get('assignments').values()];
  const counts = members.map((member) => assigned.filter((one) => one.member === member).length);
  const mean = assigned.length / members.length;
  assert.ok(Math.max(...counts) <= mean + 1, `${counts.join(', ')}, the mean is ${mean}`);
  this.log(`initiators at each member: ${counts.join(', ')}`);
});

When(
  'a node of that network is sent {int} MiB by an initiator, and the member that it is connected to is killed meanwhile',
  async function (this: ConformanceWorld, mebibytes: number) {
    await sendAndKill(this, mebibytes, insideAddress);
  },
);

When(
  'a node of that network is sent {int} MiB by an initiator in IPv6, and the member that it is connected to is killed meanwhile',
  async function (this: ConformanceWorld, mebibytes: number) {
    await sendAndKill(this, mebibytes, insideAddress6);
  },
);

async function sendAndKill(world: ConformanceWorld, mebibytes: number, address: string): Promise<void> {
  const before = world.get('assignments');
  const victim = before.get('alice')?.member as Member;
  const octets = mebibytes * 2 ** 20;
  const third = Promise.withResolvers<void>();
  const sending = transfer({
    from: world.lab.namespace('client'),
    to: world.get('network').inside,
    address,
    octets,
    milliseconds: 80_000,
    progress: (arrived) => {
      if (arrived > octets / 3) third.resolve();
    },
  });
  await Promise.race([third.promise, sending]);
  world.get('members')[victim].program.kill('SIGKILL');
  world.set('failover', { victim, before, killed: performance.now(), transfer: sending });
}

Then(
  'within {duration} each initiator of that member is authorized by another, with the same address',
  async function (this: ConformanceWorld, limit: number) {
    const { victim, before, killed } = this.get('failover');
    const moved = [...before].filter(([, { member }]) => member === victim).map(([name]) => name);
    assert.ok(moved.length > 0);
    const after = await within(limit, 'each being authorized again', this.get('roster').all(moved, before));
    this.log(
      `of the killed member's initiators the last of ${moved.length} was back ${Math.round(performance.now() - killed)} ms after the kill`,
    );
    for (const name of moved) assert.equal(after.get(name)?.address, before.get(name)?.address, name);
  },
);

Then('the transfer is complete: SHA-256 is equal at both ends', async function (this: ConformanceWorld) {
  const { sent, arrived } = await this.get('failover').transfer;
  assert.equal(arrived, sent);
});
