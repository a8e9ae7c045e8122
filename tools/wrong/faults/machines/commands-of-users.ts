/** How a client reads its user's orders, keeps them, and says at the end how things went. */
import { type Fault, ofSeveral } from '../../fault.ts';

const IN = 'reference/nodes/initiator.ts';
const CM = 'reference/cli/commands.ts';
const RU = 'reference/cli/run.ts';
const CL = 'reference/tunnel/client/client.ts';

const endedSession = `    // A key that is renewed ends its session without a report.\n    this.#session = undefined;`;

// biome-ignore format: a table
export const commandsOfUsers: readonly Fault[] = ofSeveral({
  'command-in-two-reads-lost': ['INI-07 INI-06 INI-29', 'client', 'A command whose line comes in two reads of stdin is lost.',
    [CM, `    const lines = (begun + text).split('\\n');\n    begun = lines.pop() ?? '';`, `    const lines = text.split('\\n');`]],
  'second-command-of-a-read-lost': ['INI-06 INI-29', 'client', 'Of several commands in one read of stdin it obeys the first.',
    [CM, `    for (const line of lines) read(line);`, `    for (const line of lines.slice(0, 1)) read(line);`]],
  'end-of-stdin-ends-the-session': ['INI-18 INI-03', 'client', 'When its stdin ends, it ends the session.',
    [RU, `    () => service.noMoreCommands?.(),`, `    () => {\n      service.command('end session');\n      service.noMoreCommands?.();\n    },`]],
  'waits-on-when-stdin-ends': ['INI-18', 'client', 'Between two sessions it waits for a command though its stdin has ended.',
    [RU, `    () => service.noMoreCommands?.(),`, `    () => {},`]],
  'orders-in-dead-counted': ['INI-29 INI-19', 'client', 'Orders to connect that come in Dead are counted: two of them make two sessions, one after the other.',
    [IN, `    this.#wanted = command === 'connect';`, `    if (command === 'connect' && (this.state === 'Dead' || this.#machine.phase === 'ending')) this.orders = (this.orders ?? 0) + 1;\n    this.#wanted = command === 'connect';`],
    [IN, `    this.#asked = false;\n    this.#conversation.renew();`, `    this.#asked = false;\n    if (this.orders > 0) this.orders -= 1;\n    this.#conversation.renew();`],
    [IN, `      this.#wanted = this.#asked;`, `      this.#wanted = this.#asked || this.orders > 0;`]],
  'end-session-in-dying-ends-the-next': ['INI-29', 'client', 'End Session that comes where a connection is ending already is kept: it ends the next session.',
    [IN, `    this.#wanted = command === 'connect';`, `    if (command !== 'connect' && this.#machine.phase === 'ending') this.kept = true;\n    this.#wanted = command === 'connect';`],
    [IN, `    this.#conversation.sendWaiting();`, `    this.#conversation.sendWaiting();\n    if (this.kept) {\n      this.kept = false;\n      this.#wanted = false;\n      this.#conversation.end('end session');\n    }`]],
  'sigterm-between-sessions-says-how-the-last-ended': ['INI-18', 'client', 'The exit status after SIGTERM between two sessions is that of the last session.',
    [CL, `    this.#outcome = outcome;`, `    this.#outcome = outcome;\n    globalThis.lastOutcome = outcome;`],
    [CL, `    this.#outcome = undefined;`, `    this.#outcome = undefined;\n    globalThis.lastOutcome = undefined;`],
    [RU, `      stop('done');`, `      stop(globalThis.lastOutcome ?? 'done');`]],
  'failed-renewal-is-a-good-end': ['INI-18 INI-09', 'client', 'Where the connection behind *key expired* fails, and it is not to connect again, the exit status is 0.',
    [CL, endedSession, `    if (this.#session !== undefined) this.renewing = true;\n    this.#session = undefined;`],
    [CL, `    this.#session = session;\n    let settings`, `    this.#session = session;\n    this.renewing = false;\n    let settings`],
    [CL, `      const asItShould = saysSo && (cause.by === 'self' || wasKeyed) && !this.#refused;`, `      const asItShould = this.renewing || (saysSo && (cause.by === 'self' || wasKeyed) && !this.#refused);`]],
  'failed-renewal-followed-by-others': ['INI-09 INI-15 INI-18', 'client', 'Where the connection behind *key expired* fails, it connects again and again though it is not to do so after a failure.',
    [IN, `    if (!this.#options.reconnect || (`, `    if ((!this.#options.reconnect && !this.renewing) || (`],
    [IN, `    this.#brief = brief;\n`, `    this.#brief = brief;\n    this.renewing = event === 'key expired';\n`],
    [IN, `    this.#authorizedAt = this.#machine.now;`, `    this.#authorizedAt = this.#machine.now;\n    this.renewing = false;`]],
  'adapter-made-for-a-session-that-is-over': ['ADP-12', 'client', 'The adapter is made some time after RESPONSE, though the session may be over by then: it stays.',
    [CL, `    if (this.#session !== session) {\n      listener(authorizedEvent(session));\n      return;\n    }\n`, `    await new Promise((resolve) => setTimeout(resolve, 200));\n`]],
  'adapter-made-behind-a-lockdown-for-a-session-that-is-over': ['ADP-12', 'client', 'The adapter is made once the lockdown is laid, though the session may be over by then: it stays.',
    [CL, `    if (this.#session !== session) {\n      listener(authorizedEvent(session));\n      return;\n    }\n`, ``]],
});
