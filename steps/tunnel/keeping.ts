/** Steps about what keeps a tunnel connection alive, what client data says, and what a configuration may not say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Then, When } from '@cucumber/cucumber';
import { createSealer } from '../../reference/crypto/transforms.ts';
import { joinDhcpOptions } from '../../reference/packets/dhcp-options.ts';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import type { OpenedResponse } from '../../reference/wire/response.ts';
import { clientConfiguration, type Json, merge } from '../shared/peers/configuration.ts';
import { lab } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    response: OpenedResponse;
    refusal: Error;
  }
}

/** The peer of the implementation under test, whichever role that plays. */
const peerOf = (world: ConformanceWorld) => (world.has('server') ? world.get('server') : world.get('initiator'));

Then(
  'an empty DATA frame comes when nothing was sent for {int} ms',
  async function (this: ConformanceWorld, time: number) {
    const peer = peerOf(this);
    const begun = performance.now();
    for (let count = 0; count < 2; count++) {
      assert.equal((await peer.receive({ keepAlives: true })).length, 0);
    }
    const waited = performance.now() - begun;
    // Two of them: at least one whole interval lies between, since the first may have been due already.
    assert.ok(waited >= time - 1, `two came within ${waited.toFixed(1)} ms`);
  },
);

Then(
  'the connection ends as failed when nothing was received for {int} ms',
  async function (this: ConformanceWorld, time: number) {
    const begun = performance.now();
    const role = this.has('server') ? 'client' : 'server';
    const event = await this.iut(role).event('ended');
    assert.equal(event['by'], 'network');
    assert.equal(event['status'], null);
    // Half of it: the last octet was received some time before this step began.
    assert.ok(performance.now() - begun >= time / 2, 'it ended too early');
  },
);

When(
  'the initiator sends DATA frames with 0, 1, 100 and 255 octets of padding',
  async function (this: ConformanceWorld) {
    const { session, connection } = this.get('initiator');
    const paddings = [0, 1, 100, 255];
    const sealer = createSealer(session.transform, session.sending, { padding: () => paddings.shift() ?? 0 });
    // The empty frame that confirmed was the first of this direction.
    sealer.seal(new Uint8Array());
    paddings.splice(0, paddings.length, 0, 1, 100, 255);
    while (paddings.length > 0) await connection.send(sealer.seal(new Uint8Array()));
  },
);

Then('the session goes on: the operator can end it', async function (this: ConformanceWorld) {
  this.iut('server').endSession('alice');
  const frame = await this.get('initiator').connection.next('CLOSE');
  assert.equal(frame.type, 'CLOSE');
  assert.equal(statusName(frame.octets[7] ?? 0), statusName(Status.endSession));
});

When('the initiator has opened RESPONSE', async function (this: ConformanceWorld) {
  const initiator = this.get('initiator');
  await initiator.sendRelay();
  await initiator.sendRequest();
  this.set('response', await initiator.readResponse());
});

Then('client data has the options {}', function (this: ConformanceWorld, list: string) {
  const { clientData } = this.get('response');
  for (const code of list.split(', ').map(Number))
    assert.ok(joinDhcpOptions(clientData.dhcp).get(code), `option ${code} is missing`);
});

Then('client data has no option {int}', function (this: ConformanceWorld, code: number) {
  assert.equal(joinDhcpOptions(this.get('response').clientData.dhcp).get(code), undefined);
});

Then('option {int} of client data is {word}', function (this: ConformanceWorld, code: number, hex: string) {
  assert.equal(joinDhcpOptions(this.get('response').clientData.dhcp).get(code)?.toHex(), hex);
});

Then(
  'both reserved physical addresses are locally administered, unicast and different',
  function (this: ConformanceWorld) {
    const value = joinDhcpOptions(this.get('response').clientData.dhcp).get(43) ?? new Uint8Array();
    assert.equal(value.length, 16);
    const [client, server] = [value.subarray(2, 8), value.subarray(10, 16)];
    assert.deepEqual([value[0], value[1], value[8], value[9]], [1, 6, 2, 6]);
    for (const address of [client, server]) assert.equal((address[0] ?? 0) & 3, 2, address.toHex());
    assert.notDeepEqual(client, server);
  },
);

// Configurations that are refused.

const faults: Readonly<Record<string, { readonly changes: Json; readonly says: RegExp }>> = {
  'a name with an upper-case letter': {
    changes: { path: ['Server.test'] },
    says: /config\.json.*path\[0\].*upper-case/,
  },
  'a key that nobody knows': { changes: { colour: 'red' }, says: /config\.json.*colour/ },
  'no transform': { changes: { transforms: [] }, says: /config\.json.*transforms/ },
};

When('a tunnel initiator is started with {}', async function (this: ConformanceWorld, fault: string) {
  const { changes } = faults[fault] ?? assert.fail(`no step knows ${JSON.stringify(fault)}`);
  await lab(this);
  await assert.rejects(this.start('client', 'client', merge(clientConfiguration(this.declaration), changes)));
});

Then(
  'it ends with status 2 and names the file, the key and the remedy: {}',
  async function (this: ConformanceWorld, fault: string) {
    const { program } = this.iut('client');
    assert.equal((await program.exited).code, 2);
    assert.match(program.lastWords(), faults[fault]?.says ?? /$^/);
  },
);

When(
  'a tunnel initiator is told what is random, in an environment that does not allow it',
  async function (this: ConformanceWorld) {
    await lab(this);
    const told = merge(clientConfiguration(this.declaration), { deterministic: { padding: 0 } });
    await assert.rejects(this.start('client', 'client', told, { PNA_INSECURE_DETERMINISTIC: '0' }));
  },
);

Then('it ends with status 2 and names the variable', async function (this: ConformanceWorld) {
  const { program } = this.iut('client');
  assert.equal((await program.exited).code, 2);
  assert.match(program.lastWords(), /PNA_INSECURE_DETERMINISTIC/);
});

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
