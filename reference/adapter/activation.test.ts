/** The whole adapter under the kernel's own stack: it resolves, sends and receives; and the emulators at both ends. */
import { createSocket } from 'node:dgram';
import test from 'ava';
import { ip } from '../linux/programs/iproute2.ts';
import { LocalStack } from '../linux/routing/local-stack.ts';
import { ipv6Octets } from '../packets/addresses.ts';
import { encodeEthernet } from '../packets/ethernet.ts';
import { encodeIcmpv6 } from '../packets/icmpv6.ts';
import { linkLocalOf } from '../packets/interface-identifier.ts';
import { encodeIpv6 } from '../packets/ipv6.ts';
import { enterPrivateNetwork, openTap, whyNoPrivateNetwork } from '../testing/private-network.ts';
import { clientActivation, serverActivation } from './activation.ts';
import { type Activation, Adapter } from './adapter.ts';
import { MemoryDevice } from './memory.ts';

const why = whyNoPrivateNetwork();
if (!why) enterPrivateNetwork();
const kernel = why ? test.skip : test.serial;
const title = (text: string) => (why ? `kernel (${why}): ${text}` : `kernel: ${text}`);

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const settings = {
  address: '10.8.0.10',
  prefixLength: 24,
  serverAddress: '10.8.0.1',
  leaseSeconds: 3600,
  routes: [{ address: '10.9.0.0', length: 24, gateway: '10.8.0.1' }],
  dns: [],
  search: [],
  mtu: 1400,
  clientPhysical: hex('06 50 4e 41 43 00'),
  serverPhysical: hex('06 50 4e 41 53 00'),
};
const route = { address: '10.9.0.0', length: 24, gateway: '10.8.0.1' };

/** Sends a UDP datagram of IPv4 back where it came from: the checksums stay right when both sides change places. */
function returned(datagram: Uint8Array): Uint8Array {
  const back = datagram.slice();
  back.set(datagram.subarray(12, 16), 16);
  back.set(datagram.subarray(16, 20), 12);
  back.set(datagram.subarray(20, 22), 22);
  back.set(datagram.subarray(22, 24), 20);
  return back;
}

kernel(title('the stack resolves the gateway and speaks with a host behind it'), async (t) => {
  await ip('link', 'set', 'lo', 'up');
  const seen: string[] = [];
  const adapter: Adapter = new Adapter({
    device: await openTap('pna0'),
    tunnel: (datagram) => {
      if (datagram[0] === 0x45 && datagram[9] === 17) {
        seen.push(datagram.subarray(12, 20).toHex());
        return adapter.deliver(returned(datagram), () => true);
      }
      return true;
    },
    failed: (error) => t.fail(String(error)),
  });
  t.teardown(() => adapter.close());
  adapter.activate(clientActivation(settings));
  const stack = new LocalStack('pna0', (error) => t.fail(String(error)));
  t.teardown(() => stack.close());
  await stack.configure({ addresses: [{ address: '10.8.0.10', length: 24 }], routes: [route] });

  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  const answer = new Promise<[string, string]>((resolve) => {
    socket.once('message', (message, { address }) => resolve([message.toString(), address]));
  });
  socket.send('hello', 4000, '10.9.0.7');
  t.deepEqual(await answer, ['hello', '10.9.0.7']);
  t.is(seen[0], '0a08000a0a090007');
  t.is(adapter.counters.answered.arp, 1);
  const [neighbour] = (await ip('neighbour', 'show', 'dev', 'pna0', '10.8.0.1')) as { lladdr: string }[];
  t.is(neighbour?.lladdr, '06:50:4e:41:53:00');
});

/** What the stack at one end gets back for a frame. */
async function answered(activation: ReturnType<typeof clientActivation>, frame: Uint8Array) {
  const device = new MemoryDevice('pna0');
  const adapter = new Adapter({ device, tunnel: () => true, failed: () => undefined });
  adapter.activate(activation);
  device.send(frame);
  await new Promise(setImmediate);
  await adapter.close();
  return { reply: (await device.receive())?.toHex(), counters: adapter.counters };
}

const arpRequest = (from: Uint8Array, sender: string, target: string): Uint8Array =>
  hex(`ffffffffffff ${from.toHex()} 0806 0001 0800 06 04 0001 ${from.toHex()} ${sender} 000000000000 ${target}`);

