/** The vectors of ARP and DHCP, against reference/emulators. Replies are taken apart here, not by the reference. */
import test from 'ava';
import { answerArp } from '../reference/emulators/arp.ts';
import { answerDhcp } from '../reference/emulators/dhcp.ts';
import { clientReach } from '../reference/emulators/reach.ts';
import { decodeClientData } from '../reference/wire/client-data.ts';
import { toNetworkSettings } from '../reference/wire/network-settings.ts';
import { checksum } from './generate/packets.ts';
import { load, octets, title } from './load.ts';

const physical = (hex: string): string => hex.replaceAll(/(..)(?!$)/g, '$1:');

for (const group of load('arp')) {
  const reach = clientReach({
    address: group['clientAddress'],
    prefixLength: group['prefixLength'],
    serverAddress: group['serverAddress'],
    serverPhysical: octets(group['serverPhysical'].replaceAll(':', '')),
  });
  for (const vector of group.tests)
    test(`ARP: ${title(vector)}`, (t) => {
      const reply = answerArp(octets(vector['packet']), reach);
      if (vector.result === 'invalid') return t.is(reply, undefined);
      const right = octets(vector['reply']);
      t.is(reply?.slice(0, right.length).toHex(), vector['reply']);
      t.true(reply?.slice(right.length).every((octet) => octet === 0));
      return t.true((reply?.length ?? 0) <= 60);
    });
}

/** A reply by the offsets of RFC 894, RFC 791, RFC 768 and RFC 2131. */
function apart(packet: Uint8Array) {
  const at = (offset: number, length: number): Uint8Array => packet.subarray(offset, offset + length);
  const number = (offset: number): number => (packet[offset] ?? 0) * 256 + (packet[offset + 1] ?? 0);
  const options: { code: number; value: string; parts: string[] }[] = [];
  for (let offset = 282; packet[offset] !== 255 && offset < packet.length; ) {
    const [code = 0, length = 0] = at(offset, 2);
    if (code === 0) {
      offset += 1;
      continue;
    }
    const value = at(offset + 2, length).toHex();
    const before = options.find((option) => option.code === code);
    if (before) {
      before.value += value;
      before.parts.push(value);
    } else options.push({ code, value, parts: [value] });
    offset += 2 + length;
  }
  const udp = at(34, number(38));
  const pseudo = Uint8Array.of(...at(26, 8), 0, 17, ...at(38, 2), ...udp);
  const fields = {
    ethernetDestination: physical(at(0, 6).toHex()),
    ethernetSource: physical(at(6, 6).toHex()),
    ipSource: at(26, 4).join('.'),
    ipDestination: at(30, 4).join('.'),
    sourcePort: number(34),
    destinationPort: number(36),
    op: packet[42],
    xid: at(46, 4).toHex(),
    flags: number(52),
    ciaddr: at(54, 4).join('.'),
    yiaddr: at(58, 4).join('.'),
    giaddr: at(66, 4).join('.'),
    chaddr: physical(at(70, 6).toHex()),
  };
  return { fields, options, sums: [checksum(at(14, 20)), checksum(pseudo)], bootpLength: udp.length - 8 };
}

for (const group of load('dhcp')) {
  const settings = toNetworkSettings(decodeClientData(octets(group['clientData'])));
  for (const vector of group.tests)
    test(`DHCP: ${title(vector)}`, (t) => {
      const reply = answerDhcp(octets(vector['packet']), settings);
      if (vector.result === 'invalid') return t.is(reply, undefined);
      const { options: wanted, absent, ...fields } = vector['reply'];
      for (const packet of [octets(vector['example']), reply ?? new Uint8Array(0)]) {
        const said = apart(packet);
        t.deepEqual(said.fields, fields);
        t.deepEqual(said.sums, [0, 0]);
        t.true(said.bootpLength >= 300);
        t.is(said.options[0]?.code, 53);
        for (const option of wanted)
          t.like(
            said.options.find(({ code }) => code === option.code),
            option,
          );
        t.deepEqual(
          said.options.filter(({ code }) => absent.includes(code)),
          [],
        );
      }
      return;
    });
}
