/** Whether a reply of an emulator is the right one for its request, by offsets of the RFCs. */
import { checksum } from '../../vectors/generate/packets.ts';
import { lan, type Place } from './lan.ts';
import { asksRouter, type Fate, icmpv6Sum, linkLocal, optionsOf, u16 } from './oracle.ts';

/** @param request of which the fate is a reply of that emulator. @returns what is wrong, or undefined */
export function faultOf(reply: Uint8Array, request: Uint8Array, fate: Fate, place: Place): string | undefined {
  if (fate === 'arp') return differs(reply, arpReply(request, place));
  if (fate === 'neighbour')
    return asksRouter(request) ? routerFault(reply, request) : differs(reply, advertisement(request, place));
  return dhcpFault(reply, request);
}

function differs(reply: Uint8Array, right: string): string | undefined {
  return reply.toHex() === right ? undefined : `replied ${reply.toHex()}, not ${right}`;
}

/** @param rules whether each holds of the reply */
function broken(reply: Uint8Array, rules: Readonly<Record<string, boolean>>): string | undefined {
  const names = Object.keys(rules).filter((name) => rules[name] === false);
  return names.length === 0 ? undefined : `reply ${reply.toHex()}: ${names.join(', ')}`;
}

const otherEnd = (place: Place): string => (place === 'client' ? lan.serverPhysical : lan.clientPhysical);

/** RFC 826: the two ends swapped, and what was asked filled in. */
function arpReply(request: Uint8Array, place: Place): string {
  const hex = (from: number, to: number): string => request.subarray(from, to).toHex();
  const physical = otherEnd(place);
  const head = `${hex(22, 28)}${physical}08060001080006040002`;
  return `${head}${physical}${hex(38, 42)}${hex(22, 28)}${hex(28, 32)}`;
}

/** RFC 4861 §7.2.4: router, solicited and override set, with the target's physical address. */
function advertisement(request: Uint8Array, place: Place): string {
  const hex = (from: number, to: number): string => request.subarray(from, to).toHex();
  const physical = otherEnd(place);
  const target = hex(62, 78);
  const ip = `6000000000203aff${target}${hex(22, 38)}`;
  const packet = Uint8Array.fromHex(`${ip}88000000e0000000${target}0201${physical}`);
  const sum = icmpv6Sum(packet);
  packet.set([sum >> 8, sum % 256], 42);
  return `${hex(6, 12)}${physical}86dd${packet.toHex()}`;
}

/** RFC 4861 §4.2 and §6.2.3: from the router, to who asked or to all, no default router, and what fits of the options. */
function routerFault(reply: Uint8Array, request: Uint8Array): string | undefined {
  const packet = reply.subarray(14);
  const asker = request.subarray(22, 38).toHex();
  const toAll = asker === '0'.repeat(32);
  const types: number[] = [];
  for (let at = 56; at < packet.length; at += (packet[at + 1] || 255) * 8) types.push(packet[at]!);
  return broken(reply, {
    Ethernet:
      reply.subarray(0, 14).toHex() ===
      `${toAll ? '333300000001' : request.subarray(6, 12).toHex()}${lan.serverPhysical}86dd`,
    'IP header': packet.subarray(0, 4).toHex() === '60000000' && packet.subarray(6, 8).toHex() === '3aff',
    length: u16(packet, 4) + 40 === packet.length && packet.length <= 1280,
    source: packet.subarray(8, 24).toHex() === linkLocal.server,
    destination: packet.subarray(24, 40).toHex() === (toAll ? `ff02${'0'.repeat(27)}1` : asker),
    checksum: icmpv6Sum(packet) === 0,
    'fixed part':
      packet.subarray(40, 42).toHex() === '8600' && packet.subarray(44, 56).toHex() === `40${'0'.repeat(22)}`,
    options: types.join() === [1, 3, 5, 25, 31, ...Array(70).fill(24)].join(),
    prefix: packet.subarray(64, 96).toHex() === `03044040${'f'.repeat(16)}00000000${lan.prefix}${'0'.repeat(16)}`,
  });
}

/** RFC 2131 table 3 and §4.1, RFC 2132 §9.10 for the size. */
function dhcpFault(reply: Uint8Array, frame: Uint8Array): string | undefined {
  const datagram = frame.subarray(14);
  const headers = (datagram[0]! % 16) * 4 + 8;
  const request = datagram.subarray(headers);
  const length = u16(datagram, headers - 4) - 8;
  const message = reply.subarray(42);
  const options = optionsOf(message);
  const asked = optionsOf(request.subarray(0, length));
  const size = asked?.get(57);
  const room = Math.max(576, size?.length === 2 ? size[0]! * 256 + size[1]! : 0);
  const type = options?.get(53)?.join();
  const address = message.subarray(16, 20).join('.');
  const pseudo = [...reply.subarray(26, 34), 0, 17, ...reply.subarray(38, 40), ...reply.subarray(34)];
  const same = (from: number, to: number): boolean =>
    message.subarray(from, to).toHex() === request.subarray(from, to).toHex();
  const relayed = u16(message, 24) + u16(message, 26) > 0;
  const receiver = relayed ? frame.subarray(6, 12) : message.subarray(28, 34);
  const isBroadcast = reply.subarray(30, 34).join('.') === '255.255.255.255';
  return broken(reply, {
    'Ethernet and IP header': reply.subarray(6, 15).toHex() === `${lan.serverPhysical}080045`,
    'physical address': reply.subarray(0, 6).toHex() === (isBroadcast ? 'ffffffffffff' : receiver.toHex()),
    port: u16(reply, 36) === (relayed ? 67 : 68),
    'IP length': u16(reply, 16) === reply.length - 14,
    'IP checksum': checksum(reply.subarray(14, 34)) === 0,
    'UDP length': u16(reply, 38) === reply.length - 34,
    'UDP checksum': u16(reply, 40) !== 0 && checksum(Uint8Array.from(pseudo)) === 0,
    'at least 300 octets': message.length >= 300,
    'no more octets than the client takes': reply.length - 14 <= room,
    'op, htype and hlen': message.subarray(0, 3).toHex() === '020106',
    'xid, giaddr and chaddr': same(4, 8) && same(24, 34),
    options: options !== undefined && message[240] === 53 && options.get(54)?.join('.') === lan.server,
    'message type': type === '2' || type === '5' || type === '6',
    yiaddr: address === '0.0.0.0' || (address === lan.client && type !== '6'),
    lease: options?.has(51) === (address === lan.client),
  });
}
