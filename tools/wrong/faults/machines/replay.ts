/** REQUESTs that are sent again: who has a place, and who gives way ([EP] fig. 12, 223). */
import { type Fault, inModule } from '../../fault.ts';

const first = `const last = full ? [...sessions].sort(lastFirst)[0] : undefined;`;

const places = inModule('reference/tunnel/server/unconfirmed.ts', ['server'], {
  'server-per-key-3': [
    'SRV-25',
    'With three half-open connections of one static key a fresh REQUEST displaces one.',
    `sessions.size >= this.#limit;`,
    `sessions.size >= this.#limit - 1;`,
  ],
  'server-per-key-5': [
    'SRV-25',
    'Five half-open connections of one static key have places.',
    `sessions.size >= this.#limit;`,
    `sessions.size > this.#limit;`,
  ],
  'server-fresh-refused': [
    'SRV-25',
    'Beyond halfOpenPerKey a fresh REQUEST is refused, too.',
    `if (!fresh && (full ||`,
    `if (full || (!fresh &&`,
  ],
  'server-per-key-newest-gives-way': [
    'SRV-25',
    'The fresh one of the greatest freshness gives way.',
    `return one.value < other.value ? -1 : 1;`,
    `return one.value < other.value ? 1 : -1;`,
  ],
  'server-per-key-stale-stays': [
    'SRV-25',
    'Of what gives way the lowest freshness decides alone, so that a replay outlives its owner.',
    `if (one.fresh !== other.fresh) return one.fresh ? 1 : -1;`,
    `if (one.fresh !== other.fresh && one.value === other.value) return one.fresh ? -1 : 1;`,
  ],
  'server-per-key-arrival-gives-way': [
    'SRV-25',
    'Whoever has come first gives way, a replay or not.',
    first,
    `const [last] = full ? sessions : [];`,
  ],
  'server-gives-way-silently': ['SRV-25', 'What gives way stays open.', `        last.giveWay();\n`, ''],
  'server-freshness-ignored': [
    'SRV-26',
    'Every REQUEST is fresh: replays displace what their owner has begun.',
    `const fresh = value > greatest;`,
    `const fresh = true;`,
  ],
  'server-freshness-equal-is-fresh': [
    'SRV-26',
    'The greatest value once more is fresh.',
    `const fresh = value > greatest;`,
    `const fresh = value >= greatest;`,
  ],
  'server-freshness-absent-is-fresh': [
    'SRV-26',
    'A REQUEST without freshness is fresh.',
    `const fresh = value > greatest;`,
    `const fresh = freshness === undefined || value > greatest;`,
  ],
  'server-freshness-lowered': [
    'SRV-26',
    'The value of the last REQUEST counts, not the greatest.',
    `greatest: fresh ? value : greatest`,
    `greatest: value`,
  ],
  'server-two-stale': [
    'SRV-26',
    'As many stale REQUESTs of a key have places as fresh ones.',
    `(full || [...sessions].some((session) => !session.fresh))`,
    `full`,
  ],
  'server-stale-refused': [
    'SRV-26',
    'A stale REQUEST has no place even where nobody else wants it: who lost its clock stays out.',
    `(full || [...sessions].some((session) => !session.fresh))`,
    `true`,
  ],
  'server-freshness-of-all-keys': [
    'SRV-25 SRV-26',
    'One greatest value and one set of places for all keys.',
    `this.#keys.get(key) ?? {`,
    `[...this.#keys.values()][0] ?? {`,
  ],
});

const key = inModule('reference/tunnel/server/policy.ts', ['server'], {
  'server-per-key-never-freed-by-confirmation': [
    'SRV-26',
    'A confirmed connection keeps its place among the half-open ones of its key.',
    `    connected?.unconfirmed?.release();
  }

  ending(`,
    `  }

  ending(`,
  ],
  'server-per-key-never-freed-by-end': [
    'SRV-26',
    'A connection that ended unconfirmed keeps its place among the half-open ones of its key.',
    `    connected?.admitted.reached('ending');
    connected?.unconfirmed?.release();`,
    `    connected?.admitted.reached('ending');`,
  ],
});

const close = inModule('reference/nodes/server.ts', ['server'], {
  'server-gives-way-superseded': [
    'SRV-25',
    'What gives way is told superseded: an initiator would stay away.',
    `this.#refuse('gives way', Status.resourceLimit)`,
    `this.#refuse('gives way', Status.superseded)`,
  ],
});

const asked = inModule('reference/tunnel/client/freshness.ts', ['client'], {
  'initiator-freshness-constant': [
    'REQ-18',
    'Every REQUEST of a run has one value.',
    `const time = now();`,
    `if (last >= 0n) return last;
    const time = now();`,
  ],
  'initiator-freshness-falls': [
    'REQ-18',
    'Each value is below the one before.',
    `const time = now();`,
    `if (last >= 0n) return --last;
    const time = now();`,
  ],
  'initiator-freshness-of-the-minute': [
    'REQ-18',
    'The value is the time in whole minutes.',
    `    last = time > last ? time : last < largest ? last + 1n : largest;`,
    `    last = time / 60_000_000n;`,
  ],
  'initiator-freshness-counts': [
    'REQ-19',
    'The value counts the REQUESTs of the run.',
    `const time = now();`,
    `const time = 0n;`,
  ],
});

const absent = inModule('reference/nodes/initiator.ts', ['client'], {
  'initiator-no-freshness': [
    'REQ-18',
    'REQUEST has no freshness.',
    `randomness.grease(), freshness(), dataOptions)`,
    `randomness.grease())`,
  ],
});

const decoded = inModule('reference/wire/key-exchange-data.ts', ['server'], {
  'freshness-shorter': [
    'REQ-12',
    'A freshness of fewer octets than 8 is taken.',
    `if (value.length !== freshnessLength)`,
    `if (value.length < freshnessLength) return 0n;
  if (value.length > freshnessLength)`,
  ],
  'freshness-longer': [
    'REQ-12',
    'A freshness of more octets than 8 is taken.',
    `if (value.length !== freshnessLength)`,
    `if (value.length < freshnessLength)`,
  ],
});

export const replay: readonly Fault[] = [...places, ...key, ...close, ...asked, ...absent, ...decoded];
