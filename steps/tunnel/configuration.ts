/** Steps about what a configuration may not say, and what is never written to a log. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Then, When } from '@cucumber/cucumber';
import { Status } from '../../reference/wire/identifiers.ts';
import { ipv4 } from '../../vectors/generate/packets.ts';
import { packetDown, packetUp } from '../support/adapter.ts';
import { arrival, attacked } from '../support/attack.ts';
import { known } from '../support/known.ts';
import { disclosed } from '../support/lab/captures/disclosure.ts';
import { marker } from '../support/lab/captures/plaintext-search.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import type { NodeName } from '../support/lab/networks/namespace.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import {
  clientConfiguration,
  type Json,
  merge,
  relayConfiguration,
  serverConfiguration,
} from '../support/peers/configuration.ts';
import type { Role } from '../support/peers/declaration.ts';
import type { ScriptedEndPoint } from '../support/peers/session.ts';
import { lab, type WireRole } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** The peer of the session of whose secrets nothing may be found. */
    observed: ScriptedEndPoint;
  }
}

interface Fault {
  readonly changes: Json;
  readonly env?: Readonly<Record<string, string>>;
  /** The key or the variable that a message has to name. */
  readonly names: string;
}

const insecure = 'PNA_INSECURE_DETERMINISTIC';
const keys = { deterministic: { x25519: ['11'.repeat(32)] } };

const faults: Readonly<Record<string, Fault>> = {
  'a name with an upper-case letter': { changes: { path: ['Server.test'] }, names: 'path' },
  'a path of 17 names': {
    changes: { path: [...Array.from({ length: 16 }, (_, index) => `relay-${index}.test`), 'server.test'] },
    names: 'path',
  },
  'a path without names': { changes: { path: [] }, names: 'path' },
  'an initiator name of 256 characters': { changes: { name: 'a'.repeat(256) }, names: 'name' },
  'an initiator name with a tab': { changes: { name: 'alice\t' }, names: 'name' },
  'a timer of 0': { changes: { timers: { silence: 0 } }, names: 'silence' },
  'a longest back-off that is below the shortest': {
    changes: { timers: { backOffMin: 2_000, backOffMax: 1_999 } },
    names: 'backOffMax',
  },
  'a key that nobody knows': { changes: { colour: 'red' }, names: 'colour' },
  'a key that nobody knows, within another': { changes: { adapter: { colour: 'red' } }, names: 'colour' },
  'a key that nobody knows, within a list': {
    changes: { allow: [{ name: 'b.test', colour: 'red' }] },
    names: 'colour',
  },
  'no transform': { changes: { transforms: [] }, names: 'transforms' },
  'a private key that is too short': { changes: { privateKey: 'AAAA' }, names: 'privateKey' },
  'names that are none': { changes: { names: ['a..b'] }, names: 'names' },
  'no port': { changes: { listen: '0.0.0.0' }, names: 'listen' },
  'padding, and the variable 0': {
    changes: { deterministic: { padding: 0 } },
    env: { [insecure]: '0' },
    names: insecure,
  },
  'padding, and the variable empty': {
    changes: { deterministic: { padding: 0 } },
    env: { [insecure]: '' },
    names: insecure,
  },
  'ephemeral keys, and the variable 0': { changes: keys, env: { [insecure]: '0' }, names: insecure },
  'ephemeral keys, and the variable empty': { changes: keys, env: { [insecure]: '' }, names: insecure },
};

const started: Readonly<
  Record<WireRole, { readonly role: Role; readonly node: NodeName; readonly base: (world: ConformanceWorld) => Json }>
> = {
  initiator: { role: 'client', node: 'client', base: ({ declaration }) => clientConfiguration(declaration) },
  server: { role: 'server', node: 'server', base: ({ declaration }) => serverConfiguration(declaration) },
  relay: { role: 'relay', node: 'relay-b', base: () => relayConfiguration('relay-b.test') },
};

When(
  'a tunnel {role} is configured with {}',
  async function (this: ConformanceWorld, wireRole: WireRole, fault: string) {
    const { changes, env } = known(faults, fault);
    const { role, node, base } = started[wireRole];
    await lab(this, role === 'relay' ? { relays: ['relay-b'] } : {});
    await assert.rejects(this.start(role, node, merge(base(this), changes), env), 'it began, and opened what it needs');
  },
);

