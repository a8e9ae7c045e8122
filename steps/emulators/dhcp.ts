/** Steps about DHCP messages that are put together on the spot (RFC 2131), where the vectors have none. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { DhcpOperation, dhcpPort, encodeDhcp } from '../../reference/packets/dhcp.ts';
import { broadcastPhysical, EtherType, encodeEthernet } from '../../reference/packets/ethernet.ts';
import { encodeIpv4, IpProtocol } from '../../reference/packets/ipv4.ts';
import { encodeUdp } from '../../reference/packets/udp.ts';
import { apart } from '../../vectors/dhcp-reply.ts';
import { adapterUnderTest } from '../shared/adapter.ts';
import { virtualLan } from '../shared/peers/configuration.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    offer: Uint8Array;
    /** Option 121 as RFC 3442 has it, in hexadecimal. */
    classlessRoutes: string;
  }
}

const octets = (address: string): Uint8Array => Uint8Array.from(address.split('.'), Number);
const clientPhysical = Uint8Array.fromHex(virtualLan.clientPhysical.replaceAll(':', ''));
const serverPhysical = Uint8Array.fromHex(virtualLan.serverPhysical.replaceAll(':', ''));
const messageType = { discover: 1, request: 3 } as const;

/** One of the local stack's, as an IP datagram. */
function message(
  source: string,
  destination: string,
  type: number,
  more: readonly { readonly code: number; readonly value: Uint8Array }[],
): Uint8Array {
  const payload = encodeDhcp({
    operation: DhcpOperation.request,
    hardwareType: 1,
    hops: 0,
    transactionId: 0x5eed_0001,
    seconds: 0,
    flags: 0,
    clientAddress: source,
    yourAddress: '0.0.0.0',
    serverAddress: '0.0.0.0',
    relayAddress: '0.0.0.0',
    clientHardware: clientPhysical,
    options: [{ code: 53, value: Uint8Array.of(type) }, ...more],
  });
  const udp = encodeUdp(
    { sourcePort: dhcpPort.client, destinationPort: dhcpPort.server, payload },
    { source: octets(source), destination: octets(destination) },
  );
  return encodeIpv4({
    typeOfService: 0,
    identification: 1,
    flags: 0,
    fragmentOffset: 0,
    timeToLive: 64,
    protocol: IpProtocol.udp,
    source,
    destination,
    options: new Uint8Array(),
    payload: udp,
  });
}

When('the stack sends a DHCP request by unicast to {word}', function (this: ConformanceWorld, server: string) {
  const sent = message(virtualLan.clientAddress, server, messageType.request, []);
  this.set('sent', sent);
  const packet = { destination: serverPhysical, source: clientPhysical, etherType: EtherType.ipv4, payload: sent };
  this.get('stack').inject(encodeEthernet(packet));
});

Given(
  'an adapter that nobody configures, and a scripted server that offers {int} routes',
  async function (this: ConformanceWorld, count: number) {
    const gateway = virtualLan.serverAddress;
    const routes = Array.from({ length: count }, (_, index) => ({
      address: `10.100.${index}.0`,
      length: 24,
      gateway,
    }));
    this.set(
      'classlessRoutes',
      routes.map(({ address }) => `18${octets(address).subarray(0, 3).toHex()}${octets(gateway).toHex()}`).join(''),
    );
    await adapterUnderTest(this, { adapter: { configure: 'none', routes: false } }, { settings: { routes } });
  },
);

When('the stack discovers DHCP servers, {}', async function (this: ConformanceWorld, what: string) {
  const most = /datagrams of (\d+) octets/.exec(what)?.[1];
  const takes = most === undefined ? [] : [{ code: 57, value: Uint8Array.of(Number(most) >> 8, Number(most) & 0xff) }];
  const asked = { code: 55, value: Uint8Array.of(1, 6, 15, 26, 119, 121) };
  const payload = message('0.0.0.0', '255.255.255.255', messageType.discover, [asked, ...takes]);
  const stack = this.get('stack');
  stack.inject(
    encodeEthernet({ destination: broadcastPhysical, source: clientPhysical, etherType: EtherType.ipv4, payload }),
  );
  const offer = await stack.next('an OFFER', (frame) => frame[23] === IpProtocol.udp && frame[35] === dhcpPort.server);
  this.set('offer', offer);
});

Then(
  'the OFFER is a datagram of at most {int} octets, each option in it is whole, and the routes are {}',
  function (this: ConformanceWorld, most: number, there: 'there' | 'left out') {
    const offer = this.get('offer');
    const length = (offer[16]! << 8) | offer[17]!;
    assert.ok(length <= most, `the OFFER has ${length} octets`);
    assert.ok(offer.length >= 14 + length, `${offer.length} octets of ${14 + length}`);
    const { options } = apart(offer);
    const option = (code: number): string | undefined => options.find((one) => one.code === code)?.value;
    assert.equal(option(54), octets(virtualLan.serverAddress).toHex());
    assert.equal(option(1), 'ffffff00');
    assert.equal(option(26), virtualLan.mtu.toString(16).padStart(4, '0'));
    assert.equal(option(121), there === 'there' ? this.get('classlessRoutes') : undefined);
  },
);

Then('the OFFER names the DNS servers: {word}', function (this: ConformanceWorld, names: string) {
  const found = apart(this.get('offer')).options.find(({ code }) => code === 6)?.value;
  assert.equal(found, names === 'none' ? undefined : octets(names).toHex());
});
