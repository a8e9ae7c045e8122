/** Steps about ARP requests that are put together on the spot (RFC 826), to the adapter of either end. */
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { physicalOctets } from '../../reference/packets/physical.ts';
import { Status } from '../../reference/wire/identifiers.ts';
import { cat, u16 } from '../../vectors/generate/octets.ts';
import { address, broadcast, ethernet } from '../../vectors/generate/packets.ts';
import { load, octets, title } from '../../vectors/load.ts';
import { known } from '../support/known.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { isArpReply, isFromDhcpServer } from '../support/lab/packets/emulator-questions.ts';
import type { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Hardware type, protocol, both lengths and operation of a request for IPv4 over Ethernet. */
interface Fields {
  readonly hardware?: number;
  readonly protocol?: number;
  readonly lengths?: readonly number[];
  readonly operation?: number;
  /** Sent to the station that is to answer, not to all. */
  readonly unicast?: boolean;
  /** Of the target, as far as the station that asks knows it; RFC 826 has it say nothing. */
  readonly targetPhysical?: Uint8Array;
  /** Who asks, if it is not the stack's own station. */
  readonly station?: Uint8Array;
  /** The Ethernet packet comes from this physical address, and the ARP packet in it from the station. */
  readonly carrier?: Uint8Array;
  /** Octets behind the packet. */
  readonly padding?: number;
}

/** How a row's request differs from an ordinary one. */
const forms: Readonly<Record<string, Fields>> = {
  'a broadcast': {},
  'by unicast': { unicast: true },
  'by unicast, of a station it knows': { unicast: true, targetPhysical: physicalOctets(virtualLan.clientPhysical) },
  'of a station that is not there': { targetPhysical: physicalOctets('02:00:00:00:00:99') },
  'of another station': { station: physicalOctets('02:00:00:00:00:77') },
  'of a station of 00:16:3e:00:00:77': { station: physicalOctets('00:16:3e:00:00:77') },
  'in an Ethernet packet of another': { carrier: physicalOctets('02:00:00:00:00:66') },
  'with padding': { padding: 18 },
  'as a reply': { operation: 2 },
  'of operation 3': { operation: 3 },
  'of operation 0x0101': { operation: 0x0101 },
  'of hardware type 6': { hardware: 6 },
  'of hardware type 0x0101': { hardware: 0x0101 },
  'of protocol 86DD': { protocol: 0x86dd },
  'of protocol 0806': { protocol: 0x0806 },
  'of physical addresses of 8 octets': { lengths: [8, 4] },
  'of network addresses of 16 octets': { lengths: [6, 16] },
};

const clientPhysical = physicalOctets(virtualLan.clientPhysical);
const serverPhysical = physicalOctets(virtualLan.serverPhysical);

/** Who asks, whose reserved physical address an answer tells, and a question that is always answered. */
const ends = {
  client: { own: clientPhysical, far: serverPhysical, control: '10.8.0.99' },
  server: { own: serverPhysical, far: clientPhysical, control: virtualLan.clientAddress },
};
/** The sender of the control: no row has it. */
const controlSender = '10.8.0.98';

/** RFC 826: a question of a station about an address. */
function question(own: Uint8Array, far: Uint8Array, sender: string, target: string, fields: Fields): Uint8Array {
  const { hardware = 1, protocol = 0x0800, lengths = [6, 4], operation = 1, unicast = false, padding = 0 } = fields;
  const packet = cat(u16(hardware), u16(protocol), lengths, u16(operation), own, address(sender));
  const about = cat(fields.targetPhysical ?? new Uint8Array(6), address(target), new Uint8Array(padding));
  return ethernet(unicast ? far : broadcast, fields.carrier ?? own, 0x0806, cat(packet, about));
}

/** The reply to it, without padding. */
const replyTo = (own: Uint8Array, far: Uint8Array, sender: string, target: string): string =>
  ethernet(
    own,
    far,
    0x0806,
    cat(u16(1), u16(0x0800), [6, 4], u16(2), far, address(target), own, address(sender)),
  ).toHex();

const withoutPadding = (frame: Uint8Array): string => frame.subarray(0, 42).toHex();

/**
 * Each question is followed by one that is always answered: what has not come before that answer does not come.
 * @throws Nonconformance with every row that is answered otherwise
 */
Then(
  'ARP requests of the stack are answered, or not, as the table says',
  async function (this: ConformanceWorld, table: DataTable) {
    const { own, far, control } = this.iutRoles.includes('server') ? ends.server : ends.client;
    const stack = this.get('stack');
    const last = replyTo(own, far, controlSender, control);
    const faults: string[] = [];
    for (const { target = '', sender = '', form = '', answered = '' } of table.hashes()) {
      const fields = known(forms, form);
      const { station = own } = fields;
      stack.inject(question(station, far, sender, target, fields));
      stack.inject(question(own, far, controlSender, control, {}));
      const came: string[] = [];
      const next = async () => withoutPadding(await stack.next('an ARP reply', isArpReply));
      for (let one = await next(); one !== last; one = await next()) came.push(one);
      const expected = known({ yes: [replyTo(station, far, sender, target)], no: [] }, answered);
      if (came.join() !== expected.join())
        faults.push(
          `${target} asked by ${sender} ${form}: expected ${expected.join() || 'nothing'}, came ${came.join() || 'nothing'}`,
        );
    }
    if (faults.length > 0) throw new Nonconformance(faults.join('\n'));
  },
);

/** At the server's adapter there is no DHCP server emulator. Each message is followed by a question that is answered. */
Then('no DHCP message of the vectors is answered to the stack', async function (this: ConformanceWorld) {
  const { own, far, control } = ends.server;
  const stack = this.get('stack');
  const last = replyTo(own, far, controlSender, control);
  const isAnswer = (frame: Uint8Array): boolean => isArpReply(frame) || isFromDhcpServer(frame);
  const next = () => stack.next('an ARP reply', isAnswer);
  const faults: string[] = [];
  for (const vector of load('dhcp')[0]?.tests ?? []) {
    const message = octets(vector['packet']);
    message.set(own, 6);
    stack.inject(message);
    stack.inject(question(own, far, controlSender, control, {}));
    for (let one = await next(); withoutPadding(one) !== last; one = await next())
      faults.push(`${title(vector)}: answered ${one.toHex()}`);
  }
  if (faults.length > 0) throw new Nonconformance(faults.join('\n'));
});

// How a client goes.

const ways: Readonly<Record<string, (bob: ScriptedInitiator) => Promise<void>>> = {
  'resets it': async ({ connection }) => connection.reset(),
  'ends his stream, and no more': async ({ connection }) => connection.finish(),
  'says "key expired"': (bob) => bob.close(Status.keyExpired),
  'says "shutting down"': (bob) => bob.close(Status.shuttingDown),
};

When('the connection of bob ends, who {}', async function (this: ConformanceWorld, way: string) {
  await known(ways, way)(this.get('bob'));
  // Until the server has done with it: nothing tells.
  await pause(500);
});
