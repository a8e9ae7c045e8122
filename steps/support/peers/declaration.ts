/** iut.json: what an implementation under test is able to do, and how it is started. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { SuiteName } from '../../../reference/wire/identifiers.ts';

/** Roles of the seed's figs. 11 to 13; `client` is the tunnel initiator with its adapter. */
export const roles = ['client', 'server', 'relay'] as const;
export type Role = (typeof roles)[number];

/** Capabilities besides key exchanges and transforms. Scenarios that need one carry the tag `@needs:NAME`. */
export const capabilities = {
  adapter: 'makes a Linux network device that hosts use; without it only what is on the wire is tested',
  dhcp: 'answers DHCP on the device',
  arp: 'answers ARP on the device',
  ipv6: "carries IPv6 and answers neighbour discovery, this also where the node's kernel has IPv6 off",
  routes: 'installs the routes of the client data itself',
  lockdown:
    'at a client: keeps inside the tunnel what belongs there where the configuration says so, also after its end',
  reconnect: 'connects again when a key expires or the network fails',
  timers: 'takes the timers of the configuration, in milliseconds',
  lifetimes: 'takes bounds on frames, octets and seconds of a key from the configuration',
  limits: 'takes limits on half-open connections from the configuration',
  'client-to-client': 'at a server: passes datagrams between tunnel clients where the configuration says so',
  services: 'at a relay: looks up SRV records for the last node of a path',
  groups:
    "at a server: shares the map of addresses with the other members of its group, and draws its clients' traffic",
  deterministic: 'takes everything random from the configuration',
  keylog: 'writes keys.log into the output folder',
  trace: 'writes trace.ndjson into the output folder',
} as const;
export type Capability = keyof typeof capabilities;

const strings = (what: string) => z.array(z.string()).min(1, `is empty: ${what}`);
const start = z.strictObject({
  argv: strings('name the program').describe(
    'Program and arguments; {config}, {output} and {role} are replaced. A relative program counts from the folder of this file.',
  ),
  env: z.record(z.string(), z.string()).optional().describe('Environment besides that of the suite.'),
});

export const schema = z
  .strictObject({
    $schema: z.string().optional(),
    name: z.string().min(1).describe('Name and version, for the report.'),
    revision: z.literal(1).describe('Revision of docs/protocol.md.'),
    roles: z
      .strictObject({ client: start.optional(), server: start.optional(), relay: start.optional() })
      .refine((some) => Object.keys(some).length > 0, 'is empty: declare at least one of client, server, relay'),
    suites: z
      .array(z.enum(['x25519', 'hybrid']))
      .default(['x25519'])
      .describe('Key exchanges; x25519 is the minimum.'),
    transforms: z
      .array(z.enum(['aes256gcm', 'chacha20poly1305', 'aes256ctr-hmacsha256', 'aes256cbc-hmacsha256']))
      .default(['chacha20poly1305'])
      .describe('Transforms in order of preference; chacha20poly1305 is the minimum.'),
    capabilities: z.array(z.enum(Object.keys(capabilities) as [Capability, ...Capability[]])).default([]),
  })
  .refine((some) => some.suites.includes('x25519'), { path: ['suites'], message: 'lacks x25519, the minimum' })
  .refine((some) => some.transforms.includes('chacha20poly1305'), {
    path: ['transforms'],
    message: 'lacks chacha20poly1305, the minimum',
  });

export type Declaration = z.output<typeof schema> & {
  /** Folder of the file: where the programs are started. */
  readonly folder: string;
};

/** The declaration is at fault: the message says where and how to mend it. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';
}

/** @throws DeclarationError */
export function loadDeclaration(file: string): Declaration {
  const path = resolve(file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new DeclarationError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new DeclarationError(`${file}: ${(error as Error).message}`);
  }
  const result = schema.safeParse(parsed);
  if (!result.success) {
    const faults = result.error.issues.map(
      (issue) => `${file}: ${issue.path.join('.') || 'top level'}: ${issue.message}`,
    );
    throw new DeclarationError(`${faults.join('\n')}\nThe format is in docs/iut.md and docs/iut.schema.json.`);
  }
  const declaration = { ...result.data, folder: dirname(path) };
  for (const role of roles) checkProgram(file, declaration, role);
  return declaration;
}

/** The key exchange that peers of the implementation ask for: hybrid where it is declared, else the minimum (ID-02). */
export const preferredSuite = ({ suites }: Pick<Declaration, 'suites'>): SuiteName =>
  suites.includes('hybrid') ? 'hybrid' : 'x25519';

/** The JSON Schema of iut.json, for editors. */
export function declarationSchema(): object {
  return { title: 'Implementation under test', ...z.toJSONSchema(schema, { io: 'input' }) };
}

/** The command line of a role. */
export function commandLine(declaration: Declaration, role: Role, config: string, output: string): string[] {
  const argv = declaration.roles[role]?.argv ?? [];
  const values: Record<string, string> = { '{config}': config, '{output}': output, '{role}': role };
  const [program = '', ...rest] = argv.map((word) =>
    word.replace(/\{(config|output|role)\}/g, (name) => values[name] as string),
  );
  return [program.includes('/') ? resolve(declaration.folder, program) : program, ...rest];
}

function checkProgram(file: string, declaration: Declaration, role: Role): void {
  if (declaration.roles[role] === undefined) return;
  const [program = ''] = commandLine(declaration, role, '', '');
  if (!program.includes('/')) return;
  try {
    accessSync(program, constants.X_OK);
  } catch {
    throw new DeclarationError(`${file}: roles.${role}.argv: ${program} is not an executable file`);
  }
}
