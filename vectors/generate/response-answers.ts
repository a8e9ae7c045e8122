/** RESPONSE against the REQUEST that it answers: what an initiator must not take, though it is well-formed. */
import { type Lifetimes, lifetimes, optionBits, tlv, usual } from './key-exchange-data.ts';
import { type Group, invalidTest, octets, status, type Test, validTest } from './model.ts';
import { exampleClientData, noClientData } from './network.ts';
import { cat, hex, u16 } from './octets.ts';
import { opened, type Parts, request, response } from './opened.ts';

/** What the answers depend on of a REQUEST. */
export interface Asked {
  readonly lifetimes: Lifetimes;
  /** GREASE that is offered: two values, which may be the same. */
  readonly grease: readonly [number, number];
}

/** The files' REQUEST. */
const usualAsked: Asked = {
  lifetimes: { seconds: 1800, frames: 100_000, octets: 1_000_000_000 },
  grease: [0x0a0a, 0xfafa],
};
/** Besides GREASE. */
export const offered = [0x0001, 0x0101];

const less = (value: number | bigint, by: number): number | bigint =>
  typeof value === 'bigint' ? value - BigInt(by) : value - by;

const requestOf = (suite: number): Uint8Array =>
  opened(request, {
    suite,
    keyExchangeData: cat(lifetimes(usualAsked.lifetimes), tlv(0x1a1a, [1, 2, 3])),
    transforms: [usualAsked.grease[0], ...offered, usualAsked.grease[1]],
    destination: 'server.test',
    clientData: noClientData,
    initiator: 'alice',
  });

/** In the order of the file, whose comments name the usual GREASE. */
export function answersTo(suite: 1 | 2, { lifetimes: asked, grease }: Asked = usualAsked): Test[] {
  const granted = (change: Partial<Lifetimes>): Uint8Array => lifetimes({ ...asked, ...change });
  const answer = (change: Partial<Parts>): string =>
    hex(
      opened(response, {
        suite,
        keyExchangeData: granted({}),
        transforms: [1],
        clientData: exampleClientData,
        ...change,
      }),
    );
  const taken = (comment: string, change: Partial<Parts>): Test =>
    validTest('Within', comment, { opened: answer(change) });
  const refused = (flag: string, comment: string, change: Partial<Parts>): Test =>
    invalidTest(flag, comment, { status: 5, opened: answer(change) });
  const bounds = ['seconds', 'frames', 'octets'] as const;
  const most = { seconds: 0xffff_ffff, frames: 0xffff_ffff_ffff_ffffn, octets: 0xffff_ffff_ffff_ffffn };
  const named = (id: number): string => id.toString(16).toUpperCase().padStart(4, '0');
  return [
    taken('the first transform, the same bounds', {}),
    taken('the last transform', { transforms: [0x0101] }),
    ...bounds.map((bound) =>
      taken(`one less in ${bound}`, { keyExchangeData: granted({ [bound]: less(asked[bound], 1) }) }),
    ),
    ...bounds.map((bound) => taken(`1 in ${bound}`, { keyExchangeData: granted({ [bound]: 1 }) })),
    taken('an unknown entry', { keyExchangeData: cat(granted({}), tlv(0x1a1a, [1])) }),
    taken('option bits of 0', { keyExchangeData: cat(granted({}), optionBits(0)) }),
    ...[0x0002, 0x0102, 0x0000, 0x0003, 0x0100, 0x0103, 0x7777, 0xf001, 0xffff].map((id) =>
      refused('Unoffered', `transform ${named(id)}, which was not offered`, { transforms: [id] }),
    ),
    ...[0x1a1a, 0xeaea].map((id) =>
      refused('GreaseSelected', `GREASE ${named(id)}, which was not offered`, { transforms: [id] }),
    ),
    ...grease.map((id, index) =>
      refused('GreaseSelected', `GREASE ${named(usualAsked.grease[index] ?? 0)}, which was offered`, {
        transforms: [id],
      }),
    ),
    ...bounds.map((bound) =>
      refused('Lifetimes', `one more in ${bound}`, { keyExchangeData: granted({ [bound]: less(asked[bound], -1) }) }),
    ),
    ...bounds.map((bound) =>
      refused('Lifetimes', `the most in ${bound}`, { keyExchangeData: granted({ [bound]: most[bound] }) }),
    ),
    refused('Lifetimes', 'the usual bounds, all above', { keyExchangeData: lifetimes(usual) }),
    refused('Lifetimes', 'frames and octets swapped', {
      keyExchangeData: granted({ frames: asked.octets, octets: asked.frames }),
    }),
    refused('Suite', 'the other suite', { suite: suite === 1 ? 2 : 1 }),
    ...[0, 3, 255].map((other) => refused('Suite', `suite ${other}`, { suite: other })),
    ...[1, 2, 4, 8, 16, 0x20, 0x8000, 0xffff].map((bits) =>
      refused('NotAsked', `option bits ${named(bits)}, of which none was asked for`, {
        keyExchangeData: cat(granted({}), optionBits(bits)),
      }),
    ),
    ...[0, 1, 0xf001].map((id) =>
      refused('NotAsked', `compression ${named(id)}, which was not asked for`, {
        keyExchangeData: cat(granted({}), tlv(2, u16(id))),
      }),
    ),
  ];
}

export const answerNotes = {
  Within: 'What the REQUEST allows.',
  Unoffered: 'A transform that the REQUEST did not offer.',
  GreaseSelected: 'A GREASE value, offered or not.',
  Lifetimes: 'A bound above that of the REQUEST.',
  Suite: 'Not the suite of the REQUEST.',
  NotAsked: 'Options or compression that the REQUEST did not ask for.',
};
export const answerShape = {
  group: { suite: status, request: octets.describe('O of the REQUEST.') },
  valid: { opened: octets },
  invalid: { status: status.describe('Of a keyed CLOSE: the transform is known.'), opened: octets },
};

export const answerGroups: readonly Group[] = ([1, 2] as const).map((suite) => ({
  type: 'Answer',
  comment: `O of a RESPONSE to this REQUEST, suite ${suite}. Its octets decode; whether the initiator takes it hangs on the REQUEST.`,
  suite,
  request: hex(requestOf(suite)),
  tests: answersTo(suite),
}));
