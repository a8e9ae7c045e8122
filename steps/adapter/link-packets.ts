/** Steps about packets of a link that a tunnel client sends through its tunnel. */
import { type DataTable, Then } from '@cucumber/cucumber';
import { packetUp } from '../support/adapter.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { datagramOf } from '../support/lab/packets/datagrams.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import type { ConformanceWorld } from '../support/world.ts';

const { clientAddress, behindServer } = virtualLan;
const host = behindServer.replace(/0\/24$/, '5');

Then(
  /^of these packets of alice (none|each) reaches the server's stack$/,
  async function (this: ConformanceWorld, which: string, table: DataTable) {
    const [alice, stack] = [this.get('initiator'), this.get('stack')];
    const faults: string[] = [];
    for (const [index, { from = '', to = '', what = '' }] of table.hashes().entries()) {
      const datagram = datagramOf(from, to, what, 3000 + 2 * index);
      // The server's kernel would answer what is for its own address.
      const control = echoReply(clientAddress, host, 3001 + 2 * index);
      await alice.send(datagram);
      await alice.send(control);
      const last = Buffer.from(packetUp(control));
      let came = false;
      const next = () => stack.next('a datagram of alice');
      for (let one = await next(); !last.equals(one); one = await next()) came ||= Buffer.from(one).includes(datagram);
      if (came !== (which === 'each'))
        faults.push(`from ${from} to ${to}, ${what}: it ${came ? 'came' : 'did not come'}`);
    }
    if (faults.length > 0) throw new Nonconformance(faults.join('\n'));
  },
);
