/** A client on a machine whose addresses change while it connects. */
import { once } from 'node:events';
import test from 'ava';
import type { Device } from '../../adapter/interface.ts';
import { encodeKey, generateKeyPair } from '../../crypto/identity.ts';
import { ip } from '../../linux/programs/iproute2.ts';
import { removeAddress, setAddress } from '../../linux/routing/address.ts';
import { enterPrivateNetwork, openTap, whyNoPrivateNetwork } from '../../testing/private-network.ts';
import { parseConfig } from '../config/config.ts';
import type { TunnelEvent } from '../events.ts';
import { createLog } from '../log.ts';
import { noTrace } from '../trace.ts';
import { TunnelClient } from './client.ts';

const why = whyNoPrivateNetwork();
if (!why) enterPrivateNetwork();
const kernel = why ? test.skip : test.serial;

const { privateKey, publicKey } = generateKeyPair();
const home = { address: '10.77.0.1', length: 24 };

/** Waits until the local stack sends an ARP packet. */
async function question(device: Device): Promise<void> {
  while (await device.readable())
    for (let frame = device.read(); frame !== undefined; frame = device.read())
      if (frame[12] === 0x08 && frame[13] === 0x06) return;
}

for (const [what, leave] of [
  ['the address is deleted', () => removeAddress('outside', home)],
  ['the link goes down', () => ip('link', 'set', 'outside', 'down')],
] as const)
  kernel(`${why ?? 'kernel'}: TCP Open ends at once when ${what}`, async (t) => {
    const outside = await openTap('outside');
    t.teardown(() => outside.close());
    outside.setUp(true);
    await setAddress('outside', home);
    const file = {
      role: 'client',
      name: 'alice',
      privateKey: encodeKey(privateKey),
      path: ['server.test'],
      server: { publicKey: encodeKey(publicKey), suite: 'x25519' },
    };
    const target = new EventTarget();
    const ended: TunnelEvent[] = [];
    const client = new TunnelClient(parseConfig('client', JSON.stringify(file), 'client.json', {}), {
      log: createLog('error', () => {}),
      trace: noTrace,
      listener: (event) => {
        if (event.event !== 'ended') return;
        ended.push(event);
        target.dispatchEvent(new Event('ended'));
      },
      // Nobody answers there.
      resolver: { addresses: async () => ['10.77.0.2'], services: async () => [] },
    });
    t.teardown(() => client.stop());
    await client.start();
    // The connection begins with the stack's question who has that address.
    await question(outside);
    const over = once(target, 'ended');
    await leave();
    await over;
    t.like(ended[0], { by: 'network', reason: 'this machine no longer has the address 10.77.0.1' });
  });
