/** The configuration file of a tunnel relay. */
import { z } from 'zod';
import { $schema, timers, user } from './shared-keys.ts';
import { bareName, count, list, listen, strict } from './values.ts';

export const relay = strict({
  $schema,
  user,
  role: z.literal('relay', { error: 'is not "relay": "pna relay" wants "role": "relay"' }),
  listen: listen.prefault('0.0.0.0:3265'),
  names: list(bareName, 'a list of names').min(1, 'is empty: name this relay as tunnel paths name it'),
  allow: list(
    strict({ name: bareName, ports: list(count(1, 65535), 'a list of ports').min(1).default([3265]) }),
    'a list of next nodes: [{"name": "server.test", "ports": [3265]}]',
  ).describe('The nodes that this relay may connect to; all others are refused.'),
  allowAddresses: list(
    z.enum(['loopback', 'link-local'], { error: 'is not "loopback" or "link-local"' }),
    'a list of "loopback", "link-local"',
  )
    .default([])
    .describe('Kinds of addresses that names may resolve to although they are refused otherwise.'),
  limits: strict({
    halfOpenPerSource: count(1, 65535).default(8),
    halfOpen: count(1, 65535).default(256),
    connectionsPerSource: count(1, 65535).default(64),
    connections: count(1, 65535).default(1024),
  })
    .prefault({})
    .describe('Half-open until the next node has answered. One source has at most so many of either.'),
  timers,
});
