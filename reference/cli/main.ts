/** The command `pna`. What is heavy is loaded by the command that needs it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { exitCode } from './output.ts';

const root = join(import.meta.dirname, '..', '..');

const examples = `
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
  PNA_INSECURE_DETERMINISTIC=1         allow "deterministic" in a configuration: for tests only

While a role runs, stdout carries one JSON line for each event (ready, authorized, adapter, ended, statistics, error), stdin takes
{"command":"end session"} and {"command":"connect"}, and SIGINT or SIGTERM ends every session with a CLOSE frame.
{"command":"statistics"} and SIGUSR2 are answered with what passed so far, and with what was dropped or refused.`;

const program = new Command('pna')
  .description('The pseudo network adapter: a virtual private network over TCP, through relays if need be.')
  .version(version(), '--version', 'print the version')
  .helpOption('--help', 'show this help')
  .addHelpText('after', examples)
  .exitOverride();

let code: number = exitCode.done;
const roles = {
  client: 'connect to a tunnel server and bring up the pseudo network adapter',
  server: 'accept tunnels and route between them and the private network',
  relay: 'forward tunnels to the next node of their path',
} as const;
for (const role of ['client', 'server', 'relay'] as const)
  program
    .command(role)
    .description(roles[role])
    .requiredOption('--config <file>', `the configuration, JSON; "pna schema ${role}" describes it`)
    .option('--output <folder>', 'write trace.ndjson and keys.log (session keys!) there')
    .option('--check', 'check the configuration and exit')
    .option('--require <capabilities>', 'exit with 89 unless all of these, separated by commas, are supported')
    .action(async (options) => {
      const { run } = await import('./run.ts');
      code = await run(role, options);
    });
program
  .command('keygen')
  .description('make a key pair and print the public key')
  .option('--output <file>', 'write the private key there, for its owner alone; never overwrites')
  .action(async (options: { output?: string }) => {
    const { keygen } = await import('./keygen.ts');
    code = keygen(options.output);
  });
program
  .command('unlock')
  .description('lift the lockdown that a client left in force')
  .action(async () => {
    const { unlock } = await import('../tunnel/unlock.ts');
    process.stdout.write(await unlock());
  });
program
  .command('schema')
  .description('print the JSON Schema of a configuration')
  .argument('<role>', 'client, server or relay')
  .action(async (role: string) => {
    if (role !== 'client' && role !== 'server' && role !== 'relay')
      throw new CommanderError(exitCode.usage, 'pna.role', `no role "${role}": client, server or relay`);
    const { configSchema } = await import('../tunnel/config/config.ts');
    process.stdout.write(`${JSON.stringify(configSchema(role), null, 2)}\n`);
  });

// The reader of a pipe may go away: `pna --help | head`.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
try {
  await program.parseAsync();
} catch (error) {
  code = failure(error);
}
process.exitCode = code;

/** Commander has written what it has to say of usage itself. */
function failure(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.code === 'pna.role') process.stderr.write(`${error.message}\n`);
    return error.exitCode === 0 ? exitCode.done : exitCode.usage;
  }
  if (error instanceof Error && (error.name === 'ConfigurationError' || error.name === 'DeviceFailure')) {
    process.stderr.write(`${error.message}\n`);
    return error.name === 'DeviceFailure' ? exitCode.error : exitCode.usage;
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return exitCode.error;
}

function version(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
