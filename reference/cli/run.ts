/** Runs a role until it ends by itself, or a signal ends it. */
import { flushCompileCache } from 'node:module';
import { basename } from 'node:path';
import { systemClock } from '../tunnel/clock.ts';
import { loadConfig } from '../tunnel/config/config.ts';
import type { Role } from '../tunnel/config/schemas.ts';
import { dutyOfClient, dutyOfServer, openConfinement } from '../tunnel/confinement.ts';
import { leaveNoCore } from '../tunnel/core-files.ts';
import type { Service } from '../tunnel/events.ts';
import { createLog, isLevel, type Log } from '../tunnel/log.ts';
import { keepMemoryLow } from '../tunnel/memory.ts';
import { reportError } from '../tunnel/reporting.ts';
import { noTrace, openTrace, type Trace } from '../tunnel/trace.ts';
import { lacking } from './capabilities.ts';
import { readCommands, takesCommands } from './commands.ts';
import { exitCode, print } from './output.ts';

export interface RunOptions {
  readonly config: string;
  readonly output?: string;
  readonly check?: boolean;
  readonly require?: string;
}

/** @returns the exit code. */
export async function run(role: Role, options: RunOptions): Promise<number> {
  const capability = lacking(role, options.require ?? '');
  if (capability !== undefined) {
    print({ event: 'unsupported', capability });
    return exitCode.unsupported;
  }
  const level = process.env['PNA_LOG'] ?? 'info';
  const log = createLog(isLevel(level) ? level : 'info');
  leaveNoCore();
  const prepare = await preparation[role](options.config);
  if (options.check === true) {
    process.stderr.write(`${basename(options.config)} is a valid configuration of a ${role}\n`);
    return exitCode.done;
  }
  const full = ({ message }: Error): void => log.error(`nothing more is written to ${options.output}: ${message}`);
  const trace = options.output === undefined ? noTrace : openTrace(options.output, () => systemClock.now(), full);
  if (options.output !== undefined)
    log.warn(`keys.log in ${options.output} holds session keys: whoever reads it reads the tunnel`);
  try {
    return await serve(await prepare(log, trace), log);
  } finally {
    trace.close();
  }
}

type Prepare = (log: Log, trace: Trace) => Promise<Service>;

/** Each role's code is loaded for that role only. */
const preparation: Record<Role, (file: string) => Promise<Prepare>> = {
  client: async (file) => {
    const config = loadConfig('client', file);
    const { TunnelClient } = await import('../tunnel/client/client.ts');
    return async (log, trace) => {
      const confinement = await openConfinement(config, log, dutyOfClient(config));
      return new TunnelClient(config, { log, trace, listener: print, patient: takesCommands(), ...confinement });
    };
  },
  server: async (file) => {
    const config = loadConfig('server', file);
    const { TunnelServer } = await import('../tunnel/server/server.ts');
    return async (log, trace) => {
      const confinement = await openConfinement(config, log, dutyOfServer(config));
      return new TunnelServer(config, { log, trace, listener: print, ...confinement });
    };
  },
  relay: async (file) => {
    const config = loadConfig('relay', file);
    const { TunnelRelay } = await import('../tunnel/relay/relay.ts');
    return async (log, trace) => {
      const { confine } = await openConfinement(config, log);
      return new TunnelRelay(config, { log, trace, listener: print, confine });
    };
  },
};

/** SIGINT and SIGTERM are the user's End Session ([EP] fig. 11, 204); a second one ends at once. */
async function serve(service: Service, log: Log): Promise<number> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<'done' | 'failed'>();
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      asked = true;
      log.info(`${signal}: ending; once more ends at once`);
      defaultAction();
      stop('done');
    });
  // Node itself would not exit while threads of its pool wait for the adapter.
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const)
    process.once(fault, (error: unknown) => {
      report(error, log);
      stop('failed');
    });
  // For an operator without the pipe to stdin.
  process.on('SIGUSR2', () => print(service.statistics()));
  try {
    await service.start();
  } catch (error) {
    report(error, log);
    await service.stop();
    return exitCode.error;
  }
  // Node itself does it at the end, which may be a SIGKILL.
  flushCompileCache();
  keepMemoryLow();
  const endReading = takesCommands() ? readCommandsFor(service, log) : () => {};
  const outcome = await Promise.race([service.finished, stopped]);
  endReading();
  await service.stop(asked);
  return outcome === 'done' ? exitCode.done : exitCode.error;
}

/** The system's own reaction to either signal: the process is gone. */
function defaultAction(): void {
  process.removeAllListeners('SIGINT');
  process.removeAllListeners('SIGTERM');
}

function report(error: unknown, log: Log): void {
  reportError(error, { log, listener: print });
  if (error instanceof Error && error.stack !== undefined) log.debug(error.stack);
}

function readCommandsFor(service: Service, log: Log): () => void {
  return readCommands(
    ({ command, name }) => {
      if (command === 'statistics') print(service.statistics());
      else service.command(command, name);
    },
    (fault) => {
      print({ event: 'error', message: `stdin: ${fault}` });
      log.warn(`stdin: ${fault}`);
    },
    () => service.noMoreCommands?.(),
  );
}
