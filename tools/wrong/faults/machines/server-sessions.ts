/** Who is let in at a server, whose address it is, and what one connection does to another ([EP] figs. 12 and 14). */
import { type Fault, inModule } from '../../fault.ts';

const known = `    if (entry === undefined) return refusal('not authorized');\n`;

const policy = inModule('reference/tunnel/server/policy.ts', ['server'], {
  'server-judges-transforms-first': [
    'SRV-08',
    'Strangers learn no common transform.',
    known,
    `    if (!request.transforms.some((wanted) => (this.#config.transforms as readonly number[]).includes(wanted)))
      return refusal('no common transform');
    if (entry === undefined) return refusal('not authorized');\n`,
  ],
  'server-judges-addresses-first': [
    'SRV-08',
    'Strangers learn no address left.',
    known,
    `    if (entry === undefined) {
      const none = this.#numberOf(request.initiatorName);
      return typeof none === 'number' || this.#initiators.size === 1 ? refusal('not authorized') : none;
    }\n`,
  ],
  'server-name-without-key': [
    'SRV-05 HS-08',
    'Whoever names a known initiator is authorised, whatever the key.',
    `const entry = this.#initiators.get(identifier(request.initiatorName, request.initiatorStatic));
    if (entry`,
    `const entry = this.#config.initiators.find(({ name }) => name === request.initiatorName);
    if (entry`,
  ],
  'server-key-without-name': [
    'SRV-05 HS-08',
    'Whoever has a known key is authorised, whatever the name.',
    `const entry = this.#initiators.get(identifier(request.initiatorName, request.initiatorStatic));
    if (entry`,
    `const entry = this.#config.initiators.find(({ publicKey }) => publicKey.toHex() === key);
    if (entry`,
  ],
});

/** The delay of a refusal begins when it is judged, not when it came, and judging takes longer for some of them. */
const late: readonly Fault[] = Object.entries({
  'server-refuses-names-late': [
    'An unknown name is refused 100 ms later than a wrong key: a name oracle.',
    `(this.#config.initiators.some(({ name }) => name === request.initiatorName) ? 0 : 100)`,
  ],
  'server-refuses-keys-late': ['A REQUEST that opens is refused 100 ms later than one that does not.', `100`],
} as const).map(([id, [does, wait]]) => ({
  id,
  breaks: ['SRV-07'],
  roles: ['server'],
  does,
  file: 'reference/tunnel/server/policy.ts',
  change: [
    known,
    `    const until = performance.now() + ${wait};
    while (entry === undefined && performance.now() < until);
${known}`,
  ],
  more: [
    {
      file: 'reference/nodes/server.ts',
      change: [
        `this.#machine.after(options.timers.refusalDelay, 'refusal')`,
        `this.#machine.deadlines.set('refusal', performance.now() + options.timers.refusalDelay)`,
      ],
    },
  ],
}));

const ended = `      this.#tellEnd(tunnel, name, cause);\n`;
const others = (condition: string): string => `${ended}      if (${condition})
        for (const other of this.#tunnels.open) if (other !== tunnel) other.connection.destroy();\n`;

