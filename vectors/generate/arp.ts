/** [EP] fig. 17, steps 324 to 328: what the ARP server emulator answers the local stack, and what it must not. */
import { z } from 'zod';
import { lanGroups, moreQuestions } from './arp-lans.ts';
import { type Answered, type Ask, arp } from './arp-packet.ts';
import { clientAddress, clientPhysical, serverAddress, serverPhysical } from './dhcp-packet.ts';
import { octets, type Subject, unanswered, validTest } from './model.ts';
import { cat, hex, patch, u16, zeros } from './octets.ts';
import { broadcast, ethernet, physical } from './packets.ts';

const client = physical(clientPhysical);
const server = physical(serverPhysical);

const ask: Ask = (target, sender = clientAddress, to = broadcast) =>
  ethernet(to, client, 0x0806, arp({ operation: 1, senderPhysical: client, sender, target }));

const answered: Answered = (comment, target, request, sender = clientAddress) =>
  validTest('Request', comment, {
    packet: hex(request),
    reply: hex(
      ethernet(
        client,
        server,
        0x0806,
        arp({ operation: 2, senderPhysical: server, sender: target, targetPhysical: client, target: sender }),
      ),
    ),
  });
const good = ask(serverAddress);

export const subject: Subject = {
  subject: 'arp',
  source: ['[EP] fig. 17, steps 324 to 328', '[EP] fig. 23, steps 516 and 518', 'RFC 826', 'RFC 5227'],
  requirements: ['ARP-01', 'ARP-02', 'ARP-03', 'ARP-04', 'ARP-05', 'ARP-06', 'ARP-07', 'ARP-10'],
  notes: {
    Request:
      "Every address of the virtual LAN but the client's own is at the reserved physical address of the server's adapter.",
    OwnAddress:
      "RFC 5227: an answer for the client's own address would tell it that another holds it, and it would give it up.",
    Network: "The network address and the broadcast address are nobody's.",
    Outside: 'An address that no host of the virtual LAN has.',
    NoRequest: 'An ARP packet that asks nothing.',
    Malformed: 'Not Ethernet and IPv4, or cut.',
  },
  shapes: {
    Emulator: {
      group: {
        clientAddress: z.string(),
        prefixLength: z.int(),
        serverAddress: z.string(),
        clientPhysical: z.string(),
        serverPhysical: z.string(),
      },
      valid: {
        packet: octets.describe('The Ethernet packet that the local stack sends.'),
        reply: octets.describe('The Ethernet packet that answers; zeros may follow it up to 60 octets.'),
      },
      invalid: { verdict: z.literal('no answer'), packet: octets },
    },
  },
  groups: [
    {
      type: 'Emulator',
      comment: 'One virtual LAN, one client.',
      clientAddress,
      prefixLength: 24,
      serverAddress,
      clientPhysical,
      serverPhysical,
      tests: [
        answered("the server's adapter", serverAddress, good),
        answered('another address of the virtual LAN', '10.8.0.77', ask('10.8.0.77')),
        answered('sent to the reserved address, not to all', serverAddress, ask(serverAddress, clientAddress, server)),
        answered('with the padding of Ethernet', serverAddress, cat(good, zeros(18))),
        answered('a target physical address that is no zero', serverAddress, patch(good, 32, broadcast)),
        unanswered('OwnAddress', 'probe', ask(clientAddress, '0.0.0.0')),
        unanswered('OwnAddress', 'announcement', ask(clientAddress, clientAddress)),
        unanswered('OwnAddress', 'announcement as a reply', patch(ask(clientAddress, clientAddress), 20, u16(2))),
        unanswered('Outside', 'an address of a network behind the server', ask('10.9.0.5')),
        unanswered('Outside', 'the address after the virtual LAN', ask('10.8.1.0')),
        unanswered('Outside', 'the broadcast address of the virtual LAN', ask('10.8.0.255')),
        unanswered('OwnAddress', 'a question', ask(clientAddress)),
        unanswered('NoRequest', 'a reply', patch(good, 20, u16(2))),
        unanswered('NoRequest', 'operation 0', patch(good, 20, u16(0))),
        unanswered('NoRequest', 'RARP: operation 3', patch(good, 20, u16(3))),
        unanswered('Malformed', 'hardware type 6', patch(good, 14, u16(6))),
        unanswered('Malformed', 'protocol 86DD', patch(good, 16, u16(0x86dd))),
        unanswered('Malformed', 'physical addresses of 8 octets', patch(good, 18, [8])),
        unanswered('Malformed', 'network addresses of 16 octets', patch(good, 19, [16])),
        unanswered('Malformed', 'without its last octet', good.slice(0, -1)),
        unanswered('Malformed', 'the Ethernet header alone', good.slice(0, 14)),
      ],
    },
    ...lanGroups(ask, answered),
    {
      type: 'Emulator',
      comment: 'More questions in one virtual LAN.',
      clientAddress,
      prefixLength: 24,
      serverAddress,
      clientPhysical,
      serverPhysical,
      tests: moreQuestions(ask, answered, clientAddress, serverAddress),
    },
  ],
};