test('a client’s adapter answers for the server, the server’s for its clients', async (t) => {
  const { clientPhysical, serverPhysical } = settings;
  const [client, server] = [clientPhysical.toHex(), serverPhysical.toHex()];
  const there = await answered(clientActivation(settings), arpRequest(clientPhysical, '0a08000a', '0a080001'));
  t.is(there.reply, `${client}${server}08060001080006040002${server}0a080001${client}0a08000a`);
  const activation = serverActivation({
    clientPhysical,
    serverPhysical,
    isClient: (address) => address === '10.8.0.10',
    isBehindClient: () => false,
  });
  const here = await answered(activation, arpRequest(serverPhysical, '0a080001', '0a08000a'));
  t.is(here.reply, `${server}${client}08060001080006040002${client}0a08000a${server}0a080001`);
  t.is((await answered(activation, arpRequest(serverPhysical, '0a080001', '0a08000b'))).reply, undefined);
});

const ipv6 = { prefix: 'fd00:8:0:a::', routes: [{ address: '::', length: 0 }], dns: [], search: [] };

/** What the stack of an adapter with this physical address sends to a group. */
function solicitationOf(physical: Uint8Array, type: number, body: Uint8Array): Uint8Array {
  const addresses = { source: linkLocalOf(physical), destination: ipv6Octets('ff02::2') };
  const payload = encodeIpv6({
    ...addresses,
    trafficClass: 0,
    flowLabel: 0,
    nextHeader: 58,
    hopLimit: 255,
    payload: encodeIcmpv6({ type, code: 0, body }, addresses),
  });
  return encodeEthernet({
    destination: Uint8Array.of(0x33, 0x33, 0, 0, 0, 2),
    source: physical,
    etherType: 0x86dd,
    payload,
  });
}

/** The physical address that a neighbour advertisement for the target names. */
function resolved({ emulators, localPhysical }: Activation, target: string): string | undefined {
  const frame = solicitationOf(localPhysical, 135, Uint8Array.of(0, 0, 0, 0, ...ipv6Octets(target)));
  const answer = emulators.neighbour.answer(frame);
  return answer?.slice(-6).toHex();
}
const routerAnswer = ({ emulators, localPhysical }: Activation) =>
  emulators.neighbour.answer(solicitationOf(localPhysical, 133, new Uint8Array(4)));

test('at a client the server’s link-local address is resolved, and no other', (t) => {
  const activation = clientActivation({ ...settings, ipv6 });
  t.is(resolved(activation, 'fe80::450:4eff:fe41:5300'), '06504e415300');
  for (const target of ['fe80::450:4eff:fe41:4300', 'fd00:8:0:a::1', 'fd00:8::1', '::', 'ff02::1'])
    t.is(resolved(activation, target), undefined, target);
});

test('at a client with IPv6 there is a router: it answers, and is advertised before its lifetime ends', (t) => {
  const activation = clientActivation({ ...settings, ipv6 });
  const answer = routerAnswer(activation);
  t.is(answer?.[54], 134);
  t.is(answer?.subarray(0, 6).toHex(), settings.clientPhysical.toHex(), 'to whom asked');
  const { frame, seconds } = activation.advertisement ?? { frame: new Uint8Array(70), seconds: 0 };
  t.is(frame[54], 134);
  t.is(frame.subarray(38, 54).toHex(), ipv6Octets('ff02::1').toHex());
  const lifetime = (frame[60]! << 8) | frame[61]!;
  t.true(seconds > 0 && 2 * seconds < lifetime, 'one that is lost does no harm');
});

test('at a client without IPv6 there is none, though its link resolves', (t) => {
  const activation = clientActivation(settings);
  t.is(routerAnswer(activation), undefined);
  t.is(activation.advertisement, undefined);
  t.is(resolved(activation, 'fe80::450:4eff:fe41:5300'), '06504e415300');
});

test('at the server what is behind a client has the client adapter’s reserved address, and nothing else', (t) => {
  const activation = serverActivation({
    clientPhysical: settings.clientPhysical,
    serverPhysical: settings.serverPhysical,
    isClient: () => false,
    isBehindClient: (address) => address.subarray(0, 8).toHex() === 'fd0000080000000a',
  });
  for (const target of ['fd00:8:0:a::', 'fd00:8:0:a:450:4eff:fe41:4300', 'fe80::450:4eff:fe41:4300'])
    t.is(resolved(activation, target), '06504e414300', target);
  for (const target of ['fd00:8:0:b::1', 'fd00:8::1', 'fe80::450:4eff:fe41:5300', 'fe80::1'])
    t.is(resolved(activation, target), undefined, target);
  t.is(routerAnswer(activation), undefined, 'the server’s stack has no router there');
  t.is(activation.advertisement, undefined);
});
