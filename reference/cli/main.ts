/** The command `pna`. What is heavy is loaded by the command that needs it. */
import { join } from 'node:path';
import { exitCode } from './output.ts';

const { readFileSync } = process.getBuiltinModule('node:fs');
const { parseArgs } = process.getBuiltinModule('node:util');

const help = `pna COMMAND [OPTION …]

The pseudo network adapter: a virtual private network over TCP, through relays if need be.

Commands:
  client        connect to a tunnel server and bring up the pseudo network adapter
  server        accept tunnels and route between them and the private network
  relay         forward tunnels to the next node of their path
  keygen        make a key pair and print the public key
  unlock        lift the lockdown that a client left in force
  schema ROLE   print the JSON Schema of a configuration

Options of client, server and relay:
  --config FILE            the configuration, JSON; "pna schema ROLE" describes it
  --output FOLDER          write trace.ndjson and keys.log (session keys!) there
  --check                  check the configuration and exit
  --require CAPABILITIES   exit with 89 unless all of these, separated by commas, are supported

Options of keygen:
  --output FILE            write the private key there, for its owner alone; never overwrites

Other options:
  --help                   show this help
  --version                print the version

Examples:
  pna keygen --output server.key       make a key pair; the public key is printed
  pna server --config server.json --check
  pna server --config server.json      run a tunnel server
  pna client --config client.json      connect to it
  pna unlock                           lift the lockdown of a client that was killed
  pna schema client > client.schema.json

Exit codes:
  0   done: ended as asked
  1   an error while running
  2   usage or configuration
  89  a role or capability that is not supported

Environment:
  PNA_LOG=error|warn|info|debug        how much is told on stderr (info)
  PNA_DATA_PATH=auto|fast|readable     "dataPath" where a configuration lacks it
  PNA_INSECURE_DETERMINISTIC=1         allow "deterministic" in a configuration: for tests only

While a role runs, stdout carries one JSON line for each event (ready, authorized, adapter, ended, statistics, error), stdin takes
{"command":"end session"} and {"command":"connect"}, and SIGINT or SIGTERM ends every session with a CLOSE frame.
{"command":"statistics"} and SIGUSR2 are answered with what passed so far, and with what was dropped or refused.
`;

/** What each command takes. */
const commands = {
  client: ['config', 'output', 'check', 'require'],
  server: ['config', 'output', 'check', 'require'],
  relay: ['config', 'output', 'check', 'require'],
  keygen: ['output'],
  unlock: [],
  schema: [],
} as const;
const options = {
  config: { type: 'string' },
  output: { type: 'string' },
  check: { type: 'boolean' },
  require: { type: 'string' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const;
type Command = keyof typeof commands;
const isCommand = (word: string): word is Command => Object.hasOwn(commands, word);

/** The command line is at fault. */
class UsageError extends Error {}

// The reader of a pipe may go away: `pna --help | head`.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
process.exitCode = await main(process.argv.slice(2)).catch(failure);

/** @returns the exit code */
async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parse(argv);
  const { help: wantsHelp, version: wantsVersion, config, ...given } = values;
  const [command, ...operands] = positionals;
  if (wantsVersion === true) {
    process.stdout.write(`${version()}\n`);
    return exitCode.done;
  }
  if (wantsHelp === true || command === undefined || command === 'help') {
    const wasAsked = wantsHelp === true || command === 'help';
    process[wasAsked ? 'stdout' : 'stderr'].write(help);
    return wasAsked ? exitCode.done : exitCode.usage;
  }
  if (!isCommand(command)) throw new UsageError(`no command "${command}": ${Object.keys(commands).join(', ')}`);
  const strange = Object.keys(values).find((name) => !(commands[command] as readonly string[]).includes(name));
  if (strange !== undefined) throw new UsageError(`pna ${command} has no option --${strange}`);
  const [operand, ...more] = command === 'schema' ? operands : [undefined, ...operands];
  if (more[0] !== undefined) throw new UsageError(`pna ${command} does not take "${more[0]}"`);
  if (command === 'keygen') return (await import('./keygen.ts')).keygen(given.output);
  if (command === 'unlock') return liftLockdown();
  if (command === 'schema') return printSchema(operand);
  if (config === undefined) throw new UsageError(`pna ${command} needs --config FILE`);
  return (await import('./run.ts')).run(command, { config, ...given });
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(inShort((error as Error).message));
  }
}

/** What Node says of an option, in a few words. */
function inShort(message: string): string {
  const [, option = ''] = /'(-[^ ']+)/.exec(message) ?? [];
  if (message.startsWith('Unknown option')) {
    const known = Object.keys(options).map((name) => `--${name}`);
    return `no option "${option}": ${known.join(', ')}`;
  }
  return message.includes('does not take') ? `${option} takes no value` : `${option} needs a value`;
}

async function liftLockdown(): Promise<number> {
  const { unlock } = await import('../tunnel/unlock.ts');
  process.stdout.write(await unlock());
  return exitCode.done;
}

async function printSchema(role: string | undefined): Promise<number> {
  if (role !== 'client' && role !== 'server' && role !== 'relay')
    throw new UsageError(`${role === undefined ? 'no role' : `no role "${role}"`}: client, server or relay`);
  const { configSchema } = await import('../tunnel/config/config.ts');
  process.stdout.write(`${JSON.stringify(await configSchema(role), null, 2)}\n`);
  return exitCode.done;
}

function failure(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n"pna --help" lists commands and options\n`);
    return exitCode.usage;
  }
  if (error instanceof Error && error.name === 'ConfigurationError') {
    process.stderr.write(`${error.message}\n`);
    return exitCode.usage;
  }
  const isExplained = error instanceof Error && error.name === 'DeviceFailure';
  if (isExplained) process.stderr.write(`${error.message}\n`);
  if (isExplained) return exitCode.error;
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return exitCode.error;
}

function version(): string {
  const file = join(import.meta.dirname, '..', '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
