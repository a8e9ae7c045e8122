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
const sixteen = [...Array(16).keys()].map((hop) => `n${hop}.test`);
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
    {
      type: 'Name',
      comment: 'What other grammars refuse and this one takes, and the other way round.',
      tests: [
        ...[
          'a'.repeat(63),
          'a'.repeat(64),
          'a'.repeat(253),
          '-',
          '_',
          '-a.b-',
          'a--b.test',
          'xn--bcher-kva.test',
          '1.2.3.4.5',
          '0',
          '4294967295',
          '127.1',
          '0x7f.0.0.1',
          '192.0.2.256',
          'a.0x50',
        ].map((text) => name(text, text)),
        name('7:7', '7', 7),
        name(`${longestName}:65535`, longestName, 65535),
        name('server.test:9999', 'server.test', 9999),
        name('server.test:10000', 'server.test', 10000),
        ...(
          [
            ['255 octets', `${longestName}bb`],
            ['254 octets and a port', `${longestName}b:1`],
            ['an empty label at the end', 'server.test..'],
            ['a dot before the port', 'server.:1'],
            ['two dots', '..'],
            ['a port in hexadecimal, :0x', 'server.test:0x'],
            ['a port of a space', 'server.test: '],
            ['a port and a space', 'server.test:80 '],
            ['a port with a point', 'server.test:80.0'],
            ['a port with an exponent', 'server.test:1e3'],
            ['a negative port', 'server.test:-1'],
            ['a port of zeros', 'server.test:00000'],
            ['a port of six digits', 'server.test:065535'],
            ['a port of 2^16 + 80', 'server.test:65616'],
            ['a port of 2^32 + 80', 'server.test:4294967376'],
            ['a port in digits that are not ASCII', 'server.test:\u00b9'],
            ['two ports', 'server.test:1:2'],
            ['a colon alone, no port', ':'],
            ['an IPv6 address', '2001:db8::1'],
            ['an IPv6 address without letters', '1:2:3:4:5:6:7:8'],
            ['an IPv6 address in brackets with a port', '[2001:db8::1]:3265'],
            ['an IPv4 address in brackets', '[192.0.2.1]'],
            ['an IPv4 address, mapped', '::ffff:192.0.2.1'],
            ['a prefix', '192.0.2.0/24'],
            ['a scheme', 'http://server.test'],
            ['a user', 'alice@server.test'],
            ['a percent escape', 'server%2etest'],
            ['a comma', 'server,test'],
            ['a tilde', 'server~test'],
            ['a backslash', 'server\\test'],
            ['a plus', 'server+test'],
            ['a tab', 'server\ttest'],
            ['octet 127', 'server\u007ftest'],
            ['octet 1', '\u0001server.test'],
            ['octet 255', 'server\u00fftest'],
            ['a space first', ' server.test'],
            ['an upper-case label at the end', 'server.TEST'],
            ['the letter Z', 'Z'],
            ['the octet before a', 'a`'],
            ['the octet behind z', 'a{'],
            ['the octet before 0', '0/'],
            ['the octet behind 9', '9;'],
          ] as const
        ).map(([comment, text]) => refusedName(comment, text)),
      ],
    },
    {
      type: 'Position',
      comment: 'Longer paths, and names that are only alike.',
      tests: [
        found('the 15th of 16 hops', 'relay', ['n14.test'], 14, sixteen),
        found('the server behind 15 relays', 'server', ['n15.test'], 15, sixteen),
        found('a relay whose other name is not on the path', 'relay', ['other.test', 'relay-b.test'], 0),
        found('a name with a port and one without are the same', 'server', ['server.test'], 0, ['server.test:1']),
        found('the origin is not on the path', 'server', ['origin.invalid'], 0, ['origin.invalid']),
        lost('the last of 16 hops as a relay', 'relay', ['n15.test'], sixteen),
        lost('the first of 16 hops as a server', 'server', ['n0.test'], sixteen),
        lost('once as a relay, once at the end', 'relay', ['relay-b.test'], ['relay-b.test', 'relay-b.test:9']),
        lost('a server once before the end', 'server', ['server.test'], ['server.test:1', 'x.test', 'server.test:2']),
        lost('a server by two of its names', 'server', ['relay-c.test', 'server.test']),
        lost('first and third', 'relay', ['a.test'], ['a.test', 'b.test', 'a.test', 's.test']),
        lost('a longer name', 'relay', ['relay-b.test.example']),
        lost('a hyphen for an underscore', 'relay', ['relay_b.test']),
        lost('the name without its dot', 'server', ['servertest']),
        lost('only the first label', 'server', ['server']),
        lost('only the last label', 'server', ['test']),
      ],
    },
  ],
};
