import { writeFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import { Misuse } from '../../errors.ts';
import { physicalOf } from '../../libc/netdevice.ts';
import { ipv6Octets, ipv6Text } from '../../packets/addresses.ts';
import { Icmpv6Type } from '../../packets/icmpv6.ts';
import { linkLocalOf } from '../../packets/interface-identifier.ts';
import { decodeNeighbour, encodeNeighbour, NeighbourFlag, type NeighbourMessage } from '../../packets/neighbour.ts';
import { kernelTests, setUp } from '../../testing/private-network.ts';
import { ip } from '../programs/iproute2.ts';
import { PacketSocket } from './packet-socket.ts';
import { ProxyNeighbour } from './proxy-neighbour.ts';

const kernel = kernelTests();

const alice = { address: 'fd00:8:0:a::', length: 64 };
const bob = { address: 'fd00:8:0:b::', length: 64 };
/** The station at the far end, and another at the same end of the cable. */
const station = { physical: Uint8Array.of(2, 0, 0, 0, 0, 0x77), address: ipv6Octets('fd00:77::7') };
const member = {
  physical: Uint8Array.of(2, 0, 0, 0, 0, 0x78),
  address: linkLocalOf(Uint8Array.of(2, 0, 0, 0, 0, 0x78)),
};
const { router, solicited, override } = NeighbourFlag;

/** A cable: eth1, on which solicitations are answered, and a station at its other end. Nobody else says anything. */
async function cable(t: ExecutionContext, interval = 2_000) {
  await ip('link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'far', 'address', '02:00:00:00:00:77');
  for (const name of ['eth1', 'far']) writeFileSync(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, '1');
  await setUp('eth1', 'far');
  // With what is not for the station: an answer to anybody shows.
  const socket = new PacketSocket('far');
  const yielded = Promise.withResolvers<string>();
  const proxy = new ProxyNeighbour({
    device: 'eth1',
    interval,
    failed: (error) => t.fail(String(error)),
    yielded: (prefix, physical) => yielded.resolve(`${prefix.address} to ${physical.toHex()}`),
  });
  t.teardown(async () => {
    await proxy.close();
    await socket.close();
    await ip('link', 'delete', 'eth1');
  });
  return { proxy, socket, physical: physicalOf('eth1'), yielded: yielded.promise };
}

/** RFC 4291 §2.7.1, RFC 2464 §7. */
const solicitedNode = (target: Uint8Array) =>
  Uint8Array.from([...ipv6Octets('ff02::1:ff00:0').slice(0, 13), ...target.slice(13)]);
const groupOf = (address: Uint8Array) => Uint8Array.of(0x33, 0x33, ...address.slice(12));

/** What a station that has no entry sends. */
function solicitation(asked: string, changes: Partial<NeighbourMessage> = {}): Uint8Array {
  const target = ipv6Octets(asked);
  const destination = solicitedNode(target);
  return encodeNeighbour({
    type: Icmpv6Type.neighbourSolicitation,
    physical: { source: station.physical, destination: groupOf(destination) },
    source: station.address,
    destination,
    target,
    flags: 0,
    option: station.physical,
    ...changes,
  });
}
/** What another member of the group announces. */
function announcement(address: string, flags: number): Uint8Array {
  const destination = ipv6Octets('ff02::1');
  return encodeNeighbour({
    type: Icmpv6Type.neighbourAdvertisement,
    physical: { source: member.physical, destination: groupOf(destination) },
    source: member.address,
    destination,
    target: ipv6Octets(address),
    flags,
    option: member.physical,
  });
}
const next = async (socket: PacketSocket) => decodeNeighbour((await socket.receive())!)!;
const targetIn = ({ target }: NeighbourMessage) => ipv6Text(target);
/** Takes the first announcement of a /64 that has just been added. */
async function add(proxy: ProxyNeighbour, socket: PacketSocket, prefix: typeof alice): Promise<void> {
  proxy.add(prefix);
  while (targetIn(await next(socket)) !== prefix.address);
}

kernel('a solicitation for any address of a /64 gets the physical address of the device', async (t) => {
  const { proxy, socket, physical } = await cable(t);
  await add(proxy, socket, alice);
  for (const asked of ['fd00:8:0:a::1', 'fd00:8:0:a:ffff:ffff:ffff:fffe']) {
    socket.send(solicitation(asked));
    t.deepEqual(await next(socket), {
      type: Icmpv6Type.neighbourAdvertisement,
      physical: { source: physical, destination: station.physical },
      source: linkLocalOf(physical),
      destination: station.address,
      target: ipv6Octets(asked),
      flags: router | solicited,
      option: physical,
    });
  }
});

kernel('a probe by unicast, without an option, is answered too', async (t) => {
  const { proxy, socket, physical } = await cable(t);
  await add(proxy, socket, alice);
  const destination = ipv6Octets('fd00:8:0:a::1');
  const probe = { physical: { source: station.physical, destination: physical }, destination, option: undefined };
  socket.send(solicitation('fd00:8:0:a::1', probe));
  t.like(await next(socket), { destination: station.address, flags: router | solicited });
});

kernel('no other address is answered for, and none any more after its end', async (t) => {
  const { proxy, socket } = await cable(t);
  for (const prefix of [alice, bob]) await add(proxy, socket, prefix);
  proxy.remove(alice);
  for (const asked of ['fd00:8:0:a::1', 'fd00:8:0:c::1', 'fd00:77::7', 'fe80::1', 'fd00:8:0:b::1'])
    socket.send(solicitation(asked));
  t.is(targetIn(await next(socket)), 'fd00:8:0:b::1');
});

kernel('duplicate address detection, what is malformed, and its own solicitations are not answered', async (t) => {
  const { proxy, socket, physical } = await cable(t);
  await add(proxy, socket, alice);
  const asked = 'fd00:8:0:a::1';
  const forwarded = solicitation(asked);
  forwarded[21] = 254;
  const corrupted = solicitation(asked);
  corrupted[56]! ^= 1;
  for (const frame of [
    solicitation(asked, { source: new Uint8Array(16), option: undefined }),
    forwarded,
    corrupted,
    solicitation(asked, { source: ipv6Octets('ff02::1') }),
    solicitation(asked, { physical: { source: physical, destination: physical } }),
    solicitation('fd00:8:0:a::2'),
  ])
    socket.send(frame);
  t.is(targetIn(await next(socket)), 'fd00:8:0:a::2');
});

kernel('the first address of a /64 is announced to all nodes three times', async (t) => {
  const { proxy, socket, physical } = await cable(t, 1);
  proxy.add(alice);
  for (let count = 0; count < 3; count += 1)
    t.deepEqual(await next(socket), {
      type: Icmpv6Type.neighbourAdvertisement,
      physical: { source: physical, destination: Uint8Array.of(0x33, 0x33, 0, 0, 0, 1) },
      source: linkLocalOf(physical),
      destination: ipv6Octets('ff02::1'),
      target: ipv6Octets('fd00:8:0:a::'),
      flags: router | override,
      option: physical,
    });
  socket.send(solicitation('fd00:8:0:a::1'));
  t.is(targetIn(await next(socket)), 'fd00:8:0:a::1');
});

kernel('an address that is seen in use is announced once, if it is in a /64 that is there', async (t) => {
  const { proxy, socket } = await cable(t);
  await add(proxy, socket, alice);
  const seen = ['fd00:8:0:a::1', 'fd00:8:0:b::1', 'fe80::1', 'fd00:8:0:a::1', 'fd00:8:0:a::2'];
  for (const address of seen) proxy.seen(ipv6Octets(address));
  for (const expected of ['fd00:8:0:a::1', 'fd00:8:0:a::2']) {
    const message = await next(socket);
    t.deepEqual([targetIn(message), message.flags], [expected, router | override]);
  }
});

kernel('the octets of an address that is seen may change afterwards', async (t) => {
  const { proxy, socket } = await cable(t, 1);
  proxy.add(alice);
  const octets = ipv6Octets('fd00:8:0:a::1');
  proxy.seen(octets);
  octets.fill(0);
  const announced: string[] = [];
  while (announced.length < 6) announced.push(targetIn(await next(socket)));
  t.is(announced.filter((target) => target === 'fd00:8:0:a::1').length, 3);
});

kernel('a Linux station that had the address elsewhere sends here as soon as it is seen', async (t) => {
  const { proxy, socket, physical } = await cable(t);
  writeFileSync('/proc/sys/net/ipv6/conf/far/disable_ipv6', '0');
  const address = 'fd00:8:0:a::1';
  const entry = ['nud', 'reachable', 'dev', 'far'];
  await ip('-6', 'neighbour', 'replace', address, 'lladdr', '02:00:00:00:00:78', ...entry);
  proxy.add(alice);
  proxy.seen(ipv6Octets(address));
  const isIt = (message: NeighbourMessage | undefined) => message !== undefined && targetIn(message) === address;
  while (!isIt(decodeNeighbour((await socket.receive())!)));
  const lladdr = physical.toHex().replace(/..(?=.)/g, '$&:');
  t.like(await ip('-6', 'neighbour', 'show', address, 'dev', 'far'), [{ lladdr, state: ['STALE'] }]);
});

kernel('of a /64 no more than 16 addresses are announced; of another as many', async (t) => {
  const { proxy, socket } = await cable(t);
  for (const prefix of [alice, bob]) await add(proxy, socket, prefix);
  for (let host = 1; host <= 20; host += 1) proxy.seen(ipv6Octets(`fd00:8:0:a::${host}`));
  proxy.seen(ipv6Octets('fd00:8:0:b::1'));
  const announced: string[] = [];
  while (announced.at(-1) !== 'fd00:8:0:b::1') announced.push(targetIn(await next(socket)));
  t.deepEqual([announced.length, announced.at(-2)], [17, 'fd00:8:0:a::16']);
});

kernel('a /64 that is added again is answered for without a gap, and announced again with what was seen', async (t) => {
  const { proxy, socket } = await cable(t);
  await add(proxy, socket, alice);
  proxy.seen(ipv6Octets('fd00:8:0:a::1'));
  t.is(targetIn(await next(socket)), 'fd00:8:0:a::1');
  proxy.add(alice);
  t.deepEqual([targetIn(await next(socket)), targetIn(await next(socket))], ['fd00:8:0:a::', 'fd00:8:0:a::1']);
});

kernel(
  'a /64 of which another router announces an address is its own from then on, until it is added again',
  async (t) => {
    const { proxy, socket, yielded } = await cable(t);
    for (const prefix of [alice, bob]) await add(proxy, socket, prefix);
    socket.send(announcement('fd00:8:0:a::', router | override));
    t.is(await yielded, 'fd00:8:0:a:: to 020000000078');
    for (const asked of ['fd00:8:0:a::1', 'fd00:8:0:b::1']) socket.send(solicitation(asked));
    t.is(targetIn(await next(socket)), 'fd00:8:0:b::1');
    await add(proxy, socket, alice);
    socket.send(solicitation('fd00:8:0:a::1'));
    t.is(targetIn(await next(socket)), 'fd00:8:0:a::1');
  },
);

kernel('what is no announcement of a router takes nothing away', async (t) => {
  const { proxy, socket } = await cable(t);
  for (const prefix of [alice, bob]) await add(proxy, socket, prefix);
  for (const flags of [router, override, router | solicited | override])
    socket.send(announcement('fd00:8:0:a::', flags));
  socket.send(announcement('fd00:8:0:c::', router | override));
  for (const asked of ['fd00:8:0:a::1', 'fd00:8:0:b::1']) socket.send(solicitation(asked));
  t.is(targetIn(await next(socket)), 'fd00:8:0:a::1');
});

kernel('the device takes every multicast as long as it is open', async (t) => {
  const { proxy } = await cable(t);
  const users = async () => ((await ip('-d', 'link', 'show', 'eth1'))[0] as { allmulti: number }).allmulti;
  t.is(await users(), 1);
  await proxy.close();
  t.is(await users(), 0);
});

kernel('a device that goes down and comes back is answered on again', async (t) => {
  const { proxy, socket } = await cable(t);
  await add(proxy, socket, alice);
  await ip('link', 'set', 'eth1', 'down');
  proxy.add(bob);
  await setUp('eth1', 'far');
  socket.send(solicitation('fd00:8:0:b::1'));
  t.is(targetIn(await next(socket)), 'fd00:8:0:b::1');
});

kernel('what cannot be done is told: no such device, no Ethernet, no /64', async (t) => {
  const make = (device: string) => () => new ProxyNeighbour({ device, failed: () => undefined });
  t.throws(make('absent0'), { message: /^there is no device absent0/ });
  t.throws(make('lo'), { message: /^lo is no Ethernet device/ });
  const { proxy } = await cable(t);
  t.throws(() => proxy.add({ address: 'fd00:8::', length: 48 }), {
    instanceOf: Misuse,
    message: 'fd00:8::/48 is no /64',
  });
});
