/** The configuration file of a tunnel relay. */
import * as v from 'valibot';
import { described, strict } from './shapes.ts';
import { $schema, timers, user } from './shared-keys.ts';
import { bareName, count, list, listen } from './values.ts';

const ports = v.pipe(list(count(1, 65535), 'a list of ports'), v.minLength(1, 'is empty: name a port'));

export const relay = strict({
  $schema,
  user,
  role: v.literal('relay', 'is not "relay": "pna relay" wants "role": "relay"'),
  listen: v.optional(listen, '0.0.0.0:3265'),
  names: v.pipe(list(bareName, 'a list of names'), v.minLength(1, 'is empty: name this relay as tunnel paths name it')),
  allow: described(
    list(
      strict({ name: bareName, ports: v.optional(ports, [3265]) }),
      'a list of next nodes: [{"name": "server.test", "ports": [3265]}]',
    ),
    'The nodes that this relay may connect to; all others are refused.',
  ),
  allowAddresses: v.optional(
    described(
      list(
        v.picklist(['loopback', 'link-local'], 'is not "loopback" or "link-local"'),
        'a list of "loopback", "link-local"',
      ),
      'Kinds of addresses that names may resolve to although they are refused otherwise.',
    ),
    [],
  ),
  limits: v.optional(
    described(
      strict({
        halfOpenPerSource: v.optional(count(1, 65535), 8),
        halfOpen: v.optional(count(1, 65535), 256),
        connectionsPerSource: v.optional(count(1, 65535), 64),
        connections: v.optional(count(1, 65535), 1024),
      }),
      'Half-open until the next node has answered. One source has at most so many of either.',
    ),
    {},
  ),
  timers,
});
