/** [EP] fig. 6, 112: names of nodes, and how a node finds itself on the tunnel path. */
import { z } from 'zod';
import { invalidTest, octets, type Subject, status, type Test, validTest } from './model.ts';
import { ascii, hex } from './octets.ts';
import { longestName } from './relay.ts';

const name = (text: string, host: string, port?: number): Test =>
  validTest('Normal', text.length > 60 ? `${text.length} octets` : text, {
    name: hex(ascii(text)),
    host,
    ...(port === undefined ? {} : { port }),
  });
const refusedName = (comment: string, text: string): Test =>
  invalidTest(comment.includes('port') ? 'Port' : 'Syntax', comment, { name: hex(ascii(text)), status: 5 });

const path = ['relay-b.test', 'relay-c.test:4000', 'server.test:3265'];
const found = (comment: string, role: string, names: readonly string[], at: number, of = path): Test =>
  validTest('Position', comment, {
    path: of,
    role,
    names,
    index: at,
    ...(role === 'relay' ? { next: of[at + 1] ?? '' } : {}),
  });
const lost = (comment: string, role: string, names: readonly string[], of = path): Test =>
  invalidTest('NotOnPath', comment, { path: of, role, names, status: 9 });

const position = { path: z.array(z.string()), role: z.enum(['relay', 'server']), names: z.array(z.string()) };

export const subject: Subject = {
  subject: 'names',
  source: ['[EP] fig. 4, step 74', '[EP] fig. 6, 106 to 112'],
  requirements: ['RELAY-05', 'RELAY-07', 'RELAY-08', 'RELAY-09', 'RELAY-10', 'RELAY-11'],
  notes: {
    Normal: 'A name, optionally with a port.',
    Syntax:
      'Outside 1 to 253 octets of a-z, 0-9, hyphen, underscore and dot, or with an empty label or a trailing dot.',
    Port: 'A port outside 1 to 65535, or not in its one notation.',
    Position: 'A node finds itself once, ports ignored, where its role stands: the server last, a relay before.',
    NotOnPath: 'Absent, more than once, or in the place of the other role.',
  },
  shapes: {
    Name: {
      valid: { name: octets, host: z.string(), port: z.int().optional() },
      invalid: { name: octets, status },
    },
    Position: {
      valid: {
        ...position,
        index: z.int().describe("The node's place, from 0."),
        next: z.string().optional().describe('The next node, of a relay.'),
      },
      invalid: { ...position, status },
    },
  },
  groups: [
    {
      type: 'Name',
      comment: 'A name as it stands in the string buffer, without its NUL.',
      tests: [
        name('server.test', 'server.test'),
        name('server.test:3265', 'server.test', 3265),
        name('s', 's'),
        name('a-b_c.0', 'a-b_c.0'),
        name('server.test:1', 'server.test', 1),
        name('server.test:65535', 'server.test', 65535),
        name(longestName, longestName),
        name('192.0.2.1:80', '192.0.2.1', 80),
        refusedName('nothing', ''),
        refusedName('254 octets', `${longestName}b`),
        refusedName('an upper-case letter', 'Server.test'),
        refusedName('a trailing dot', 'server.test.'),
        refusedName('a trailing dot before a port', 'server.test.:3265'),
        refusedName('a dot alone', '.'),
        refusedName('a leading dot', '.server.test'),
        refusedName('an empty label', 'server..test'),
        refusedName('a space at the end', 'server.test '),
        refusedName('a line feed at the end', 'server.test\n'),
        refusedName('an octet above 127', 'serv\u00e9r.test'),
        refusedName('an asterisk', '*.test'),
        refusedName('brackets', '[2001:db8::1]'),
        refusedName('port 0', 'server.test:0'),
        refusedName('port 65536', 'server.test:65536'),
        refusedName('a port with a leading zero', 'server.test:080'),
        refusedName('an empty port', 'server.test:'),
        refusedName('a port with a sign', 'server.test:+80'),
        refusedName('a port in hexadecimal', 'server.test:0x50'),
        refusedName('a port that is too long', 'server.test:100000000000000000000'),
        refusedName('a port without name', ':80'),
      ],
    },
    {
      type: 'Position',
      comment: 'A node with these names receives a RELAY frame with this path.',
      tests: [
        found('the first relay', 'relay', ['relay-b.test'], 0),
        found('the second relay, its port ignored', 'relay', ['relay-c.test'], 1),
        found('the server, its port ignored', 'server', ['server.test'], 2),
        found('a server with two names', 'server', ['other.test', 'server.test'], 2),
        found('direct', 'server', ['server.test'], 0, ['server.test']),
        lost('a relay that is absent', 'relay', ['relay-x.test']),
        lost('a server that is absent', 'server', ['server-x.test']),
        lost('a relay in the last place', 'relay', ['server.test']),
        lost('a server in the first place', 'server', ['relay-b.test']),
        lost('a relay twice', 'relay', ['relay-b.test'], ['relay-b.test', 'relay-b.test', 'server.test']),
        lost(
          'a relay twice, with two ports',
          'relay',
          ['relay-b.test'],
          ['relay-b.test:1', 'relay-b.test:2', 's.test'],
        ),
        lost('a relay by two of its names', 'relay', ['relay-b.test', 'relay-c.test']),
        lost('a server twice', 'server', ['server.test'], ['server.test', 'server.test']),
        lost('a relay that is the only hop', 'relay', ['relay-b.test'], ['relay-b.test']),
        lost('a name that begins like its own', 'relay', ['relay-b']),
        lost('a name that ends like its own', 'relay', ['b.test']),
      ],
    },
  ],
};
