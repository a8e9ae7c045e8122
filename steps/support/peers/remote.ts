/** An implementation that runs elsewhere, and is met on the network: by an ordinary user, without namespaces and programs. */
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { described, inspect, strict } from '../../../reference/tunnel/config/shapes.ts';
import { bareName, initiatorName, list, privateKey, publicKey } from '../../../reference/tunnel/config/values.ts';
import { Deadline, patience } from '../lab/deadlines/deadline.ts';
import type { Mailbox } from '../lab/deadlines/mailbox.ts';
import { LabFailure, NotApplicable } from '../lab/failure.ts';
import { Child } from '../lab/programs/child.ts';
import { type Overrides, tunnelPort } from './configuration.ts';
import { type Declaration, type Role, readJson } from './declaration.ts';
import { declaration as declarationShape } from './declaration-shape.ts';
import { documentPath } from './documents.ts';
import { assignParts, type CastMember, type Identity, keyPair } from './identities.ts';
import { Iut, needsNamespaces } from './iut.ts';
import { type BackOff, ScriptedConnection, ScriptedListener } from './scripted.ts';

/** Either a server that is connected to, or an address where an initiator is awaited. */
export interface RemoteOptions {
  /** File with names, keys and what the implementation is able to do. */
  readonly file: string;
  readonly role: 'server' | 'client';
  readonly address: string;
  readonly port: number;
}

/** One key of the two: the suite plays who has a private one. */
const keyed = { publicKey: v.optional(publicKey), privateKey: v.optional(privateKey) };
const { name, suites, transforms } = declarationShape.entries;

const shape = strict({
  name,
  server: strict({ name: described(bareName, 'The name of the server in RELAY and REQUEST.'), ...keyed }),
  initiators: v.pipe(
    list(strict({ name: initiatorName, ...keyed }), 'an object with name and key'),
    v.minLength(1, 'is empty: name an initiator that the server knows'),
  ),
  suites,
  transforms,
  connect: v.optional(
    v.pipe(
      list(v.string(), 'a word of a command line'),
      v.minLength(1, 'is empty: write the command that lets the initiator connect'),
    ),
  ),
});

type RemoteFile = v.InferOutput<typeof shape>;
type Node = RemoteFile['server'];

const keysAt = ([first]: readonly (string | number)[]): readonly string[] =>
  first === undefined ? Object.keys(shape.entries) : ['name', ...Object.keys(keyed)];

/** Whose keys have to be private, as the suite plays them; the others are public. */
const withKeys = (role: RemoteOptions['role']) => {
  const [own, other] = role === 'server' ? (['initiators', 'server'] as const) : (['server', 'initiators'] as const);
  return v.pipe(
    shape,
    inspect<RemoteFile>((file, tell) => {
      const nodes = { server: [file.server], initiators: file.initiators };
      const path = (key: keyof typeof nodes, at: number): (string | number)[] => (key === 'server' ? [key] : [key, at]);
      for (const [at, node] of nodes[own].entries())
        if (node.privateKey === undefined) tell('lacks "privateKey": the suite plays it', path(own, at));
      for (const [at, node] of nodes[other].entries())
        if (node.publicKey === undefined)
          tell('lacks "publicKey": by it the suite knows the implementation', path(other, at));
    }),
  );
};

/** The longest back-off of the text (INI-16), in milliseconds. How often the initiator has failed elsewhere nobody here knows. */
const longestBackOff = 60_000;
const remedy =
  'it stays ended after CLOSE "end session" (INI-17) and backs off after others (INI-16): let "connect" start it, or a loop';
/** Milliseconds after which a step has to say what it lacks, however busy the machine is: it ends soon after. */
const longestStep = 85_000;
/** In how many scenarios one after the other no initiator has come. */
let alone = 0;
/**
 * Milliseconds for which one is awaited. If it has not come within its longest back-off none is there; one that was started
 * anew since then comes at once.
 */
const awaited = (): number => [patience + longestBackOff, patience, patience][alone] ?? 1_000;
/** Milliseconds that a server has to end a connection after the suite has: on a busy machine it needs them. */
const farewell = 3_000;
/** Milliseconds that the command has to end after SIGTERM. */
const grace = 2_000;

