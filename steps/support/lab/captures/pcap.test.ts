import test from 'ava';
import { LabFailure } from '../failure.ts';
import { decodePcap, encodePcap } from './pcap.ts';

/** A classic pcap file, little-endian, as tcpdump writes it on this machine. */
function pcapFile(packets: readonly Uint8Array[], { magic = 0xa1b2c3d4, link = 1, little = true } = {}): Uint8Array {
  const octets = new Uint8Array(24 + packets.reduce((sum, packet) => sum + 16 + packet.length, 0));
  const view = new DataView(octets.buffer);
  view.setUint32(0, magic, little);
  view.setUint16(4, 2, little);
  view.setUint16(6, 4, little);
  view.setUint32(16, 65_535, little);
  view.setUint32(20, link, little);
  let at = 24;
  for (const [i, packet] of packets.entries()) {
    view.setUint32(at, 1_700_000_000 + i, little);
    view.setUint32(at + 4, 250_000, little);
    view.setUint32(at + 8, packet.length, little);
    view.setUint32(at + 12, packet.length, little);
    octets.set(packet, at + 16);
    at += 16 + packet.length;
  }
  return octets;
}

const packets = [new Uint8Array(60).fill(1), new Uint8Array(1514).fill(2)];

for (const little of [true, false]) {
  test(`packets with number, time and octets, ${little ? 'little' : 'big'}-endian`, async (t) => {
    const found = await decodePcap(pcapFile(packets, { little }));
    t.deepEqual(
      found.map(({ octets }) => octets),
      packets,
    );
    t.deepEqual(
      found.map(({ number, time, originalLength }) => [number, time, originalLength]),
      [
        [1, 1_700_000_000_250_000, 60],
        [2, 1_700_000_001_250_000, 1514],
      ],
    );
  });
}

test('what is written is read back', async (t) => {
  const file = await decodePcap(pcapFile(packets));
  t.deepEqual(await decodePcap(encodePcap(file)), file);
  t.deepEqual(await decodePcap(encodePcap([])), []);
});

test('a file without packets has none', async (t) => {
  t.deepEqual(await decodePcap(pcapFile([])), []);
});

test('a last packet that breaks off is an error', async (t) => {
  const file = pcapFile(packets);
  for (const cut of [1, 1513, 1514, 1529]) {
    await t.throwsAsync(decodePcap(file.subarray(0, file.length - cut)), { instanceOf: LabFailure }, `${cut}`);
  }
});

test('what is not classic pcap of Ethernet in microseconds is refused', async (t) => {
  const nanoseconds = 0xa1b23c4d;
  const wrong = [new Uint8Array(10), pcapFile(packets, { magic: nanoseconds }), pcapFile(packets, { link: 113 })];
  for (const file of wrong) await t.throwsAsync(decodePcap(file), { instanceOf: LabFailure });
});

test('a length that is out of all bounds is refused, and not believed', async (t) => {
  const file = pcapFile(packets);
  new DataView(file.buffer).setUint32(24 + 8, 0xffff_fff0, true);
  await t.throwsAsync(decodePcap(file), { instanceOf: LabFailure, message: /claims/ });
});
