/** Steps about the Ethernet packets in which a tunnel client's local stack sends datagrams: from and to other stations, too. */
import { type DataTable, Then } from '@cucumber/cucumber';
import { encodeEthernet } from '../../reference/packets/ethernet.ts';
import { physicalOctets } from '../../reference/packets/physical.ts';
import { packetUp } from '../support/adapter.ts';
import { known } from '../support/known.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import type { ConformanceWorld } from '../support/world.ts';

const { clientAddress, serverAddress, clientPhysical, serverPhysical } = virtualLan;

const stations: Readonly<Record<string, Uint8Array>> = {
  'its own station': physicalOctets(clientPhysical),
  "the server's adapter": physicalOctets(serverPhysical),
  'another station': physicalOctets('02:00:00:00:00:77'),
  'all stations': physicalOctets('ff:ff:ff:ff:ff:ff'),
};

Then(
  'datagrams of the stack enter the tunnel, octet by octet, that are',
  async function (this: ConformanceWorld, table: DataTable) {
    const server = this.get('server');
    const stack = this.get('stack');
    const faults: string[] = [];
    for (const [index, row] of table.hashes().entries()) {
      const { from = '', to = '', 'in a packet from': own = '', 'in a packet to': far = '' } = row;
      const datagram = echoReply(from, to, 6000 + 2 * index);
      const [source, destination] = [known(stations, own), known(stations, far)];
      stack.inject(encodeEthernet({ ...packetOf(datagram), source, destination }));
      const control = echoReply(clientAddress, serverAddress, 6001 + 2 * index);
      stack.inject(packetUp(control));
      const came: string[] = [];
      for (let next = await server.receive(); next.toHex() !== control.toHex(); next = await server.receive())
        came.push(next.toHex());
      // The kernel says things of its own through a new adapter.
      if (came.filter((one) => one === datagram.toHex()).length !== 1)
        faults.push(
          `from ${from} to ${to}, from ${own} to ${far}: expected ${datagram.toHex()} once, came ${came.join(', ') || 'nothing'}`,
        );
    }
    if (faults.length > 0) throw new Nonconformance(faults.join('\n'));
  },
);

const packetOf = (payload: Uint8Array) => ({ etherType: payload[0]! >> 4 === 6 ? 0x86dd : 0x0800, payload });
