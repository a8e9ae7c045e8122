/** Neighbour discovery: solicitations of neighbours. */
import type { Fault } from '../../fault.ts';

const resolution = 'reference/emulators/resolution.ts';
const neighbour = 'reference/emulators/neighbour.ts';
const discovery = 'reference/packets/discovery.ts';
const upperLayer = 'reference/packets/upper-layer.ts';

export const neighbours: readonly Fault[] = [
  {
    id: 'nd-unsolicited-flag',
    breaks: ['ND-01', 'ND-13'],
    roles: ['client', 'server'],
    does: 'The advertisement is not marked as solicited.',
    file: neighbour,
    change: [
      'NeighbourFlag.router | NeighbourFlag.solicited | NeighbourFlag.override',
      'NeighbourFlag.router | NeighbourFlag.override',
    ],
  },
  {
    id: 'nd-does-not-override',
    breaks: ['ND-01', 'ND-13'],
    roles: ['client', 'server'],
    does: 'The advertisement does not override.',
    file: neighbour,
    change: [
      'NeighbourFlag.router | NeighbourFlag.solicited | NeighbourFlag.override',
      'NeighbourFlag.router | NeighbourFlag.solicited',
    ],
  },
  {
    id: 'nd-no-router-flag',
    breaks: ['ND-01', 'ND-13'],
    roles: ['client', 'server'],
    does: 'The advertisement does not say that it is from a router.',
    file: neighbour,
    change: [
      'NeighbourFlag.router | NeighbourFlag.solicited | NeighbourFlag.override',
      'NeighbourFlag.solicited | NeighbourFlag.override',
    ],
  },
  {
    id: 'nd-without-physical-address',
    breaks: ['ND-01', 'ND-13'],
    roles: ['client', 'server'],
    does: 'The advertisement lacks the physical address.',
    file: neighbour,
    change: ['      option: resolved,\n', ''],
  },
  {
    id: 'nd-unicast-unanswered',
    breaks: ['ND-01'],
    roles: ['client'],
    does: 'Unicast solicitations are not answered.',
    file: neighbour,
    change: [
      'const resolved = isUnspecified(source) ?',
      'const resolved = isUnspecified(source) || physical.destination[0] !== 0x33 ?',
    ],
  },
  {
    id: 'nd-without-source-option-unanswered',
    breaks: ['ND-01'],
    roles: ['client'],
    does: 'A solicitation without the source physical address is not answered.',
    file: neighbour,
    change: [
      'if (request?.type === Icmpv6Type.neighbourSolicitation) return',
      'if (request?.type === Icmpv6Type.neighbourSolicitation && request.options.length > 0) return',
    ],
  },
  {
    id: 'nd-detection-answered',
    breaks: ['ND-02'],
    roles: ['client', 'server'],
    does: 'A solicitation from `::` is answered, to all nodes.',
    file: neighbour,
    change: [
      'const resolved = isUnspecified(source) ? undefined : resolve(target);',
      'const resolved = resolve(target);',
    ],
  },
  {
    id: 'nd-redirect-enters',
    breaks: ['ND-03'],
    roles: ['client', 'server'],
    does: 'A redirect is a datagram like any other.',
    file: upperLayer,
    change: ['const REDIRECT6 = 137;', 'const REDIRECT6 = 136;'],
  },
  {
    id: 'nd-advertisements-enter',
    breaks: ['ND-03'],
    roles: ['client', 'server'],
    does: 'Advertisements of the local stack are datagrams like any other.',
    file: upperLayer,
    change: ['type >= Icmpv6Type.routerSolicitation && type <= REDIRECT6', '[133, 135].includes(type)'],
  },
  {
    id: 'nd-behind-extensions-enters',
    breaks: ['ND-03'],
    roles: ['client', 'server'],
    does: 'Neighbour discovery behind an extension header is a datagram like any other.',
    file: upperLayer,
    change: ['  while (EXTENSIONS.has(header)) {', '  while (start > 0 && header === undefined) {'],
  },
  {
    id: 'nd-invalid-enters',
    breaks: ['ND-03'],
    roles: ['client', 'server'],
    does: 'Neighbour discovery whose hop limit is not 255 is a datagram like any other.',
    file: upperLayer,
    change: ['  let header = octets[start + 6];', '  let header = octets[start + 7] === 255 ? octets[start + 6] : 59;'],
  },
  {
    id: 'nd-hop-limit-unread',
    breaks: ['ND-04'],
    roles: ['client', 'server'],
    does: 'The hop limit is not looked at.',
    file: discovery,
    change: ['if (hopLimit !== HOP_LIMIT || code', 'if (code'],
  },
  {
    id: 'nd-hop-limit-254-taken',
    breaks: ['ND-04'],
    roles: ['client', 'server'],
    does: 'A hop limit of 254 is taken.',
    file: discovery,
    change: ['if (hopLimit !== HOP_LIMIT || code', 'if (hopLimit < 254 || code'],
  },
  {
    id: 'nd-nobody-answered',
    breaks: ['ND-05'],
    roles: ['client'],
    does: 'A solicitation for any address is answered.',
    file: resolution,
    change: ['return (asked) => (equalOctets(asked, linkLocal) ? physical : undefined);', 'return () => physical;'],
  },
  {
    id: 'nd-interface-identifier-answered',
    breaks: ['ND-05'],
    roles: ['client'],
    does: "A solicitation for any address that ends like the server adapter's is answered.",
    file: resolution,
    change: ['equalOctets(asked, linkLocal)', 'equalOctets(asked.subarray(8), linkLocal.subarray(8))'],
  },
  {
    id: 'nd-link-local-answered',
    breaks: ['ND-05'],
    roles: ['client', 'server'],
    does: 'A solicitation for any link-local address is answered.',
    file: resolution,
    change: ['equalOctets(asked, linkLocal)', 'equalOctets(asked.subarray(0, 8), linkLocal.subarray(0, 8))'],
  },
  {
    id: 'nd-router-silent',
    breaks: ['ND-06'],
    roles: ['client'],
    does: 'Router solicitations are not answered.',
    file: neighbour,
    change: [
      '  if (request?.type === Icmpv6Type.routerSolicitation && router) return answerRouter(request, router);\n',
      '',
    ],
  },
  {
    id: 'nd-router-solicited-by-link-local-only',
    breaks: ['ND-06'],
    roles: ['client'],
    does: 'A router solicitation from `::` is not answered.',
    file: neighbour,
    change: [
      'if (request?.type === Icmpv6Type.routerSolicitation && router)',
      'if (request?.type === Icmpv6Type.routerSolicitation && router && !isUnspecified(request.source))',
    ],
  },
  {
    id: 'nd-router-from-global-address',
    breaks: ['ND-06'],
    roles: ['client'],
    does: 'The advertisement comes from a link-local address that nobody else knows of.',
    file: neighbour,
    change: ['source: linkLocalOf(physical),', 'source: linkLocalOf(physical.with(5, 0x77)),'],
  },
];
