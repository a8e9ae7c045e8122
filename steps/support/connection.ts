/** What either end of a tunnel connection does and sees: octets, DATA, CLOSE, and the end of the stream. */
import { Then, When } from '@cucumber/cucumber';
import { encodeClose } from '../../reference/wire/close.ts';
import { closes, facing, scripted, startClock, type WireRole } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

When(
  'the {role} sends the octets {octets}',
  async function (this: ConformanceWorld, role: WireRole, octets: Uint8Array) {
    startClock(this);
    await scripted(this, role).connection.send(octets);
  },
);

/** Each is an empty DATA frame. */
When('the {role} sends {int} datagrams', async function (this: ConformanceWorld, role: WireRole, count: number) {
  startClock(this);
  for (let sent = 0; sent < count; sent++) await scripted(this, role).send();
});

When(
  'the {role} sends {close} "{status}"',
  async function (this: ConformanceWorld, role: WireRole, keyed: boolean, status: number) {
    const peer = scripted(this, role);
    await peer.connection.send(keyed ? peer.session.close(status) : encodeClose({ type: 'CLOSE', status }));
    peer.connection.finish();
  },
);

When('the {role} breaks the connection off', function (this: ConformanceWorld, role: WireRole) {
  scripted(this, role).connection.reset();
});

When('the {role} ends its stream without CLOSE', function (this: ConformanceWorld, role: WireRole) {
  scripted(this, role).connection.finish();
});

Then(
  'the {role} answers {close} "{status}" and ends the stream',
  async function (this: ConformanceWorld, role: WireRole, keyed: boolean, status: number) {
    await closes(this, facing(this, role), status, keyed);
  },
);

Then('the {role} ends the stream without a frame', async function (this: ConformanceWorld, role: WireRole) {
  await facing(this, role).connection.endedWithoutFrame();
});
