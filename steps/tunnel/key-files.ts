/** Steps about who can read the file that a private key is in. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Given, Then } from '@cucumber/cucumber';
import { clientConfiguration, serverConfiguration } from '../support/peers/configuration.ts';
import { lab, type WireRole } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

const nodeOf = (role: WireRole): 'client' | 'server' => (role === 'server' ? 'server' : 'client');

/** The suite itself writes it for its owner alone. */
const open = (mode: string): string => `chmod ${mode} "$0" && exec "$@"`;

Given(
  'a file of mode {word} with the configuration of a tunnel {role}, and the key in it',
  async function (this: ConformanceWorld, mode: string, role: WireRole) {
    await lab(this);
    const node = nodeOf(role);
    const configuration = (node === 'server' ? serverConfiguration : clientConfiguration)(this.declaration);
    const startedBy = ['sh', '-c', open(mode), join(this.folder, node, 'config.json')];
    await assert.rejects(this.start(node, node, configuration, {}, startedBy), 'it began all the same');
  },
);

Then('the {role} that is started with it exits with status 2', async function (this: ConformanceWorld, role: WireRole) {
  assert.deepEqual(await this.iut(nodeOf(role)).program.exited, { code: 2, signal: null });
});
