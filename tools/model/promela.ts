/** The whole model in Promela: transport, a process for each node from its table, and what has to come. */
import type { Machine } from '../../reference/machines/machine.ts';
import { initiator } from './initiator.ts';
import { process, rests } from './occasion.ts';
import type { Liveness } from './properties.ts';
import { relay } from './relay.ts';
import { server } from './server.ts';
import { nodeOf, range, type Setup, serverOf, upperEnd } from './setups.ts';
import { rowsOf, type Tables } from './tables.ts';
import { transport } from './transport.ts';

/** @throws Error for an action that the model doesn't know, and for a state that its properties name and no table has */
export function promela(setup: Setup, tables: Tables): string {
  const { relays, chains } = setup;
  const keys = [...rowsOf(tables).keys()];
  const numberOf = (key: string): number => keys.indexOf(key);
  const each = range(chains);
  const oneOf = (what: (chain: number) => string): string =>
    each.map((chain) => `(k == ${chain} && ${what(chain)})`).join(' || ');
  return `/* Made from the tables of figs. 11 to 13: ${JSON.stringify(setup)} */
${transport(setup)}
${each.map((chain) => `#define FREE_${chain} (${free(setup, tables, chain)})`).join('\n')}
${each.map((chain) => `#define BOTH_${chain} (${both(setup, tables, chain)})`).join('\n')}
/* Nobody uses the chain; and it is the first such chain. */
#define FREE(k) (${oneOf((chain) => `FREE_${chain}`)})
#define PLACE(k) (${oneOf((chain) => [...range(chain).map((one) => `!FREE_${one}`), `FREE_${chain}`].join(' && '))})
/* The server of the chain is in Authorized. */
#define SERVES(k) (st[(k) * ${relays + 1} + ${serverOf(setup, 0)}] == ${state(tables.server, 'Authorized')})
#define TORN(e) (2 * ((e) / STRIDE) + ((e) % 2))

c_decl {
  static unsigned long rows[${keys.length}];
  static void counted(void) { int n; for (n = 0; n < ${keys.length}; n++) printf("@taken %d %lu\\n", n, rows[n]); }
}

${process({ machine: tables.initiator, role: initiator(setup), numberOf })}
${process({ machine: tables.server, role: server(setup), numberOf })}
${relays === 0 ? '' : process({ machine: tables.relay, role: relay(setup), numberOf })}
proctype Calm() { calm = 1 }

init {
  atomic {
    c_code { atexit(counted); };
    run Calm();
    run Initiator(0);
${each.flatMap((chain) => runs(setup, chain)).join('\n')}
  }
}

${Object.entries(comings(setup, tables))
  .map(([name, formula]) => `ltl ${name} { ${formula} }`)
  .join('\n')}
`;
}

function runs(setup: Setup, chain: number): string[] {
  const { relays } = setup;
  return [
    ...range(relays).map((index) => {
      const end = upperEnd(setup, chain, index) + 1;
      const first = index === 0 ? 1 : 0;
      return `    run Relay(${nodeOf(setup, chain, index + 1)}, ${chain}, ${end}, ${end + 1}, ${first});`;
    }),
    `    run Server(${serverOf(setup, chain)}, ${chain}, ${upperEnd(setup, chain, relays) + 1});`,
  ];
}

/** What has to come, in the words of temporal logic: [] always, <> some day. */
function comings(setup: Setup, { initiator: machine }: Tables): Readonly<Record<Liveness, string>> {
  const at = (...names: readonly string[]): string =>
    `(${names.map((name) => `st[0] == ${state(machine, name)}`).join(' || ')})`;
  return {
    settled: range(setup.chains)
      .map((chain) => `([] <> (FREE_${chain} || BOTH_${chain}))`)
      .join(' && '),
    renewed: `[] (${at('Reconnect')} -> <> ${at('Authorized', 'Dead')})`,
    rests: `[] <> ${at('Authorized', 'Dead', 'Idle')}`,
  };
}

/** Each node of the chain has not begun or is Dead, and it has no connection. */
function free(setup: Setup, { server: serverTable, relay: relayTable }: Tables, chain: number): string {
  const resting = (node: number, machine: Machine): string => {
    const names = Object.keys(machine.states);
    const some = names.flatMap((name, index) => (rests(machine, name) ? [`st[${node}] == ${index}`] : []));
    return `(${some.join(' || ')})`;
  };
  return [
    ...range(setup.relays + 1).map((position) => {
      const end = upperEnd(setup, chain, position);
      return `!open[${end}] && !open[${end + 1}] && !syn[${end / 2}]`;
    }),
    ...range(setup.relays).map((index) => resting(nodeOf(setup, chain, index + 1), relayTable)),
    resting(serverOf(setup, chain), serverTable),
  ].join(' && ');
}

/** The initiator and the server are Authorized on this chain, and its relays forward. */
function both(setup: Setup, tables: Tables, chain: number): string {
  return [
    `cur == ${chain} && !opening && st[0] == ${state(tables.initiator, 'Authorized')}`,
    `st[${serverOf(setup, chain)}] == ${state(tables.server, 'Authorized')}`,
    ...range(setup.relays).map(
      (index) => `st[${nodeOf(setup, chain, index + 1)}] == ${state(tables.relay, 'Forward')}`,
    ),
  ].join(' && ');
}

function state({ title, states }: Machine, name: string): number {
  const number = Object.keys(states).indexOf(name);
  if (number < 0)
    throw new Error(`${title}: the properties of tools/model/ name the state ${name}, which is not there`);
  return number;
}
