/** RFC 826 and RFC 5227 on packets written by hand. */
import test from 'ava';
import fc from 'fast-check';
import { answerArp, concernsArp } from './arp.ts';
import { resolveAtClient, resolveAtServer } from './resolution.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const broadcast = 'ff ff ff ff ff ff';
const client = '06 50 4e 41 43 00';
const server = '06 50 4e 41 53 00';
const none = '00 00 00 00 00 00';
const own = '0a 08 00 0a';
const gateway = '0a 08 00 01';

/** Ethernet, then hardware type 1, protocol type 0800, lengths 6 and 4, operation, sender, target. */
const packet = (to: string, from: string, operation: string, sender: string, target: string): Uint8Array =>
  hex(`${to} ${from} 08 06  00 01 08 00 06 04 ${operation}  ${sender}  ${target}`);
const request = (target: string, to = broadcast): Uint8Array =>
  packet(to, client, '00 01', `${client} ${own}`, `${none} ${target}`);
const reply = (target: string): Uint8Array =>
  packet(client, server, '00 02', `${server} ${target}`, `${client} ${own}`);

const resolve = resolveAtClient({
  address: '10.8.0.10',
  prefixLength: 24,
  serverAddress: '10.8.0.1',
  serverPhysical: hex(server),
});

test('a request for the server’s adapter is answered with its reserved physical address', (t) => {
  t.deepEqual(answerArp(request(gateway), resolve), reply(gateway));
});

test('a unicast request is answered too', (t) => {
  t.deepEqual(answerArp(request(gateway, server), resolve), reply(gateway));
});

test('any other address of the virtual LAN has that same physical address', (t) => {
  for (const address of ['0a 08 00 02', '0a 08 00 0b', '0a 08 00 fe'])
    t.deepEqual(answerArp(request(address), resolve), reply(address));
});

test('padding to the shortest Ethernet frame is no obstacle', (t) => {
  t.deepEqual(answerArp(Uint8Array.of(...request(gateway), ...new Uint8Array(18)), resolve), reply(gateway));
});

test('the network, its broadcast address and everything outside go unanswered', (t) => {
  for (const address of ['0a 08 00 00', '0a 08 00 ff', '0a 08 01 01', '0a 09 00 01', 'ff ff ff ff', '00 00 00 00'])
    t.is(answerArp(request(address), resolve), undefined);
});

test('the client’s own address goes unanswered: asked for, probed, announced', (t) => {
  t.is(answerArp(request(own), resolve), undefined);
  const probe = packet(broadcast, client, '00 01', `${client} 00 00 00 00`, `${none} ${own}`);
  const announcement = packet(broadcast, client, '00 01', `${client} ${own}`, `${none} ${own}`);
  const gratuitousReply = packet(broadcast, client, '00 02', `${client} ${own}`, `${client} ${own}`);
  for (const octets of [probe, announcement, gratuitousReply]) {
    t.true(concernsArp(octets));
    t.is(answerArp(octets, resolve), undefined);
  }
});

test('an announcement of any address goes unanswered', (t) => {
  const announcement = packet(broadcast, client, '00 01', `${client} 0a 08 00 0b`, `${none} 0a 08 00 0b`);
  t.is(answerArp(announcement, resolve), undefined);
});

test('a stack that has no address yet is answered about the server', (t) => {
  const early = packet(broadcast, client, '00 01', `${client} 00 00 00 00`, `${none} ${gateway}`);
  t.deepEqual(
    answerArp(early, resolve),
    packet(client, server, '00 02', `${server} ${gateway}`, `${client} 00 00 00 00`),
  );
});

test('the server is reached though its address is outside the prefix', (t) => {
  const narrow = resolveAtClient({
    address: '10.8.0.10',
    prefixLength: 32,
    serverAddress: '10.8.0.1',
    serverPhysical: hex(server),
  });
  t.deepEqual(answerArp(request(gateway), narrow), reply(gateway));
  t.is(answerArp(request('0a 08 00 02'), narrow), undefined);
});