/**
 * What takes the place of `Iut` there: it can be connected to, or waited for, and is neither started nor configured.
 */
export class Remote {
  readonly declaration: Declaration;
  readonly #options: RemoteOptions;
  readonly #initiators: readonly string[];
  /** Command that lets an initiator connect; empty if it does so by itself. */
  readonly #connectBy: readonly string[];
  #listener: ScriptedListener | undefined;

  private constructor(options: RemoteOptions, { initiators, connect = [], ...able }: RemoteFile) {
    this.#options = options;
    this.#initiators = initiators.map((one) => one.name);
    this.#connectBy = connect;
    this.declaration = {
      name: able.name,
      revision: 1,
      roles: { [options.role]: { argv: [] } },
      suites: able.suites,
      transforms: able.transforms,
      // Each is about the adapter, about files of the program, or asks for a configuration of the scenario's own.
      capabilities: [],
      folder: '.',
    };
  }

  /** From now on the parts of the scenarios have the names and keys of the file. @throws DeclarationError */
  static load(options: RemoteOptions): Remote {
    const file = readJson(withKeys(options.role), options.file, {
      absent: 'name the file with names and keys by --remote FILE',
      keysAt,
      format: `${documentPath('iut.md')}, "An implementation that runs elsewhere"`,
    });
    const [alice, bob] = file.initiators;
    assignParts(
      new Map<CastMember, Identity>([
        ['server.test', playing(file.server)],
        ['alice', playing(alice!)],
        ['bob', bob === undefined ? nobody('a second initiator in the file') : playing(bob)],
      ]),
    );
    return new Remote(options, file);
  }

  /** @throws NotApplicable always: a scenario that needs this ends here. @param what only the laboratory has */
  lacks(what: string): never {
    throw new NotApplicable(`${needsNamespaces}: ${what}`);
  }

