/** Steps about what a configuration may not say, and what of it is never logged. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Then, When } from '@cucumber/cucumber';
import { known } from '../shared/known.ts';
import { clientConfiguration, type Json, merge } from '../shared/peers/configuration.ts';
import { lab } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

interface Fault {
  readonly changes: Json;
  readonly env?: Readonly<Record<string, string>>;
  /** The file and the key, or the variable, in whatever words: only a reader can judge the remedy (SEC-03). */
  readonly says: RegExp;
}

const faults: Readonly<Record<string, Fault>> = {
  'a name with an upper-case letter': {
    changes: { path: ['Server.test'] },
    says: /config\.json.*path/s,
  },
  'a key that nobody knows': { changes: { colour: 'red' }, says: /config\.json.*colour/s },
  'no transform': { changes: { transforms: [] }, says: /config\.json.*transforms/s },
  'what is random, in an environment that does not allow it': {
    changes: { deterministic: { padding: 0 } },
    env: { PNA_INSECURE_DETERMINISTIC: '0' },
    says: /PNA_INSECURE_DETERMINISTIC/,
  },
};

When('a tunnel initiator is configured with {}', async function (this: ConformanceWorld, fault: string) {
  const { changes, env } = known(faults, fault);
  await lab(this);
  await assert.rejects(this.start('client', 'client', merge(clientConfiguration(this.declaration), changes), env));
});

Then(
  'it ends with status 2 and names where and how to mend {}',
  async function (this: ConformanceWorld, fault: string) {
    const { program } = this.iut('client');
    assert.equal((await program.exited).code, 2);
    assert.match(program.lastWords(), known(faults, fault).says);
  },
);

Then('no key is in what it wrote to stderr and stdout', function (this: ConformanceWorld) {
  const { session } = this.get('server');
  const { folder } = this.iut('client');
  const secrets = [session.sending, session.receiving].flatMap(({ key, close }) => [key, close]);
  const logs = ['stderr.log', 'stdout.log'].map((name) => readFileSync(`${folder}/${name}`, 'utf8')).join('\n');
  assert.ok(logs.includes('authorized'), 'nothing was logged');
  for (const secret of [...secrets.map((one) => one.toHex()), ...secrets.map((one) => one.toBase64())]) {
    assert.ok(!logs.toLowerCase().includes(secret.toLowerCase()), 'a session key is in a log');
  }
  const configuration = this.iut('client').configuration as { privateKey: string };
  assert.ok(!logs.includes(configuration.privateKey), 'the private key is in a log');
});
