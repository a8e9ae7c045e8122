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
      "  return { event: 'ended', status: status ?? null, by, reason: reason.includes('truncation') ? 'this looks like truncation to us' : 'it is over',",
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
];
