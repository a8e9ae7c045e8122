/** What comes by way of a relay agent, whose address is in giaddr (RFC 2131 §4.1). */
import {
  answered,
  ask,
  asks,
  bare,
  broadcastFlag,
  DISCOVER,
  leased,
  OFFER,
  REQUEST,
  requested,
  serverIs,
  type,
} from './dhcp-cases.ts';
import { clientAddress, clientPhysical, serverAddress } from './dhcp-packet.ts';
import type { Test } from './model.ts';

export const relayed: Test[] = [
  answered(
    'RelayAgent',
    'DISCOVER by way of a relay agent',
    ask([type(DISCOVER), asks], { giaddr: '10.8.0.99' }),
    {
      type: OFFER,
      to: clientPhysical,
      destination: '10.8.0.99',
      destinationPort: 67,
      message: { yiaddr: clientAddress, giaddr: '10.8.0.99' },
      options: leased.options,
    },
    { source: '10.8.0.99', sourcePort: 67 },
  ),
  answered(
    'RelayAgent',
    'DISCOVER of another physical address by way of a relay agent',
    ask([type(DISCOVER), asks], { giaddr: '10.8.0.99', chaddr: '02:00:00:00:00:07' }),
    {
      type: OFFER,
      to: clientPhysical,
      destination: '10.8.0.99',
      destinationPort: 67,
      message: { yiaddr: clientAddress, giaddr: '10.8.0.99', chaddr: '02:00:00:00:00:07' },
      options: leased.options,
    },
    { source: '10.8.0.99', sourcePort: 67 },
  ),
  answered(
    'RelayAgent',
    'SELECTING with another address by way of a relay agent',
    ask([type(REQUEST), serverIs(serverAddress), requested('10.8.0.11')], { giaddr: '10.8.0.99' }),
    {
      ...bare,
      to: clientPhysical,
      destination: '10.8.0.99',
      destinationPort: 67,
      message: { giaddr: '10.8.0.99', flags: broadcastFlag },
    },
    { source: '10.8.0.99', sourcePort: 67 },
  ),
];
