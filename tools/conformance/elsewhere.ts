/** An implementation that runs elsewhere: its address, and whether anybody is there at all. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { type Declaration, loadDeclaration } from '../../steps/support/peers/declaration.ts';
import { Remote, type RemoteOptions } from '../../steps/support/peers/remote.ts';
import { ScriptedConnection, ScriptedListener } from '../../steps/support/peers/scripted.ts';
import { UsageError } from '../command-line.ts';
import type { Options } from './options.ts';

/** What is tested, wherever it runs. */
export interface UnderTest {
  readonly declaration: Declaration;
  readonly remote: RemoteOptions | undefined;
}

/** Nothing can be tried: exit status 3. */
class Unreachable extends UsageError {
  override readonly status = 3;
}

/** @throws DeclarationError; UsageError, also where nobody answers */
export async function underTest({ iut, remote: given }: Options): Promise<UnderTest> {
  if (given === undefined) return { declaration: loadDeclaration(iut), remote: undefined };
  const { role, at, file } = given;
  const remote = { role, file: resolve(file), ...(await endpoint(role, at)) };
  const loaded = Remote.load(remote);
  await (role === 'server' ? tryServer : tryListener)(remote, at);
  await loaded.tryCommand().catch((error: Error) => {
    throw new Unreachable(`--listen ${at}: ${error.message}: try it by hand, and look at what the initiator says`);
  });
  return { declaration: loaded.declaration, remote };
}

/** HOST:PORT, [ADDRESS]:PORT. */
async function endpoint(role: RemoteOptions['role'], at: string): Promise<{ address: string; port: number }> {
  const option = role === 'server' ? '--server' : '--listen';
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(at) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port >= 1 && port <= 65_535))
    throw new UsageError(`${option} ${at}: not HOST:PORT, such as 192.0.2.7:3265 or [2001:db8::7]:3265`);
  if (isIP(host) !== 0) return { address: host, port };
  const found = await lookup(host).catch((error: NodeJS.ErrnoException) => {
    throw new Unreachable(`${option} ${at}: nobody knows ${host} (${error.code})`);
  });
  return { address: found.address, port };
}

async function tryServer({ address, port }: RemoteOptions, at: string): Promise<void> {
  await using _ = await ScriptedConnection.connect(undefined, address, port).catch((error: Error) => {
    throw new Unreachable(`--server ${at}: nobody accepts connections there: ${error.message}`);
  });
}

async function tryListener({ address, port }: RemoteOptions, at: string): Promise<void> {
  await using _ = await ScriptedListener.listen(undefined, port, undefined, address).catch((error: Error) => {
    throw new UsageError(`--listen ${at}: ${error.message}`);
  });
}
