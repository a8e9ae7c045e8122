/** What a right answer of the neighbour discovery emulator says, and an example of one. */
import { z } from 'zod';
import { clientPhysical, serverPhysical } from './dhcp-packet.ts';
import { infinite, neighbourOptions, type Offer, sourcePhysical, targetPhysical } from './neighbour-options.ts';
import { allNodes, body, reply, serverLinkLocal } from './neighbour-packet.ts';
import { cat, hex } from './octets.ts';

const ends = {
  ethernetSource: z.string(),
  ipSource: z.string(),
  destinations: z
    .array(z.strictObject({ ethernet: z.string(), ip: z.string() }))
    .min(1)
    .describe('One of these it goes to.'),
};

export const replyShape = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal(136).describe('Neighbour advertisement, RFC 4861 §4.4: code 0, hop limit 255.'),
    ...ends,
    router: z.boolean().optional().describe('Flag R; where absent, either.'),
    solicited: z.boolean().describe('Flag S.'),
    override: z.boolean().describe('Flag O.'),
    target: z.string(),
    targetPhysical: z.string().describe('In option 2.'),
  }),
  z.strictObject({
    type: z.literal(134).describe('Router advertisement, RFC 4861 §4.2: code 0, hop limit 255.'),
    ...ends,
    mostOctets: z.int().describe('Of the IPv6 datagram.'),
    defaultRouter: z.boolean().describe('Whether the router lifetime is above 0.'),
    sourcePhysical: z.string().describe('In option 1, if there is one.'),
    prefixes: z.array(
      z.strictObject({ prefix: z.string(), prefixLength: z.int(), onLink: z.boolean(), autonomous: z.boolean() }),
    ),
    mtu: z.int().optional().describe('Where absent, there is no option 5.'),
    routes: z.array(z.string()).describe('Prefixes in options 24, in any order.'),
    leastRoutes: z.int().optional().describe('So many of the routes at least; where absent, all of them.'),
    dns: z.array(z.string()).describe('In options 25, in this order.'),
    search: z.array(z.string()).describe('In options 31, in this order.'),
    lifetime: z.int().describe('Each lifetime in options 3, 24, 25 and 31.'),
    absent: z.array(z.int()).describe('Types of options that must not be there.'),
  }),
]);

const flags = (router: boolean): number => (router ? 0xe0 : 0x60);

export interface Answer {
  readonly reply: z.infer<typeof replyShape>;
  /** One that is right, hexadecimal. */
  readonly example: string;
}

/** @param router whether the server's adapter is a router here, undefined if nobody can know */
export const toNeighbour = (asker: string, router: boolean | undefined): Answer => ({
  reply: {
    type: 136,
    ethernetSource: serverPhysical,
    ipSource: serverLinkLocal,
    destinations: [{ ethernet: clientPhysical, ip: asker }],
    ...(router === undefined ? {} : { router }),
    solicited: true,
    override: true,
    target: serverLinkLocal,
    targetPhysical: serverPhysical,
  },
  example: hex(
    reply({
      source: serverLinkLocal,
      destination: asker,
      type: 136,
      body: body.neighbourAdvertisement(flags(router ?? false), serverLinkLocal, targetPhysical(serverPhysical)),
    }),
  ),
});

/** RFC 4861 §6.2.6: the answer goes to whom asked, or to all nodes. @param asker absent where that was `::` */
export function toAsker(offer: Offer, asker: string | undefined, leastRoutes?: number): Answer {
  const all = { ethernet: '33:33:00:00:00:01', ip: allNodes };
  const defaultRouter = offer.routes.includes('::/0');
  const fitting = { ...offer, routes: offer.routes.slice(0, leastRoutes) };
  const options = cat(sourcePhysical(serverPhysical), ...neighbourOptions(fitting));
  return {
    reply: {
      type: 134,
      ethernetSource: serverPhysical,
      ipSource: serverLinkLocal,
      destinations: [...(asker === undefined ? [] : [{ ethernet: clientPhysical, ip: asker }]), all],
      mostOctets: 1280,
      defaultRouter,
      sourcePhysical: serverPhysical,
      prefixes: [{ prefix: offer.prefix, prefixLength: 64, onLink: false, autonomous: true }],
      ...(offer.mtu === undefined ? {} : { mtu: offer.mtu }),
      routes: [...offer.routes],
      ...(leastRoutes === undefined ? {} : { leastRoutes }),
      dns: [...offer.dns],
      search: [...offer.search],
      lifetime: infinite,
      absent: [38, 200],
    },
    example: hex(
      reply({
        source: serverLinkLocal,
        destination: asker ?? allNodes,
        type: 134,
        body: body.routerAdvertisement(defaultRouter ? 1800 : 0, options),
      }),
    ),
  };
}
