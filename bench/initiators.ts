/**
 * A process of many tunnel initiators, so that their cost is no part of the server's. Takes jobs, a JSON line each on stdin:
 * {"first", "count", "abreast", "suite"}: initiators of that suite, `initiatorName(first)` and those that follow, so many of
 * them at a time, are authorized at the server of its only argument and stay; with "dataOptions" they ask for these. Answers {"event":"done","seconds"} on stdout.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { SuiteName } from '../reference/wire/identifiers.ts';
import { tunnelPort } from '../steps/support/peers/configuration.ts';
import { identityOf } from '../steps/support/peers/identities.ts';
import { ScriptedConnection } from '../steps/support/peers/scripted.ts';
import { ScriptedInitiator } from '../steps/support/peers/scripted-initiator.ts';
import { initiatorName } from './many.ts';

interface Job {
  readonly first: number;
  readonly count: number;
  readonly abreast: number;
  readonly suite: SuiteName;
  /** Option bits of DATA. */
  readonly dataOptions?: number;
}

const host = process.argv[2] ?? '';
const server = identityOf('server.test');
/** Milliseconds between keep-alives; the server ends a connection that is silent for 60 s. */
const keepAlive = 20_000;

async function authorize(number: number, { suite, dataOptions = 0 }: Job): Promise<void> {
  const connection = new ScriptedConnection(connect({ host, port: tunnelPort }));
  const initiator = new ScriptedInitiator(connection, {
    identity: identityOf(initiatorName(number)),
    server,
    suite,
    dataOptions,
    transforms: ['aes256gcm'],
  });
  await initiator.authorize();
  setInterval(() => void initiator.send().catch(() => {}), keepAlive).unref();
}

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line) as Job;
  const { first, count, abreast } = job;
  const begun = performance.now();
  let next = 0;
  const turns = Array.from({ length: Math.min(abreast, count) }, async () => {
    while (next < count) await authorize(first + next++, job);
  });
  await Promise.all(turns);
  process.stdout.write(`${JSON.stringify({ event: 'done', seconds: (performance.now() - begun) / 1_000 })}\n`);
}