  /** The implementation, as it is configured there. @throws NotApplicable if a scenario asks for another configuration */
  async meet(role: Role, overrides: Overrides): Promise<Iut> {
    if (role !== this.#options.role) this.lacks(`a ${role} beside the implementation`);
    const [key] = Object.keys(overrides);
    if (key !== undefined) this.lacks(`a configuration of the scenario's own (${key})`);
    if (role === 'server') return Iut.elsewhere(role, { initiators: this.#initiators.map((one) => ({ name: one })) });
    const [program = ''] = this.#connectBy;
    if (program !== '') {
      const prompt = new Prompt(this.#connectBy);
      try {
        await this.#connected(prompt);
      } catch (error) {
        await prompt[Symbol.asyncDispose]();
        throw error;
      }
      return Iut.elsewhere(role, {}, prompt);
    }
    await this.#connected();
    return Iut.elsewhere(role, {});
  }

  /**
   * Before the scenarios: lets an initiator connect, if there is a command for it, and then once more, as each scenario does.
   * @throws LabFailure if it does not
   */
  async tryCommand(): Promise<void> {
    const { role, address, port } = this.#options;
    if (role !== 'client' || this.#connectBy.length === 0) return;
    for (const which of ['', ' a second time']) {
      await using listener = await ScriptedListener.listen(undefined, port, undefined, address);
      await using prompt = new Prompt(this.#connectBy);
      await this.#come(listener, prompt, which);
    }
  }

  /** Waits for an initiator, whether a command lets it connect or nobody tells it when. */
  async #connected(prompt?: Prompt): Promise<void> {
    if (this.#listener === undefined) return;
    await this.#come(this.#listener, prompt).catch((error: unknown) => {
      alone += 1;
      throw error;
    });
    alone = 0;
  }

  /** @throws LabFailure if none comes */
  async #come(listener: ScriptedListener, prompt: Prompt | undefined, which = ''): Promise<void> {
    const [deadline, end] = [new Deadline(awaited()), performance.now() + longestStep];
    const isOver = () => deadline.left <= 0 || performance.now() > end || prompt?.hasFailed;
    while (listener.accepted === 0 && !isOver()) await pause(20);
    if (listener.accepted > 0) return;
    const late = `within ${deadline.milliseconds / 1000} s`;
    if (prompt === undefined) throw new LabFailure(`no initiator has connected ${late}: ${remedy}`);
    const fault = prompt.hasFailed ? prompt.state : `${prompt.state}, and none has connected ${late}; ${remedy}`;
    const command = `"connect": ${JSON.stringify(this.#connectBy)}`;
    throw new LabFailure(
      `${command} lets no initiator connect${which}: ${fault} (${documentPath('iut.md')}, "connect")`,
    );
  }

  /** What helps where a step ran out of time; empty if nothing of the initiator's waiting is behind it. */
  remedyOf(failure: string): string {
    return this.#options.role === 'client' && /timed out/.test(failure) ? `if the initiator waited: ${remedy}` : '';
  }

  async connect(from: string, to: string, port: number): Promise<Visit> {
    const { role, address, port: remotePort } = this.#options;
    if (role !== 'server' || to !== 'server' || port !== tunnelPort) this.lacks(`a connection to ${to}, port ${port}`);
    if (from !== 'client') this.lacks(`the node ${from} to connect from`);
    return new Visit(await ScriptedConnection.connect(undefined, address, remotePort));
  }

  async listen(node: string, port: number, connections?: Mailbox<ScriptedConnection>): Promise<ScriptedListener> {
    const { role, address, port: ownPort } = this.#options;
    if (role !== 'client' || node !== 'server' || port !== tunnelPort)
      this.lacks(`a listener at ${node}, port ${port}`);
    const backOff: BackOff = { longest: () => longestBackOff, remedy };
    this.#listener = await ScriptedListener.listen(undefined, ownPort, connections, address, backOff);
    return this.#listener;
  }
}

/** A connection that leaves nothing behind: the server is the same in the next scenario. */
class Visit implements AsyncDisposable {
  readonly connection: ScriptedConnection;

  constructor(connection: ScriptedConnection) {
    this.connection = connection;
  }

  /** Ends it, and gives the server the time to do the same. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { connection } = this;
    connection.finish();
    await connection.ended(farewell).catch(() => {});
    await connection[Symbol.asyncDispose]();
  }
}

/** The command that lets an initiator connect, or is one: it ends with the scenario. */
class Prompt implements AsyncDisposable {
  readonly #child: Child;

  constructor(argv: readonly string[]) {
    this.#child = new Child(argv, { stdio: ['ignore', 'ignore', 'ignore'], session: true });
  }

  /** Whether it has ended with another status than 0. */
  get hasFailed(): boolean {
    return !this.#child.running && this.#child.exitCode !== 0;
  }

  get state(): string {
    const { running, signalCode, exitCode } = this.#child;
    return running ? 'it runs' : `it ended with ${signalCode ?? `status ${exitCode}`}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal('SIGTERM');
    for (const deadline = new Deadline(grace); this.#child.running && deadline.left > 0; ) await pause(20);
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child.running) process.kill(-this.#child.pid, signal);
  }
}

/** Who plays a part with the name and the key of the file. */
function playing({ name: called, privateKey: secret, publicKey: known }: Node): Identity {
  if (secret !== undefined) return keyPair(called, secret);
  if (known === undefined) return nobody('the key of one side');
  return {
    ...{ name: called, staticPublic: known, publicKey: known.toBase64() },
    get staticPrivate() {
      return withheld(`the private key of ${called}`);
    },
    get privateKey() {
      return withheld(`the private key of ${called}`);
    },
  };
}

/** A part that the file gives to nobody. */
function nobody(what: string): Identity {
  return {
    get name() {
      return withheld(what);
    },
    get staticPrivate() {
      return withheld(what);
    },
    get staticPublic() {
      return withheld(what);
    },
    get privateKey() {
      return withheld(what);
    },
    get publicKey() {
      return withheld(what);
    },
  };
}

function withheld(what: string): never {
  throw new NotApplicable(`${needsNamespaces}: ${what}`);
}