/** Of a configuration file the file and the key, of an environment the variable. How the remedy is worded is free. */
Then(
  'the {role} ends with status 2, and names where {} is',
  async function (this: ConformanceWorld, wireRole: WireRole, fault: string) {
    const { program } = this.iut(started[wireRole].node);
    assert.equal((await program.exited).code, 2);
    assert.ok(!program.seen.some(({ event }) => event === 'ready'), 'it said that it was ready');
    const { names } = known(faults, fault);
    const words = program.lastWords();
    for (const word of names === insecure ? [names] : ['config.json', names])
      assert.ok(words.includes(word), `${word} is not named: ${words}`);
  },
);

/** Printable, so that a log that shows text shows it. */
const payloads = { up: marker(120, 'up'), down: marker(120, 'down') };

When('datagrams pass in both directions', async function (this: ConformanceWorld) {
  const { peer, socket } = await attacked(this);
  this.set('observed', peer);
  const { clientAddress, serverAddress } = virtualLan;
  const server = this.get('victim').role === 'server';
  const [own, other] = server ? [serverAddress, clientAddress] : [clientAddress, serverAddress];
  const incoming = ipv4({ source: other, destination: own, protocol: 254, payload: payloads.up });
  // No initiator's: a server refuses it, and says nothing of what is in it.
  if (server) await peer.send(ipv4({ source: '10.8.0.77', destination: own, protocol: 254, payload: payloads.up }));
  await peer.send(incoming);
  await arrival(socket, incoming);
  const outgoing = ipv4({ source: own, destination: other, protocol: 254, payload: payloads.down });
  socket.inject((server ? packetDown : packetUp)(outgoing));
  for (;;) if (Buffer.from(await peer.receive()).equals(outgoing)) break;
});

/** The session is ended by its peer, so that the datagram is read before the program ends. */
When('a datagram has come to it in a session, and its program has ended', async function (this: ConformanceWorld) {
  const peer = await this.get('authorize')();
  this.set('observed', peer);
  const { clientAddress: source, serverAddress: destination } = virtualLan;
  await peer.send(ipv4({ source, destination, protocol: 254, payload: payloads.up }));
  await peer.close(Status.endSession);
  await peer.connection.endedWithoutFrame();
  await this.iut(this.get('tested') === 'server' ? 'server' : 'client').terminate();
});

When('the program of the {role} has ended', async function (this: ConformanceWorld, wireRole: WireRole) {
  const { program } = this.iut(started[wireRole].node);
  program.kill('SIGTERM');
  const peer = this.get('observed');
  await peer.expectClose();
  peer.connection.finish();
  await program.exited;
});

Then(
  'neither a key nor a datagram is in what the {role} wrote, but for keys in keys.log',
  function (this: ConformanceWorld, wireRole: WireRole) {
    const { folder, configuration } = this.iut(started[wireRole].node);
    const { session } = this.get('observed');
    const { privateKey } = configuration as { readonly privateKey: string };
    const derived = [session.sending, session.receiving].flatMap(({ key, close, mac }) => [
      key,
      close,
      ...(mac ? [mac] : []),
    ]);
    const secrets: readonly (readonly [string, Uint8Array])[] = [
      ...[...derived, ...session.noiseKeys].map((octets) => ['a key of the session', octets] as const),
      ['the private key', Uint8Array.fromBase64(privateKey)],
      ['a datagram that came', payloads.up],
      ['a datagram that was sent', payloads.down],
    ];
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const written = files.filter(({ name }) => name !== 'config.json');
    assert.ok(written.length > 0, 'nothing was written');
    for (const { name, parentPath } of written) {
      const octets = readFileSync(join(parentPath, name));
      for (const [secretName, secret] of name === 'keys.log' ? secrets.slice(-3) : secrets) {
        const how = disclosed(octets, secret);
        if (how !== undefined) throw new Nonconformance(`${secretName} is in ${name} ${how}`);
      }
    }
  },
);
