/** The golden captures equal the golden conversations: packets of a real run against octets of the independent path. */
import { join, resolve } from 'node:path';
import test from 'ava';
import { load } from '../../vectors/load.ts';
import { readPcap } from '../support/lab/captures/pcap.ts';
import { tcpConnections } from '../support/lab/captures/tcp-streams.ts';

const folder = resolve(import.meta.dirname, '../../captures/golden');
const captures = {
  'hybrid-aes256gcm': [2, 'aes256gcm'],
  'x25519-aes256ctr-hmacsha256': [1, 'aes256ctr-hmacsha256'],
} as const;

for (const [name, [suite, transform]] of Object.entries(captures)) {
  test(`${name}.pcap equals its vector`, async (t) => {
    const group = load('conversation').find((one) => one['suite'] === suite && one['transform'] === transform);
    const vector = group?.tests.find(({ result }) => result === 'valid');
    const [connection, ...more] = tcpConnections(await readPcap(join(folder, `${name}.pcap`)));
    t.is(more.length, 0);
    t.is(connection?.forth.octets.toHex(), vector?.['initiatorToServer'] + vector?.['closes'].initiator.octets);
    t.is(connection?.back.octets.toHex(), vector?.['serverToInitiator']);
  });
}
