/** Steps about the options of DATA that REQUEST asks for and RESPONSE selects ([EP] fig. 7, 130; fig. 8, 156). */
import assert from 'node:assert/strict';
import { type DataTable, Then } from '@cucumber/cucumber';
import type { TransformName } from '../../reference/wire/identifiers.ts';
import { newInitiator, scriptedServer } from './peers.ts';
import { tryEach } from './rows.ts';
import type { ConformanceWorld } from './world.ts';

Then(
  'these options of REQUEST give these of RESPONSE, with transform {transform}',
  async function (this: ConformanceWorld, transform: TransformName, table: DataTable) {
    await tryEach(
      table.raw(),
      ([asked = '']) => asked,
      async ([asked = '', expected = '']) => {
        const wanted = { suite: 'x25519', transforms: [transform], dataOptions: Number(asked) } as const;
        const initiator = await newInitiator(this, wanted);
        await initiator.sendRelay();
        await initiator.sendRequest();
        const { keyExchangeData } = await initiator.readResponse();
        assert.equal(keyExchangeData.options, Number(expected));
        initiator.connection.finish();
        await initiator.connection.ended();
      },
    );
  },
);

Then('REQUEST asks for the options {word}', async function (this: ConformanceWorld, bits: string) {
  const server = await scriptedServer(this);
  await server.readRelay();
  const { keyExchangeData } = await server.readRequest();
  assert.equal(keyExchangeData.options, Number(bits));
});
