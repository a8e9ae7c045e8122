/** ARP in virtual LANs of other sizes than /24, and questions by others than the client. */
import { type Answered, type Ask, arp } from './arp-packet.ts';
import { clientPhysical, serverPhysical } from './dhcp-packet.ts';
import { type Group, type Test, unanswered } from './model.ts';
import { cat, patch, u16, zeros } from './octets.ts';
import { broadcast, ethernet, physical } from './packets.ts';

interface Lan {
  readonly client: string;
  readonly server: string;
  readonly prefixLength: number;
  readonly nodes: readonly string[];
  readonly outside: readonly string[];
  readonly named: readonly string[];
}

/** Size and places of the client, the server and of nobody. */
const lans: readonly Lan[] = [
  {
    client: '10.8.0.10',
    server: '10.8.0.1',
    prefixLength: 16,
    nodes: ['10.8.0.255', '10.8.255.0', '10.8.255.254', '10.8.1.10'],
    outside: ['10.9.0.1', '10.7.255.255'],
    named: ['10.8.0.0', '10.8.255.255'],
  },
  {
    client: '10.8.0.10',
    server: '10.8.0.9',
    prefixLength: 30,
    nodes: [],
    outside: ['10.8.0.7', '10.8.0.12'],
    named: ['10.8.0.8', '10.8.0.11'],
  },
  {
    client: '10.8.0.129',
    server: '10.8.0.130',
    prefixLength: 25,
    nodes: ['10.8.0.254', '10.8.0.131'],
    outside: ['10.8.0.127', '10.8.0.1', '10.8.1.129'],
    named: ['10.8.0.128', '10.8.0.255'],
  },
  {
    client: '10.8.0.10',
    server: '10.8.0.11',
    prefixLength: 31,
    nodes: [],
    outside: ['10.8.0.9', '10.8.0.12', '10.8.0.0', '10.8.0.255'],
    named: [],
  },
  {
    client: '10.8.0.10',
    server: '10.8.0.1',
    prefixLength: 32,
    nodes: [],
    outside: ['10.8.0.9', '10.8.0.11', '10.8.0.0', '10.8.0.255', '10.8.0.2'],
    named: [],
  },
];

/** A group for each virtual LAN. @param ask a request of the local stack @param answered a test that has a reply */
export function lanGroups(ask: Ask, answered: Answered): Group[] {
  return lans.map(({ client, server, prefixLength, nodes, outside, named }) => ({
    type: 'Emulator',
    comment: `A virtual LAN of prefix length ${prefixLength}.`,
    clientAddress: client,
    prefixLength,
    serverAddress: server,
    clientPhysical,
    serverPhysical,
    tests: [
      answered("the server's adapter", server, ask(server, client), client),
      ...nodes.map((node) => answered(`${node}, another node`, node, ask(node, client), client)),
      ...named.map((node) => unanswered('Network', `${node}, an address of the network itself`, ask(node, client))),
      ...outside.map((node) => unanswered('Outside', `${node}, outside`, ask(node, client))),
      unanswered('OwnAddress', 'a question', ask(client, client === server ? server : '0.0.0.0')),
    ],
  }));
}

/** More of the LAN of the first group. */
export function moreQuestions(ask: Ask, answered: Answered, clientAddress: string, serverAddress: string): Test[] {
  const client = physical(clientPhysical);
  const good = ask(serverAddress, clientAddress);
  const from = (senderPhysical: Uint8Array): Uint8Array =>
    ethernet(
      broadcast,
      client,
      0x0806,
      arp({ operation: 1, senderPhysical, sender: clientAddress, target: serverAddress }),
    );
  return [
    answered('a node next to the network address', '10.8.0.2', ask('10.8.0.2', clientAddress)),
    answered('a node next to the broadcast address', '10.8.0.254', ask('10.8.0.254', clientAddress)),
    answered('a probe for another address', '10.8.0.77', ask('10.8.0.77', '0.0.0.0'), '0.0.0.0'),
    answered('a sender outside the virtual LAN', serverAddress, ask(serverAddress, '192.168.1.5'), '192.168.1.5'),
    answered('octets behind that are no zeros', serverAddress, cat(good, Array(18).fill(0xee))),
    unanswered('Network', 'the network address of the virtual LAN', ask('10.8.0.0', clientAddress)),
    unanswered('Outside', 'the limited broadcast address', ask('255.255.255.255', clientAddress)),
    unanswered('Outside', '0.0.0.0', ask('0.0.0.0', clientAddress)),
    unanswered('Outside', 'a multicast address', ask('224.0.0.1', clientAddress)),
    unanswered('Outside', 'the loopback address', ask('127.0.0.1', clientAddress)),
    unanswered('Outside', 'a link-local address', ask('169.254.1.1', clientAddress)),
    unanswered('OwnAddress', "an announcement of the server's address", ask(serverAddress, serverAddress)),
    unanswered('Malformed', 'asked by a group', from(physical('01:00:5e:00:00:01'))),
    unanswered('Malformed', 'asked by all', from(broadcast)),
    unanswered('Malformed', 'asked by the physical address of zeros', from(zeros(6))),
    unanswered('Malformed', 'physical addresses of 0 octets', patch(good, 18, [0])),
    unanswered('Malformed', 'network addresses of 0 octets', patch(good, 19, [0])),
    unanswered('Malformed', 'hardware type 0', patch(good, 14, u16(0))),
    unanswered('Malformed', 'half an ARP packet', good.slice(0, 28)),
    ...[4, 8, 9, 25, 0x0101, 0xffff].map((operation) =>
      unanswered('NoRequest', `operation ${operation}`, patch(good, 20, u16(operation))),
    ),
  ];
}