const sessions = inModule('reference/tunnel/server/server.ts', ['server'], {
  'server-broken-connection-ends-others': [
    'SRV-15',
    'A network error before Authorized ends every connection.',
    ended,
    others(`cause.by === 'network' && tunnel.session === undefined`),
  ],
  'server-spoilt-frame-ends-others': [
    'SRV-24',
    'An integrity failure of one session ends the others.',
    ended,
    others(`cause.by === 'self' && cause.status === 4`),
  ],
  'server-refused-request-ends-others': [
    'SRV-24',
    'A REQUEST that is refused ends the sessions of others.',
    ended,
    others(`cause.by === 'self' && cause.status === 3`),
  ],
  'server-malformed-frame-ends-others': [
    'SRV-24',
    'A malformed frame ends the connections of others.',
    ended,
    others(`cause.by === 'self' && cause.status === 5`),
  ],
  'server-end-session-of-all': [
    'SRV-10',
    "The operator ends one initiator's session, and all of them end.",
    `if (name === undefined || tunnel.session?.name === name)`,
    `if (name === undefined || name.length > 0)`,
  ],
  'server-shutting-down-first-only': [
    'SRV-11',
    'When the program ends, only one session gets a CLOSE.',
    `    await this.#tunnels.close(({ connection }) => connection.input({ type: 'command', command: 'shut down' }));`,
    `    let told = false;
    await this.#tunnels.close(({ connection }) => {
      if (told) connection.destroy();
      else connection.input({ type: 'command', command: 'shut down' });
      told = true;
    });
    await Promise.resolve();`,
  ],
  'server-unconfirmed-displaces': [
    'SRV-18',
    'A session that is not confirmed displaces the older one of its name.',
    `      tunnel.session = effect.session;\n`,
    `      tunnel.session = effect.session;
      this.#confirmed.get(effect.session.name)?.connection.input({ type: 'superseded' });\n`,
  ],
  'server-older-not-superseded': [
    'SRV-18',
    'The older session of a name goes on beside the newer one.',
    `    older?.connection.input({ type: 'superseded' });\n`,
    '',
  ],
  'server-superseded-ends-anyone': [
    'SRV-18 SRV-24',
    'A session that is confirmed ends the older ones of every name.',
    `    older?.connection.input({ type: 'superseded' });\n`,
    `    for (const other of this.#confirmed.values())
      if (other !== tunnel) other.connection.input({ type: 'superseded' });
    older?.connection.input({ type: 'superseded' });\n`,
  ],
  'server-older-takes-route-away': [
    'SRV-18',
    'The end of the older session takes the address away from the newer one.',
    `    this.#adapter.remove(tunnel).catch((error: unknown) => this.#error(error));
    this.#tunnels.ended(tunnel);`,
    `    this.#adapter.remove(tunnel).catch((error: unknown) => this.#error(error));
    const newer = name === undefined ? undefined : this.#confirmed.get(name);
    if (newer) this.#adapter.remove(newer).catch((error: unknown) => this.#error(error));
    this.#tunnels.ended(tunnel);`,
  ],
  'server-route-before-confirmed': [
    'SRV-16',
    'Routes are made as soon as RESPONSE is sent.',
    `      tunnel.session = effect.session;\n`,
    `      tunnel.session = effect.session;
      const given = this.#policy.addressesOf(effect.session);
      if (given) this.#adapter.add(tunnel, effect.session.name, given).catch((error: unknown) => this.#error(error));\n`,
  ],
  'server-keeps-ended-connections': [
    'SRV-23',
    'Connections that have ended are kept.',
    `    this.#tunnels.ended(tunnel);`,
    `    (this.#tunnels as unknown as { all?: unknown[] }).all ??= [];
    (this.#tunnels as unknown as { all: unknown[] }).all.push([tunnel, new Uint8Array(16_384).fill(1)]);
    this.#tunnels.ended(tunnel);`,
  ],
});

const addresses = inModule('reference/tunnel/server/pool.ts', ['server'], {
  'server-address-of-each-request': [
    'SRV-19',
    'Each REQUEST gets the next address of the pool.',
    `    return this.#fixed.get(name) ?? this.#numberOf(name);`,
    `    const free = (name.length > 0 ? [...Array(this.#last - this.#first + 1).keys()] : []).map((n) => n + this.#first);
    const counter = this as unknown as { given?: number };
    counter.given = (counter.given ?? -1) + 1;
    return this.#fixed.get(name) ?? free[counter.given % free.length];`,
  ],
  'server-address-by-arrival': [
    'PATH-14',
    'Addresses are given in the order in which the names come.',
    `    return this.#fixed.get(name) ?? this.#numberOf(name);`,
    `    const by = this as unknown as { given?: string[] };
    const given = (by.given ??= []);
    if (!given.includes(name)) given.push(name);
    return this.#fixed.get(name) ?? this.#first + given.indexOf(name);`,
  ],
  'server-one-address-for-all': [
    'PATH-14 SRV-19',
    'Every name gets the first address of the pool.',
    `    return this.#fixed.get(name) ?? this.#numberOf(name);`,
    `    return this.#fixed.get(name) ?? this.#first;`,
  ],
});

export const serverSessions: readonly Fault[] = [...policy, ...late, ...sessions, ...addresses];
