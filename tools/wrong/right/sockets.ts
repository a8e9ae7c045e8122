/** Other choices of a program about its sockets, clocks and pipes: nothing of them is in the text. */
import type { Right } from '../right.ts';

const acceptor = 'reference/tunnel/acceptor.ts';
const transport = 'reference/tunnel/transport-connection.ts';
const output = 'reference/cli/output.ts';

const opened =
  'INI-01 INI-15 INI-24 SRV-15 SRV-27 SRV-28 SRV-29 RLY-02 RLY-07 RLY-22 PATH-08 PATH-09 PATH-12 PATH-17'.split(' ');
const ended =
  'INI-04 INI-07 INI-14 INI-15 SRV-14 SRV-15 SRV-25 SRV-28 RLY-06 RLY-08 RLY-23 CLOSE-08 CLOSE-09 DATA-14 FRAME-15'.split(
    ' ',
  );
const timed =
  'INI-09 INI-14 INI-16 INI-25 SRV-07 SRV-14 SRV-17 SRV-20 RLY-08 RLY-09 RLY-21 DATA-13 DATA-14 FRAME-15 CLOSE-08'.split(
    ' ',
  );
const said = [
  'INI-04',
  'INI-05',
  'INI-06',
  'INI-29',
  'SRV-10',
  'SRV-11',
  'SRV-34',
  'CLOSE-04',
  'SEC',
  'ADP-20',
  'RLY-12',
];

const writeBuffer = (id: string, octets: string, does: string): Right => ({
  id,
  roles: ['client', 'server', 'relay'],
  does,
  touches: ['ADP-14', 'ADP-32', 'ADP-40', 'RLY-03', 'RLY-10', 'DATA-14', 'PATH-01'],
  file: 'reference/tunnel/transport.ts',
  change: ['export const highWaterMark = 128 * 1024;', `export const highWaterMark = ${octets};`],
});

