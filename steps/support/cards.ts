/** Steps about the network cards of a private network, real ones as they come: they do nothing for their stacks. */
import { Given } from '@cucumber/cucumber';
import { makePlain } from './lab/networks/plain-device.ts';
import { lanDevice, portsOf } from './lab/networks/private-network.ts';
import { placeOf } from './places.ts';
import type { ConformanceWorld } from './world.ts';

/** The name of the capture on the card of the host. */
export const behind = 'behind';

Given(
  'the cards on the way to {word} take no work off the stacks, and at most {int} octets',
  async function (this: ConformanceWorld, host: string, mtu: number) {
    const { namespace } = placeOf(this, host);
    const gateway = this.lab.namespace('server');
    const port = `${portsOf}${host.replace(/.*\./, '')}`;
    await this.lab.ip(namespace, `link set ${lanDevice} mtu ${mtu}`);
    await this.lab.ip(gateway, `link set ${port} mtu ${mtu}`, `link set ${lanDevice} mtu ${mtu}`);
    makePlain(namespace, lanDevice);
    makePlain(gateway, port);
    await this.captureOn(namespace, lanDevice, behind, 'ip');
  },
);
