/** The vectors of ARP, DHCP and neighbour discovery, against reference/emulators. Replies are not read by the reference. */
import test from 'ava';
import { clientActivation, serverActivation } from '../reference/adapter/activation.ts';
import type { Emulator } from '../reference/adapter/transmit-path.ts';
import { answerArp } from '../reference/emulators/arp.ts';
import { answerDhcp } from '../reference/emulators/dhcp.ts';
import { resolveAtClient } from '../reference/emulators/resolution.ts';
import { ipv6Text } from '../reference/packets/addresses.ts';
import { contains, hostPrefix, parsePrefix } from '../reference/packets/prefix.ts';
import { decodeClientData } from '../reference/wire/client-data.ts';
import { toNetworkSettings } from '../reference/wire/network-settings.ts';
import { faultsOf as faultsOfDhcp } from './dhcp-reply.ts';
import { load, octets, title, type VectorGroup } from './load.ts';
import { faultsOf as faultsOfNeighbour } from './neighbour-reply.ts';

for (const group of load('arp')) {
  const resolve = resolveAtClient({
    address: group['clientAddress'],
    prefixLength: group['prefixLength'],
    serverAddress: group['serverAddress'],
    serverPhysical: octets(group['serverPhysical'].replaceAll(':', '')),
  });
  for (const vector of group.tests)
    test(`ARP: ${title(vector)}`, (t) => {
      const reply = answerArp(octets(vector['packet']), resolve);
      if (vector.result === 'invalid') return t.is(reply, undefined);
      const right = octets(vector['reply']);
      t.is(reply?.slice(0, right.length).toHex(), vector['reply']);
      t.true(reply?.slice(right.length).every((octet) => octet === 0));
      return t.true((reply?.length ?? 0) <= 60);
    });
}

for (const group of load('dhcp')) {
  const settings = toNetworkSettings(decodeClientData(octets(group['clientData'])));
  for (const vector of group.tests)
    test(`DHCP: ${title(vector)}`, (t) => {
      const reply = answerDhcp(octets(vector['packet']), settings);
      if (vector.result === 'invalid') return t.is(reply, undefined);
      t.deepEqual(faultsOfDhcp(octets(vector['example']), vector['reply']), [], 'the example');
      return t.deepEqual(faultsOfDhcp(reply ?? new Uint8Array(0), vector['reply']), []);
    });
}

function neighbourEmulatorOf(group: VectorGroup): Emulator {
  if (group.type === 'Emulator') {
    const settings = toNetworkSettings(decodeClientData(octets(group['clientData'])));
    return clientActivation(settings).emulators.neighbour;
  }
  const [clientPhysical, serverPhysical] = [group['clientPhysical'], group['serverPhysical']].map((text: string) =>
    octets(text.replaceAll(':', '')),
  ) as [Uint8Array, Uint8Array];
  const prefixes = (group['prefixes'] as string[]).map(parsePrefix);
  const isBehindClient = (address: Uint8Array): boolean =>
    prefixes.some((prefix) => contains(prefix, hostPrefix(ipv6Text(address))));
  return serverActivation({ clientPhysical, serverPhysical, isClient: () => false, isBehindClient }).emulators
    .neighbour;
}

for (const group of load('neighbour')) {
  const neighbour = neighbourEmulatorOf(group);
  for (const vector of group.tests)
    test(`Neighbour discovery, ${group.comment} ${title(vector)}`, (t) => {
      const reply = neighbour.answer(octets(vector['packet']));
      if (vector.result === 'invalid') return t.is(reply, undefined);
      t.deepEqual(faultsOfNeighbour(octets(vector['example']), vector['reply']), [], 'the example');
      return t.deepEqual(faultsOfNeighbour(reply ?? new Uint8Array(0), vector['reply']), []);
    });
}