export const socketChoices: readonly Right[] = [
  writeBuffer('write-buffer-of-4-kb', '4 * 1024', 'No more than 4 KB wait before a socket (section 11: short).'),
  writeBuffer('write-buffer-of-1-mb', '1024 * 1024', 'Up to 1 MB waits before a socket (ADP-14: bounded).'),
  {
    id: 'read-in-pieces-of-37',
    // Without a thread they would be half of what they are.
    apart: ['bundles-never-sent', 'bundles-of-two', 'segmentation-never-sent'],
    roles: ['client', 'server', 'relay'],
    does: 'What comes is handled in pieces of 37 octets, on one thread (FRAME-05).',
    touches: ['FRAME', 'CLOSE-06', 'DATA-08', 'INI-11', 'SRV-13', 'RLY-03', 'RLY-04', 'RLY-11', 'RESP-08'],
    file: transport,
    change: [
      '      events.octets(new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength));\n',
      `      for (let at = 0; at < chunk.byteLength && !this.#finishing; at += 37)
        events.octets(new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset + at, Math.min(37, chunk.byteLength - at)));
`,
    ],
    more: [
      {
        file: 'reference/nodes/conversation.ts',
        change: ['const busy = !sends ||', 'const busy = true || !sends ||'],
      },
      {
        file: 'reference/tunnel/relay/relay.ts',
        change: ['            handOver(connection, node, this.#pump);\n', ''],
      },
    ],
  },
  {
    id: 'disconnected-by-reset',
    roles: ['client', 'server', 'relay'],
    does: 'What is closed without a wait for the peer is reset (section 9: disconnect).',
    touches: ended,
    file: transport,
    change: ['if (abort) this.socket.destroy();', 'if (abort) this.socket.resetAndDestroy();'],
  },
  {
    id: 'from-ports-of-its-own',
    roles: ['client', 'relay'],
    does: 'Connections come from a port of its own choice, and not from those that the kernel would take.',
    touches: opened,
    file: 'reference/tunnel/transport.ts',
    change: [
      '  socket.connect({ host: address, port });\n',
      `  const dialled = (globalThis as any).dialled ?? Math.floor(Math.random() * 10_000);
  Object.assign(globalThis, { dialled: dialled + 1 });
  const localPort = 20_000 + (dialled % 10_000);
  socket.connect({ host: address, port, localPort });
`,
    ],
  },
  {
    id: 'listens-in-both-families',
    roles: ['server', 'relay'],
    does: 'Who is to listen at 0.0.0.0 listens at [::] for both families: sources are IPv4 addresses inside IPv6.',
    touches: [...opened, 'SRV-30', 'SRV-31', 'SRV-32', 'RLY-23', 'RLY-24', 'RLY-26'],
    file: acceptor,
    change: ['new BoundSocket({ host,', "new BoundSocket({ host: host === '0.0.0.0' ? '::' : host,"],
  },
  {
    id: 'backlog-of-64',
    roles: ['server', 'relay'],
    does: 'The kernel keeps 64 connections that are not accepted yet.',
    touches: opened,
    file: acceptor,
    change: ['const backlog = 4096;', 'const backlog = 64;'],
  },
  {
    id: 'few-descriptors-without-a-word',
    roles: ['server', 'relay'],
    does: 'A newcomer for whom there is no descriptor gets the end of the stream without a CLOSE (section 10.3).',
    touches: ['SRV-33', 'RLY-26'],
    file: acceptor,
    change: ['        refuseAtOnce(socket);\n', '        socket.destroy();\n'],
  },
  {
    id: 'ends-one-after-another',
    roles: ['server', 'relay'],
    does: 'At the end of the program connections are ended one after the other, 20 ms apart.',
    touches: ['SRV-11', 'RLY-12', 'SEC-05'],
    file: acceptor,
    change: [
      '    for (const one of this.open) end(one);\n',
      `    for (const one of this.open) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (this.open.has(one)) end(one);
    }
`,
    ],
  },
  {
    id: 'timers-in-tenths-of-a-second',
    // Both take time of the same deadlines.
    apart: ['slow-200-ms', 'relay-slow-200-ms', 'refusal-late', 'fin-100-ms-after-close'],
    roles: ['client', 'server', 'relay'],
    does: 'Timers run out at the next tenth of a second.',
    touches: timed,
    file: 'reference/tunnel/connection.ts',
    change: [
      'setTimeout(this.#wake, Math.max(0, Math.ceil(this.#armed - now)));',
      'setTimeout(this.#wake, 100 * Math.max(0, Math.ceil((this.#armed - now) / 100)));',
    ],
  },
  {
    id: 'slow-resolver',
    // Both take time of the same deadlines. From outside, a back-off is longer by the time that the name takes.
    apart: [
      'slow-200-ms',
      'slow-adapter',
      'timers-in-tenths-of-a-second',
      'jitter-upper-half',
      'jitter-lower-half',
      'events-say-little',
    ],
    roles: ['client'],
    does: 'The initiator takes 400 ms to resolve the name of the first node.',
    touches: opened,
    file: 'reference/tunnel/connection.ts',
    change: [
      '    this.#ports.open(name, group, signal).then(\n',
      `    const { promise: resolved, resolve: goOn } = Promise.withResolvers<void>();
    setTimeout(goOn, 400);
    resolved.then(() => this.#ports.open(name, group, signal)).then(
`,
    ],
  },
  {
    id: 'events-in-batches',
    // Of the later time nothing would be seen.
    apart: ['ended-told-late'],
    roles: ['client', 'server', 'relay'],
    does: 'Events are written together, up to 150 ms late.',
    touches: said,
    file: output,
    change: [
      "export type Line = TunnelEvent | { readonly event: 'unsupported'; readonly capability: string };\n",
      `export type Line = TunnelEvent | { readonly event: 'unsupported'; readonly capability: string };
const atOnce = process.stdout.write.bind(process.stdout);
let batch = '';
let timer: NodeJS.Timeout | undefined;
const flush = (): void => {
  const text = batch;
  batch = '';
  timer = undefined;
  if (text !== '') atOnce(text);
};
process.on('exit', flush);
process.stdout.write = ((text: string) => {
  batch += text;
  timer ??= setTimeout(flush, 150);
  return true;
}) as typeof process.stdout.write;
`,
    ],
  },
  {
    id: 'events-in-escapes',
    // It has no line whole.
    apart: ['events-with-spaces'],
    roles: ['client', 'server', 'relay'],
    does: 'Every character of a string in an event is an escape of JSON (RFC 8259 §7), and numbers have exponents.',
    touches: said,
    file: output,
    change: [
      'export const exitCode =',
      `const plain = process.stdout.write.bind(process.stdout);
const escaped = (text: string): string =>
  [...text].map((one) => \`\\\\u\${one.charCodeAt(0).toString(16).padStart(4, '0')}\`).join('');
const inEscapes = (line: string): string =>
  line.startsWith('{')
    ? line
        .replace(/"((?:[^"\\\\]|\\\\.)*)"/g, (all) => \`"\${escaped(JSON.parse(all))}"\`)
        .replace(/:(\\d+)(?=[,}])/g, (_all, digits) => \`:\${digits}e0\`)
    : line;
process.stdout.write = ((text: string) =>
  plain(text.split('\\n').map(inEscapes).join('\\n'))) as typeof process.stdout.write;
export const exitCode =`,
    ],
  },
  {
    id: 'errors-besides',
    roles: ['client', 'server', 'relay'],
    does: 'Before each event but the first there is an event `error`, and one of 3 KB that the suite does not know.',
    touches: said,
    file: output,
    change: [
      'export function print(line: Line): void {\n',
      `let begun = false;
export function print(line: Line): void {
  if (begun) {
    process.stdout.write(\`\${JSON.stringify({ event: 'error', message: 'a disk is nearly full' })}\\n\`);
    process.stdout.write(\`\${JSON.stringify({ event: 'dump', of: 'x'.repeat(3_000) })}\\n\`);
  }
  begun = true;
`,
    ],
  },
  {
    id: 'log-of-octets',
    // Of them nothing would be seen.
    apart: ['no-log'],
    roles: ['client', 'server', 'relay'],
    does: 'The log is no text: zeros, octets that are no UTF-8, and no end of a line.',
    touches: [...said, 'ADP-17', 'ADP-27', 'INI-18'],
    file: 'reference/tunnel/log.ts',
    change: [
      'write: (line: string) => void = (line) => process.stderr.write(line))',
      `write: (line: string) => void = (line) =>
  process.stderr.write(Uint8Array.from([0, 0xff, 0xfe, 0x80, ...new TextEncoder().encode(line.trim()), 0xc3, 0])))`,
    ],
  },
];
