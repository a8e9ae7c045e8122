/** Steps about what a tunnel server puts into RESPONSE ([EP] fig. 8). */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { Suite } from '../../reference/wire/identifiers.ts';
import { overheadOf } from '../../reference/wire/opened.ts';
import { responseHeaderLength } from '../../reference/wire/response.ts';
import type { ConformanceWorld } from '../shared/world.ts';

Then(
  'the server answers RESPONSE with the suite in its flags, its opened frame padded to 128 octets',
  async function (this: ConformanceWorld) {
    const initiator = this.get('initiator');
    const suite = Suite[initiator.suite];
    const frame = await initiator.expect('RESPONSE');
    // Opening it compares the headers and decodes the one valid encoding.
    initiator.openResponse(frame);
    assert.equal(frame.octets[10], suite);
    assert.equal(frame.octets[11], 0);
    // O is the sealed header and the opened string buffer.
    const buffer = frame.octets.length - 2 * responseHeaderLength - overheadOf('RESPONSE', suite);
    assert.equal(buffer % 128, 0, `an opened string buffer of ${buffer} octets`);
  },
);

Then('each RESPONSE begins with another ephemeral key', function (this: ConformanceWorld) {
  const keys = this.get('responses').map((frame) =>
    frame.subarray(responseHeaderLength, responseHeaderLength + 32).toHex(),
  );
  assert.ok(keys.length > 1);
  assert.equal(new Set(keys).size, keys.length, 'an ephemeral key was used twice');
});