test('a prefix of 31 has two addresses and no broadcast (RFC 3021)', (t) => {
  const pair = resolveAtClient({
    address: '10.8.0.10',
    prefixLength: 31,
    serverAddress: '10.8.0.11',
    serverPhysical: hex(server),
  });
  t.deepEqual(answerArp(request('0a 08 00 0b'), pair), reply('0a 08 00 0b'));
  t.is(answerArp(request(own), pair), undefined);
  t.is(answerArp(request('0a 08 00 0c'), pair), undefined);
});

test('at the server, the addresses of its clients have the clients’ reserved physical address', (t) => {
  const clients = new Set(['10.8.0.10', '10.8.0.11']);
  const there = resolveAtServer({ isClient: (address) => clients.has(address), clientPhysical: hex(client) });
  const asked = packet(broadcast, server, '00 01', `${server} ${gateway}`, `${none} ${own}`);
  t.deepEqual(answerArp(asked, there), packet(server, client, '00 02', `${client} ${own}`, `${server} ${gateway}`));
  const stranger = packet(broadcast, server, '00 01', `${server} ${gateway}`, `${none} 0a 08 00 0c`);
  t.is(answerArp(stranger, there), undefined);
  t.is(answerArp(packet(broadcast, server, '00 01', `${server} 00 00 00 00`, `${none} ${gateway}`), there), undefined);
});

const broken: [what: string, octets: Uint8Array][] = [
  ['a reply', packet(broadcast, client, '00 02', `${client} ${own}`, `${none} ${gateway}`)],
  ['an unknown operation', packet(broadcast, client, '00 03', `${client} ${own}`, `${none} ${gateway}`)],
  ['another hardware type', request(gateway).with(15, 6)],
  ['another protocol', request(gateway).with(16, 0x86)],
  ['another hardware length', request(gateway).with(18, 8)],
  ['another protocol length', request(gateway).with(19, 16)],
  ['a sender that is a group', packet(broadcast, client, '00 01', `${broadcast} ${own}`, `${none} ${gateway}`)],
  ['a sender without physical address', packet(broadcast, client, '00 01', `${none} ${own}`, `${none} ${gateway}`)],
  ['a packet cut short', request(gateway).subarray(0, 41)],
];
for (const [what, octets] of broken)
  test(`unanswered: ${what}`, (t) => {
    t.is(answerArp(octets, resolve), undefined);
  });

test('what is no ARP is not for this emulator', (t) => {
  t.true(concernsArp(request(gateway)));
  t.false(concernsArp(request(gateway).with(13, 0x00)));
  t.false(concernsArp(new Uint8Array(13)));
});

test('no frame throws, and none but a request for another’s address on the virtual LAN gets a reply', (t) => {
  const octet = fc.integer({ min: 0, max: 255 });
  const near = fc
    .tuple(fc.constantFrom(own, gateway, '0a 08 00 00', '0a 08 00 ff', '0a 08 00 63', '0a 08 01 63'), octet, octet)
    .map(([target, at, value]) => request(target).with(at % 42, value));
  fc.assert(
    fc.property(fc.oneof(near, fc.uint8Array({ maxLength: 80 })), (octets) => {
      const answer = answerArp(octets, resolve);
      if (!answer) return true;
      const target = octets.subarray(38, 42);
      const sender = octets.subarray(28, 32);
      return (
        octets[12] === 0x08 &&
        octets[13] === 0x06 &&
        octets[21] === 1 &&
        target.toHex().startsWith('0a0800') &&
        !['0a080000', '0a0800ff', '0a08000a', sender.toHex()].includes(target.toHex()) &&
        answer.length === 42 &&
        answer.subarray(22, 28).toHex() === hex(server).toHex() &&
        answer.subarray(28, 32).toHex() === target.toHex() &&
        answer.subarray(0, 6).toHex() === octets.subarray(22, 28).toHex()
      );
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
