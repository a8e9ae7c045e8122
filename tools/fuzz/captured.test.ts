/** Golden captures of local stacks: each packet fares as it must, and the replies that they show are right. */
import test from 'ava';
import { conversations } from './captured.ts';
import { lan } from './lan.ts';
import { asksRouter, fateOf } from './oracle.ts';
import { faultOf } from './replies.ts';
import { tryPacket } from './run.ts';

test('there is a capture of each program, and one of the kernel', (t) => {
  const names = conversations.map(({ name }) => name).sort();
  t.deepEqual(names, ['dhclient', 'dhcpcd', 'kernel-ipv6', 'networkd', 'udhcpc']);
});

for (const { name, packets } of conversations) {
  test(`${name}: what it sends fares as it must`, async (t) => {
    for (const { sent, octets } of packets) if (sent) t.is(await tryPacket(octets), undefined, octets.toHex());
  });

  test(`${name}: what it was answered is right`, (t) => {
    let answered = 0;
    for (const [index, { sent, octets }] of packets.entries()) {
      const fate = fateOf(octets, 'client');
      if (!sent || fate === 'tunnel' || fate === 'nothing') continue;
      const reply = packets.slice(index).find((packet) => !packet.sent)?.octets;
      t.truthy(reply, `${fate} without an answer`);
      // An advertisement says what that tunnel's client data said.
      if (asksRouter(octets)) t.true(reply?.toHex().includes(`03044040${'f'.repeat(16)}00000000${lan.prefix}`));
      else t.is(faultOf(reply as Uint8Array, octets, fate, 'client'), undefined);
      answered += 1;
    }
    t.true(answered > 0);
  });
}
