/** Steps about a tunnel over a wire that fails in one place, and about what became of the tunnel connection. */
import assert from 'node:assert/strict';
import { type DataTable, Given, Then } from '@cucumber/cucumber';
import { known } from '../support/known.ts';
import { within } from '../support/lab/deadlines/deadline.ts';
import { LabFailure } from '../support/lab/failure.ts';
import { wireAddresses } from '../support/lab/networks/namespace.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import {
  type Blow,
  type Harm,
  harms,
  type Manner,
  manners,
  type Place,
  type Script,
  ScriptedWire,
} from '../support/lab/packets/scripted-wire.ts';
import { tunnelPort, withoutDataOptions } from '../support/peers/configuration.ts';
import { echoThrough, exchange } from '../support/reconnecting.ts';
import { startTunnelThatReconnects } from '../support/tunnels.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    failingWire: ScriptedWire;
  }
}

/** Milliseconds that octets may need that wait for a new tunnel connection: TCP repeats them ever more seldom. */
const recovery = 30_000;

/** Where frames are among those of their way. */
const frames: Readonly<Record<string, Omit<Place, 'octet'>>> = {
  RELAY: { way: 'forth', frame: 0 },
  REQUEST: { way: 'forth', frame: 1 },
  RESPONSE: { way: 'back', frame: 0 },
  // Behind RELAY, REQUEST and 39 others, and behind RESPONSE and as many.
  'DATA 40 forth': { way: 'forth', frame: 41 },
  'DATA 40 back': { way: 'back', frame: 40 },
};

async function tunnelOver(world: ConformanceWorld, script: Script): Promise<void> {
  const between = wireAddresses['relay-b'];
  const lab = await world.startLab({ relays: ['relay-b'], hosts: { 'server.test': between } });
  const wire = world.own(
    await ScriptedWire.open(lab.namespace('relay-b'), tunnelPort, wireAddresses.server, {
      capture: world.capture(),
      ...script,
    }),
  );
  world.set('failingWire', wire);
  // Frames are counted: with one datagram each, none of which is longer than the MTU, there are many.
  const alone = (role: 'client' | 'server') => withoutDataOptions(world.declarationOf(role));
  await startTunnelThatReconnects(world, { client: alone('client'), server: alone('server') });
  await echoThrough(world, virtualLan.serverAddress, recovery);
}

Given(
  new RegExp(
    `^a tunnel that reconnects and a TCP connection through it, over a wire that passes octets (${manners.join('|')})$`,
  ),
  { timeout: 60_000 },
  async function (this: ConformanceWorld, manner: Manner) {
    await tunnelOver(this, { manner });
  },
);

const harmNamed = (name: string): Harm => known(Object.fromEntries(harms.map((one) => [one, one])), name);

function blowOf({ does = '', octet = '', frame = '' }: Readonly<Record<string, string>>): Blow {
  return { does: harmNamed(does), at: { ...known(frames, frame), octet: Number(octet) } };
}

/** Octets enough for one blow: the places are in the first 40 datagrams of each connection. */
const enough = 80_000;

Given(
  'a tunnel that reconnects and a TCP connection through it, over a wire that does this to one connection after the other',
  { timeout: 240_000 },
  async function (this: ConformanceWorld, table: DataTable) {
    const rows = table.hashes();
    await tunnelOver(this, { blows: rows.map(blowOf) });
    const [wire, echo] = [this.get('failingWire'), this.get('echo')];
    const told = (row: Readonly<Record<string, string>> = {}) =>
      `it ${row['does']} at octet ${row['octet']} of ${row['frame']}`;
    const last = () => (wire.fallen === 0 ? '' : `the last that befell a connection: ${told(rows[wire.fallen - 1])}`);
    for (let round = 0; round < rows.length && wire.fallen < rows.length; round++)
      await within(recovery, 'the octets coming back', exchange(echo, enough), last);
    if (wire.fallen < rows.length) throw new LabFailure(`nothing came where ${told(rows[wire.fallen])}`);
  },
);

Then('there was one tunnel connection', function (this: ConformanceWorld) {
  assert.equal(this.get('failingWire').connections, 1);
});

Then('each of these tunnel connections was followed by another one', function (this: ConformanceWorld) {
  const { connections, fallen } = this.get('failingWire');
  assert.ok(connections > fallen, 'the last of them is still there');
});

Then('no datagram of the virtual LAN is on the wire in clear', async function (this: ConformanceWorld) {
  const inner = virtualLan.serverAddress.split('.').slice(0, 3).map(Number);
  const isInner = (address: Uint8Array) => inner.every((octet, index) => address[index] === octet);
  const packets = await this.packets('wire');
  assert.ok(packets.length > 0, 'nothing was captured');
  for (const { octets: frame } of packets) {
    if (frame[12] !== 8 || frame[13] !== 0) continue;
    assert.ok(!isInner(frame.subarray(26)) && !isInner(frame.subarray(30)), Buffer.from(frame).toString('hex'));
  }
});
