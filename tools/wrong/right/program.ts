/** Other choices of the program around the protocol: what it prints, and in which order (docs/iut.md). */
import type { Right } from '../right.ts';

const told = ['INI-04', 'INI-05', 'INI-06', 'SRV-10', 'SRV-11', 'CLOSE-04', 'CLOSE-05', 'SEC', 'ADP-20', 'RLY-12'];

export const programChoices: readonly Right[] = [
  {
    id: 'more-on-stdout',
    roles: ['client', 'server', 'relay'],
    does: 'Lines that are no JSON, events without a name in docs/iut.md and further keys stand on stdout.',
    touches: told,
    file: 'reference/cli/output.ts',
    change: [
      `process.stdout.write(\`\${JSON.stringify(line)}\\n\`);`,
      `process.stdout.write(\`about to tell\\n[1]\\n"event"\\n\${JSON.stringify({ event: "note", of: line.event })}\\n\${JSON.stringify({ at: Date.now(), ...line, tags: [null] })}\\n\\n\`);`,
    ],
  },
  {
    id: 'other-reasons',
    roles: ['client', 'server'],
    does: 'The reason of the event `ended` is put in other words.',
    touches: told,
    file: 'reference/tunnel/reporting.ts',
    change: [
      "  return { event: 'ended', status: status ?? null, by, reason,",
      "  return { event: 'ended', status: status ?? null, by, reason: reason.length > 0 ? 'it is over' : '',",
    ],
  },
  {
    id: 'ended-told-late',
    roles: ['client', 'server'],
    does: 'The event `ended` is told 300 ms after the connection has ended.',
    touches: told,
    file: 'reference/cli/output.ts',
    change: [
      `process.stdout.write(\`\${JSON.stringify(line)}\\n\`);`,
      `setTimeout(() => process.stdout.write(\`\${JSON.stringify(line)}\\n\`), line.event === 'ended' ? 300 : 0);`,
    ],
  },
  {
    id: 'adapter-told-first',
    roles: ['client'],
    does: 'The event `adapter` is told before `authorized` (docs/iut.md has no order).',
    touches: [...told, 'ADP-01', 'ADP-02', 'ADP-05', 'ADP-11'],
    file: 'reference/tunnel/client/client.ts',
    change: [
      `    listener(authorizedEvent(session, { address, prefix: ipv6 && { address: ipv6.prefix, length: 64 } }));
    const name = await this.#adapter.activate(settings, this.#firstHop === undefined ? [] : [this.#firstHop]);
    if (name !== undefined) listener({ event: 'adapter', name });`,
      `    const name = await this.#adapter.activate(settings, this.#firstHop === undefined ? [] : [this.#firstHop]);
    if (name !== undefined) listener({ event: 'adapter', name });
    listener(authorizedEvent(session, { address, prefix: ipv6 && { address: ipv6.prefix, length: 64 } }));`,
    ],
  },
  {
    id: 'log-of-another-form',
    roles: ['client', 'server', 'relay'],
    does: 'Log lines have another form, without a time.',
    touches: told,
    file: 'reference/tunnel/log.ts',
    change: [
      `write(\`\${new Date().toISOString()} \${level.padEnd(5)} \${printable(line)}\\n\`);`,
      `write(\`pnad[\${process.pid}] <\${level}> :: \${printable(line)}\\n\`);`,
    ],
  },
  {
    id: 'log-of-warnings-alone',
    roles: ['client', 'server', 'relay'],
    does: 'Nothing but warnings and errors is logged.',
    touches: told,
    file: 'reference/tunnel/log.ts',
    change: [
      'if (levels.indexOf(level) > levels.indexOf(threshold)) return;',
      "if (level === 'info' || level === 'debug' || levels.indexOf(level) > levels.indexOf(threshold)) return;",
    ],
  },
  {
    id: 'log-without-words',
    roles: ['client', 'server', 'relay'],
    does: 'Log lines are numbers that mean something to the vendor alone.',
    touches: [...told, 'ADP-17', 'ADP-27', 'INI-18'],
    file: 'reference/tunnel/log.ts',
    change: [
      `write(\`\${new Date().toISOString()} \${level.padEnd(5)} \${printable(line)}\\n\`);`,
      `write(\`\${levels.indexOf(level)} \${printable(line).length}\\n\`);`,
    ],
  },
  {
    id: 'no-log',
    // Of them nothing would be seen.
    apart: ['log-of-another-form', 'log-without-words'],
    roles: ['client', 'server', 'relay'],
    does: 'Nothing is logged at all.',
    touches: [...told, 'ADP-17', 'ADP-27', 'INI-18'],
    file: 'reference/tunnel/log.ts',
    change: ['if (levels.indexOf(level) > levels.indexOf(threshold)) return;', 'if (levels.length > 0) return;'],
  },
  {
    id: 'events-with-spaces',
    roles: ['client', 'server', 'relay'],
    does: 'Events are written with spaces and a carriage return, in two parts, and their keys stand in another order.',
    touches: told,
    file: 'reference/cli/output.ts',
    change: [
      `process.stdout.write(\`\${JSON.stringify(line)}\\n\`);`,
      `const text = JSON.stringify(Object.fromEntries(Object.entries(line).reverse()), null, 1).replaceAll('\\n', ' ');
  process.stdout.write(text.slice(0, 9));
  process.stdout.write(\`\${text.slice(9)}\\r\\n\`);`,
    ],
  },
  {
    id: 'refusal-in-other-words',
    roles: ['client', 'server', 'relay'],
    does: 'A configuration is refused in other words, with file, key and remedy in another order (SEC-03).',
    touches: ['SEC'],
    file: 'reference/tunnel/config/config.ts',
    change: [
      `const line = ({ path, message }: Fault): string => \`\${label}: \${pathText(path)}\${message}\`;`,
      `const line = ({ path, unknown = [] }: Fault): string =>
    \`E17 please correct "/\${[...path, ...unknown].join('/')}" in \${label}\`;`,
    ],
  },
];
