/** Steps about DATA frames that are rightly sealed over what must not be: only the check of the field can refuse them. */
import { createCipheriv } from 'node:crypto';
import { When } from '@cucumber/cucumber';
import { viewOf } from '../../reference/octets.ts';
import { EtherType } from '../../reference/packets/ethernet.ts';
import { type DataHeader, dataHeaderLength, encodeDataHeaderPlain, noDatagram } from '../../reference/wire/data.ts';
import { Transform } from '../../reference/wire/identifiers.ts';
import { arrival, attacked, datagram, refused } from '../shared/attack.ts';
import { known } from '../shared/known.ts';
import type { ScriptedSession } from '../shared/peers/session.ts';
import type { ConformanceWorld } from '../shared/world.ts';

const tagLength = 16;

/** What is wrong about a frame: fields of its header, or the octets of its padding. */
const forgeries: Readonly<Record<string, { readonly header?: Partial<DataHeader>; readonly padding?: Uint8Array }>> = {
  'padding that is not zero': { padding: Uint8Array.of(0, 1) },
  'a flag that was not negotiated': { header: { flags: 1 } },
  'a private flag': { header: { flags: 0x8000 } },
  'a segment size': { header: { segmentSize: 1 } },
  'a digest length of 1': { header: { digestLength: 1 } },
  'a digest length of 15': { header: { digestLength: 15 } },
  'a datagram length that is one short': { header: { datagramLength: 27 } },
  'a padding length that is not there': { header: { paddingLength: 1 } },
  'the protocol of IPv6 over an IPv4 datagram': { header: { protocol: EtherType.ipv6 } },
  'the protocol of an empty datagram over one that is not': { header: { protocol: noDatagram } },
};

/** Seals by RFC 8439 or SP 800-38D with whatever header, at the counter of the next frame. */
function forge(
  session: ScriptedSession,
  plaintext: Uint8Array,
  { header = {}, padding = new Uint8Array() }: (typeof forgeries)[string],
): Uint8Array {
  const frame = new Uint8Array(dataHeaderLength + tagLength + plaintext.length + padding.length);
  const right = { protocol: EtherType.ipv4, datagramLength: plaintext.length, flags: 0, segmentSize: 0 };
  encodeDataHeaderPlain({ ...right, paddingLength: padding.length, digestLength: tagLength, ...header }, frame);
  const { key, iv } = session.sending;
  const nonce = iv.slice();
  const view = viewOf(nonce);
  view.setBigUint64(4, view.getBigUint64(4) ^ BigInt(session.sealer.frames));
  const name = session.transform === Transform.aes256gcm ? 'aes-256-gcm' : 'chacha20-poly1305';
  const cipher = createCipheriv(name as 'chacha20-poly1305', key, nonce, { authTagLength: tagLength });
  cipher.setAAD(frame.subarray(0, dataHeaderLength), { plaintextLength: plaintext.length + padding.length });
  frame.set(cipher.update(plaintext), dataHeaderLength + tagLength);
  frame.set(cipher.update(padding), dataHeaderLength + tagLength + plaintext.length);
  cipher.final();
  frame.set(cipher.getAuthTag(), dataHeaderLength);
  return frame;
}

When(
  'the peer seals a DATA frame with {}, it is refused and nothing of it arrives',
  async function (this: ConformanceWorld, fault: string) {
    const forgery = known(forgeries, fault);
    const attack = await attacked(this);
    await attack.peer.connection.send(forge(attack.peer.session, datagram(this.get('victim'), 2), forgery));
    await refused(attack, 'integrity failure', fault);
  },
);

When('the peer seals a DATA frame with nothing wrong, it arrives', async function (this: ConformanceWorld) {
  const { peer, socket } = await attacked(this);
  const sent = datagram(this.get('victim'), 2);
  await peer.connection.send(forge(peer.session, sent, {}));
  await arrival(socket, sent);
});
