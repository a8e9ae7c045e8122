/** What a server grants to the REQUESTs of one name, one after the other. */
import assert from 'node:assert/strict';
import { type DataTable, Then } from '@cucumber/cucumber';
import type { OpenedResponse } from '../../reference/wire/response.ts';
import { eachRow } from './exchanges.ts';
import { known } from './known.ts';
import { newInitiator } from './peers.ts';
import { requestOf } from './request-faults.ts';
import { optionOf } from './response.ts';
import type { ConformanceWorld } from './world.ts';

const granted = ({
  transform,
  keyExchangeData,
  clientData,
}: OpenedResponse): Readonly<Record<string, number | bigint>> => ({
  transform,
  lease: Number(`0x${optionOf(clientData, 51)?.toHex() ?? ''}`),
  ...keyExchangeData.lifetimes,
});

Then(
  'REQUESTs of one name, one after the other, are granted what each asks for',
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([request = '', expected = '']: string[]): Promise<void> => {
      const peer = await newInitiator(this, requestOf(request).options);
      const response = await peer.authorize();
      // `transform 0x0001`, `lease 60`, `5 seconds`
      const words = expected.split(' ');
      const [field = '', value = ''] = /^\d/.test(expected) ? words.toReversed() : words;
      assert.equal(BigInt(known(granted(response), field)), BigInt(value), field);
      await peer.close(1);
      await peer.connection.ended();
    };
    await eachRow(table.raw(), ([request = '', expected = '']) => `${request}: ${expected}`, act);
  },
);
