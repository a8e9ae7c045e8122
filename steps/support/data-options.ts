/** Steps about the options of DATA that REQUEST asks for and RESPONSE selects ([EP] fig. 7, 130; fig. 8, 156). */
import assert from 'node:assert/strict';
import { type DataTable, Then } from '@cucumber/cucumber';
import { DataOption, type TransformName } from '../../reference/wire/identifiers.ts';
import { Nonconformance } from './lab/failure.ts';
import type { Declaration } from './peers/declaration.ts';
import { newInitiator, scriptedServer } from './peers.ts';
import { tryEach } from './rows.ts';
import type { ConformanceWorld } from './world.ts';

/** The bits of what an implementation declares. */
const declaredBits = ({ capabilities }: Declaration): number =>
  (capabilities.includes('bundles') ? DataOption.bundle : 0) |
  (capabilities.includes('offload') ? DataOption.checksum | DataOption.segmentation : 0);

/** @throws Nonconformance if one of the options is none that the implementation under test declares */
export function assertDeclared({ declaration, remote }: ConformanceWorld, options: number): void {
  remote?.lacks('a declaration of what it implements');
  const strange = options & ~declaredBits(declaration);
  if (strange !== 0) throw new Nonconformance(`the option bits 0x${strange.toString(16)} are not declared`);
}

/** What the RESPONSE selects to an initiator that asks for these. */
export async function optionsSelected(
  world: ConformanceWorld,
  transform: TransformName,
  dataOptions: number,
): Promise<number> {
  const initiator = await newInitiator(world, { suite: 'x25519', transforms: [transform], dataOptions });
  await initiator.sendRelay();
  await initiator.sendRequest();
  const { keyExchangeData } = await initiator.readResponse();
  initiator.connection.finish();
  await initiator.connection.ended();
  return keyExchangeData.options;
}

/**
 * Option bits of the next REQUEST that comes to the scripted server (docs/protocol.md, section 5.2); 0 without entry 3.
 */
export async function optionsAskedFor(world: ConformanceWorld): Promise<number> {
  const server = await scriptedServer(world);
  await server.readRelay();
  return (await server.readRequest()).keyExchangeData.options;
}

Then(
  'these options of REQUEST give these of RESPONSE, with transform {transform}',
  async function (this: ConformanceWorld, transform: TransformName, table: DataTable) {
    await tryEach(
      table.raw(),
      ([asked = '']) => asked,
      async ([asked = '', expected = '']) =>
        assert.equal(await optionsSelected(this, transform, Number(asked)), Number(expected)),
    );
  },
);

Then('REQUEST asks for the options {word}', async function (this: ConformanceWorld, bits: string) {
  assert.equal(await optionsAskedFor(this), Number(bits));
});
