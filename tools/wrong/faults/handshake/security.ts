/** What is written to logs, and what a configuration allows. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source, not templates
import type { Fault } from '../../fault.ts';

const conversation = 'reference/nodes/conversation.ts';
const config = 'reference/tunnel/config/config.ts';
const trace = 'reference/tunnel/trace.ts';
const run = 'reference/cli/run.ts';

const keyed = `    const session = new Session({ ...options, padding: () => randomness.padding() });`;
const opened = `      this.#received = session.open(octets);`;
const sealed = `      octets = session.seal(datagrams, offload);`;
const refused = `if (deterministic !== undefined && place.environment['PNA_INSECURE_DETERMINISTIC'] !== '1')`;

/** Something secret, and where it goes. */
function leak(id: string, does: string, place: string, statement: string): Fault {
  return {
    id,
    breaks: ['SEC-01'],
    roles: ['client', 'server'],
    does,
    file: conversation,
    change: [place, place === keyed ? `    ${statement}\n${place}` : `${place}\n      ${statement}`],
  };
}

export const security: readonly Fault[] = [
  // SEC-01
  leak(
    'key-on-stderr-in-hexadecimal',
    'The key of a direction is on stderr in hexadecimal.',
    keyed,
    'process.stderr.write(`${initiatorKey.toHex()}\\n`);',
  ),
  leak(
    'key-on-stderr-in-base64',
    'The key of a direction is on stderr in base64.',
    keyed,
    'process.stderr.write(`${serverKey.toBase64()}\\n`);',
  ),
  leak(
    'key-on-stdout',
    'The event of an authorized session holds the key of a direction.',
    keyed,
    'process.stdout.write(`${JSON.stringify({ event: "keyed", key: serverKey.toHex() })}\\n`);',
  ),
  leak(
    'key-escaped',
    'The key of a direction is on stderr, each octet as an escape.',
    keyed,
    `process.stderr.write(\`\${[...initiatorKey].map((octet) => \`\\\\x\${octet.toString(16).padStart(2, '0')}\`).join('')}\\n\`);`,
  ),
  leak(
    'key-as-a-list-of-numbers',
    'The key of a direction is on stderr as a list of numbers.',
    keyed,
    'process.stderr.write(`${JSON.stringify([...serverKey])}\\n`);',
  ),
  {
    id: 'derived-keys-on-stderr',
    breaks: ['SEC-01'],
    roles: ['client', 'server'],
    does: 'The keys of the cipher are on stderr in hexadecimal.',
    file: 'reference/nodes/session.ts',
    change: [
      `    this.#sealer = createSealer(`,
      `    process.stderr.write(\`\${this.#own.key.toHex()}\\n\`);
    this.#sealer = createSealer(`,
    ],
  },
  {
    id: 'private-key-on-stderr',
    breaks: ['SEC-01'],
    roles: ['client', 'server'],
    does: 'The private key of the configuration is on stderr in base64.',
    file: config,
    change: [
      `  return {
    staticPrivate: config.privateKey`,
      `  if (config.privateKey) process.stderr.write(\`\${config.privateKey.toBase64()}\\n\`);
  return {
    staticPrivate: config.privateKey`,
    ],
  },
  leak(
    'received-datagram-on-stderr',
    'Each datagram that came is on stderr in hexadecimal.',
    opened,
    'process.stderr.write(`${Buffer.concat(this.#received).toString("hex")}\\n`);',
  ),
  leak(
    'sent-datagram-on-stderr',
    'Each datagram that is sent is on stderr in base64.',
    sealed,
    'process.stderr.write(`${Buffer.concat(datagrams).toString("base64")}\\n`);',
  ),
  leak(
    'received-datagram-as-text',
    'The text in each datagram that came is on stderr.',
    opened,
    'process.stderr.write(`${Buffer.concat(this.#received).toString("latin1")}\\n`);',
  ),
  leak(
    'sent-datagram-escaped',
    'Each datagram that is sent is on stderr, each octet as an escape.',
    sealed,
    `process.stderr.write(\`\${[...Buffer.concat(datagrams)].map((octet) => \`\\\\x\${octet.toString(16).padStart(2, '0')}\`).join('')}\\n\`);`,
  ),
  leak(
    'received-datagram-in-trace',
    'Each datagram that came is a hint in log and trace.',
    opened,
    `this.#machine.emit({ type: 'hint', text: Buffer.concat(this.#received).toString("hex") });`,
  ),
  leak(
    'datagram-of-a-dump-spaced',
    'Each datagram that came is on stderr as a dump of 16 octets a line.',
    opened,
    `process.stderr.write(\`\${(Buffer.concat(this.#received).toString("hex").match(/.{1,32}/g) ?? []).map((line) => line.replace(/../g, '$& ')).join('\\n')}\\n\`);`,
  ),
  {
    id: 'keys-in-trace',
    breaks: ['SEC-01'],
    roles: ['client', 'server'],
    does: 'The keys are in trace.ndjson, and not in keys.log alone.',
    file: trace,
    change: [
      '    key: (label, octets) => append(keys, `${label} ${octets.toHex()}\\n`),',
      `    key: (label, octets) => {
      append(keys, \`\${label} \${octets.toHex()}\\n\`);
      append(trace, \`\${JSON.stringify({ [label]: octets.toHex() })}\\n\`);
    },`,
    ],
  },
  {
    id: 'keys-log-unasked',
    breaks: ['SEC-01'],
    roles: ['client', 'server', 'relay'],
    does: 'keys.log is written where no folder was asked for, beside the configuration.',
    equivalent: 'The contract hands a folder for keys.log to every program that is started: that asks for it.',
    file: run,
    change: [
      `options.output === undefined ? noTrace : openTrace(options.output, () => systemClock.now(), full);`,
      `openTrace(options.output ?? dirname(options.config), () => systemClock.now(), full);`,
    ],
    more: [
      {
        file: run,
        change: [`import { basename } from 'node:path';`, `import { basename, dirname } from 'node:path';`],
      },
    ],
  },
  // SEC-02
  {
    id: 'deterministic-without-leave',
    breaks: ['SEC-02'],
    roles: ['client', 'server'],
    does: 'What is random comes from the configuration whatever the environment says.',
    file: config,
    change: [refused, `if (deterministic !== undefined && Number.isNaN(1))`],
  },
  {
    id: 'deterministic-leave-by-any-value',
    breaks: ['SEC-02'],
    roles: ['client', 'server'],
    does: 'Any value of the environment variable allows it, 0 too.',
    file: config,
    change: [refused, `if (deterministic !== undefined && !place.environment['PNA_INSECURE_DETERMINISTIC'])`],
  },
  {
    id: 'deterministic-leave-by-nothing',
    breaks: ['SEC-02'],
    roles: ['client', 'server'],
    does: 'It is allowed unless the environment variable says 0.',
    file: config,
    change: [refused, `if (deterministic !== undefined && place.environment['PNA_INSECURE_DETERMINISTIC'] === '0')`],
  },
  {
    id: 'deterministic-keys-without-leave',
    breaks: ['SEC-02'],
    roles: ['client', 'server'],
    does: 'Leave is asked for padding only: ephemeral keys come from the configuration without.',
    file: config,
    change: [
      refused,
      `if (deterministic?.padding !== undefined && place.environment['PNA_INSECURE_DETERMINISTIC'] !== '1')`,
    ],
  },
  // SEC-03
  {
    id: 'unknown-keys-ignored',
    breaks: ['SEC-03'],
    roles: ['client', 'server', 'relay'],
    does: 'A key of the configuration that nobody knows is ignored.',
    file: 'reference/tunnel/config/shapes.ts',
    change: ['const schema = v.strictObject(', 'const schema = v.object('],
  },
  {
    id: 'faulty-configuration-warned-of',
    breaks: ['SEC-03'],
    roles: ['client', 'server', 'relay'],
    does: 'The program ends with status 1 for a fault of the configuration.',
    file: 'reference/cli/main.ts',
    change: [
      `    process.stderr.write(\`\${error.message}\\n\`);
    return exitCode.usage;`,
      `    process.stderr.write(\`\${error.message}\\n\`);
    return exitCode.error;`,
    ],
  },
  {
    id: 'faulty-configuration-without-key',
    breaks: ['SEC-03'],
    roles: ['client', 'server', 'relay'],
    does: 'The message about a fault of the configuration does not name the key.',
    file: config,
    change: [
      '`${label}: ${pathText(path)}${message}`',
      '`${label}: is not a valid configuration${pathText(path) && message ? "" : ""}`',
    ],
  },
  {
    id: 'faulty-configuration-without-file',
    breaks: ['SEC-03'],
    roles: ['client', 'server', 'relay'],
    does: 'The message about a fault of the configuration does not name the file.',
    file: config,
    change: [
      '`${label}: ${pathText(path)}${message}`',
      '`${label ? "configuration" : ""}: ${pathText(path)}${message}`',
    ],
  },
];
