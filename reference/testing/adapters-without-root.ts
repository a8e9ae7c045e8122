/**
 * A program for the test of the driver. It gives root up, then makes adapters, one after the other. Through each the local
 * stack sends a datagram, for which it first has to take an ARP reply from the adapter. Prints one line of JSON.
 */
import { createSocket } from 'node:dgram';
import { reserveTap, Tap } from '../adapter/tap.ts';
import { O_RDWR, open } from '../libc/descriptors.ts';
import { SystemCallFailure } from '../libc/failure.ts';
import { unshareNetwork } from '../libc/namespaces.ts';
import { confine } from '../linux/privileges/confinement.ts';
import { setAddress } from '../linux/routing/address.ts';
import { ArpOperation, decodeArp, encodeArp } from '../packets/arp.ts';
import { EtherType, encodeEthernet, ethernetHeaderLength, etherTypeOf } from '../packets/ethernet.ts';

const [own, peer] = [{ address: '10.99.0.1', length: 24 }, '10.99.0.2'];
const peerPhysical = Uint8Array.of(2, 0, 0, 0, 0, 2);

/** Whether this process may open the driver. */
function opensDriver(): boolean {
  try {
    open('/dev/net/tun', O_RDWR);
    return true;
  } catch (error) {
    if (error instanceof SystemCallFailure) return false;
    throw error;
  }
}

function answerTo(request: Uint8Array): Uint8Array {
  const { senderPhysical, senderAddress, targetAddress } = decodeArp(request.subarray(ethernetHeaderLength));
  const reply = encodeArp({
    operation: ArpOperation.reply,
    senderPhysical: peerPhysical,
    senderAddress: targetAddress,
    targetPhysical: senderPhysical,
    targetAddress: senderAddress,
  });
  return encodeEthernet({
    destination: senderPhysical,
    source: peerPhysical,
    etherType: EtherType.arp,
    payload: reply,
  });
}

/** @returns the last octet of the IPv4 datagrams that came */
async function datagramThrough(device: Tap): Promise<number | undefined> {
  while (await device.readable())
    for (let frame = device.read(); frame; frame = device.read()) {
      const etherType = etherTypeOf(frame);
      if (etherType === EtherType.ipv4) return frame.at(-1);
      if (etherType === EtherType.arp) device.write(answerTo(frame));
    }
  return undefined;
}

unshareNetwork();
reserveTap();
confine({ user: 'nobody', netAdmin: true, lacking: (line) => process.stderr.write(`${line}\n`) });
const times = Number(process.argv[2]);
let worked = 0;
for (let number = 0; number < times; number += 1) {
  await using device = new Tap({ name: 'pna-again' });
  device.setUp(true);
  await setAddress(device.name, own);
  const socket = createSocket('udp4');
  socket.send(Uint8Array.of(number), 9, peer);
  if ((await datagramThrough(device)) === number) worked += 1;
  socket.close();
}
process.stdout.write(`${JSON.stringify({ uid: process.geteuid?.(), opensDriver: opensDriver(), worked })}\n`);
