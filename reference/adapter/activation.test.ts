/** The whole adapter under the kernel's own stack: it resolves, sends and receives; and the emulators at both ends. */
import { createSocket } from 'node:dgram';
import test from 'ava';
import { ip } from '../linux/iproute2.ts';
import { LocalStack } from '../linux/local-stack.ts';
import { enterPrivateNetwork, openTap, whyNoPrivateNetwork } from '../testing/private-network.ts';
import { clientActivation, serverActivation } from './activation.ts';
import { Adapter } from './adapter.ts';
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
