import test from 'ava';
import { Malformed } from '../errors.ts';
import { noClientData } from '../wire/client-data.ts';
import { makeKeyExchangeData } from '../wire/key-exchange-data.ts';
import type { OpenedResponse } from '../wire/response.ts';
import { checkChoice } from './exchange.ts';

const lifetimes = { seconds: 10, frames: 20n, octets: 30n };
const proposed = { transforms: [1, 2, 0x0101], lifetimes, suite: 1, dataOptions: 0x000a };
type Choice = Parameters<typeof makeKeyExchangeData>[0];

const response = (choice: Partial<Choice>, changed: Partial<OpenedResponse> = {}): OpenedResponse => ({
  suite: 1,
  keyExchangeData: makeKeyExchangeData({ lifetimes, ...choice }),
  transform: 2,
  clientData: noClientData,
  ...changed,
});

test('a response chooses within what was proposed, at each side of each bound', (t) => {
  t.notThrows(() => checkChoice(response({}), proposed));
  t.notThrows(() => checkChoice(response({ lifetimes: { seconds: 9, frames: 19n, octets: 29n } }), proposed));
  for (const options of [0, 2, 8, 10]) t.notThrows(() => checkChoice(response({ options }), proposed));
  t.notThrows(() => checkChoice(response({}, { transform: 0x0101 }), proposed));
  const wrong = [
    response({ lifetimes: { ...lifetimes, seconds: 11 } }),
    response({ lifetimes: { ...lifetimes, frames: 21n } }),
    response({ lifetimes: { ...lifetimes, octets: 31n } }),
    response({ options: 1 }),
    response({ options: 0x800a }),
    response({ options: 8 }, { transform: 0x0101 }),
    response({ compression: [1] }),
    response({}, { transform: 3 }),
    response({}, { suite: 2 }),
  ];
  for (const one of wrong) t.throws(() => checkChoice(one, proposed), { instanceOf: Malformed });
});
