/**
 * The World: what steps call. It owns the laboratory, the processes and the peers of one scenario, and releases them
 * whatever happens. A step is one call into it; what a step leaves for a later one is a fact.
 *
 * From a feature to its steps: the steps of features/machines/fig-12-server.feature stand in steps/machines/fig-12-server.ts
 * if this feature alone uses them, and in steps/support/ if several do:
 *
 * - roles under test: under-test.ts (a role is started, ends), authorized.ts, connecting-again.ts, server-sessions.ts, silent.ts;
 * - scripted peers: initiator.ts, server.ts, connection.ts (octets, CLOSE, the end of the stream), response.ts,
 *   data-options.ts, network-settings.ts, relays.ts; with vectors: frame-vectors.ts, vector-trials.ts, attack.ts;
 * - the adapter and its kernel: adapter.ts, emulators.ts, lease.ts, kernel.ts, first-hop.ts, no-routes.ts;
 * - whole tunnels: tunnels.ts, tunnel-clients.ts, sites.ts, reconnecting.ts, traffic.ts, plaintext.ts.
 *
 * A feature without steps of its own has no file. Words in braces are in parameters.ts. Every other file there has no steps:
 * steps call it. From a step back: search features/ for its text. mirror.test.ts keeps it so, and facts.test.ts that a
 * fact is set in the file that declares it.
 */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ITestCaseHookParameter, type IWorldOptions, setWorldConstructor, World } from '@cucumber/cucumber';
import { Evidence } from './evidence.ts';
import { Capture } from './lab/captures/capture.ts';
import { type Division, divide } from './lab/captures/frames.ts';
import type { Packet } from './lab/captures/pcap.ts';
import { type TcpConnection, tcpConnections } from './lab/captures/tcp-streams.ts';
import type { Mailbox } from './lab/deadlines/mailbox.ts';
import { meter } from './lab/deadlines/starvation.ts';
import { LabFailure } from './lab/failure.ts';
import { adapterIn } from './lab/networks/adapter-device.ts';
import { NameServer } from './lab/networks/name-server.ts';
import { Lab, type LabOptions, type NodeName } from './lab/networks/namespace.ts';
import { PacketSocket } from './lab/packets/packet-socket.ts';
import { costing } from './lab/programs/costs.ts';
import { rolesOf, undeclaredKey } from './peers/applicability.ts';
import {
  clientConfiguration,
  type Json,
  type Overrides,
  relayConfiguration,
  serverConfiguration,
  tunnelPort,
} from './peers/configuration.ts';
import { type Declaration, loadDeclaration, type Role } from './peers/declaration.ts';
import { Iut } from './peers/iut.ts';
import { Remote, type RemoteOptions } from './peers/remote.ts';
import { ScriptedConnection, ScriptedListener } from './peers/scripted.ts';
import { environmentOf, isFound, type WrongParameters } from './wrong.ts';

/** Set by tools/conformance.ts; each has a default, so that cucumber-js alone works too. */
export interface WorldParameters {
  /** Declaration of the implementation under test. */
  readonly iut?: string;
  /** It runs elsewhere, and is met on the network. */
  readonly remote?: RemoteOptions;
  /** Folder of the run: every scenario gets one inside. */
  readonly run?: string;
  readonly keepCaptures?: 'all' | 'failed';
  /** Each scenario tells what it cost. */
  readonly profile?: boolean;
  readonly wrong?: WrongParameters;
}

/**
 * What steps leave for later steps of the same scenario. Each steps file adds its own by declaration merging:
 * `declare module './world.ts' { interface Facts { closeFrame: CloseFrame } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: merged into by the steps files
export interface Facts {}

const reference = resolve(import.meta.dirname, '../../iut.json');
/** One for each scenario. What is `use`d is disposed of at its end, the last one first. */
export class ConformanceWorld extends World<WorldParameters> {
  /** By the clock of the meter. */
  readonly begun = meter.now;
  /** The implementation under test. */
  declaration: Declaration;
  /** Where it runs, if not in the laboratory. */
  readonly remote: Remote | undefined;
  /** Roles that the implementation under test plays; the reference plays the others. */
  iutRoles: readonly Role[] = [];
  #evidence: Evidence | undefined;
  readonly #resources = new AsyncDisposableStack();
  readonly #facts = new Map<string, unknown>();
  readonly #iuts = new Map<string, Iut>();
  /** Also those that another one in the same node followed. */
  readonly #allIuts: { readonly node: string; readonly iut: Iut }[] = [];
  /** How often an implementation was started in a node. */
  readonly #started = new Map<string, number>();
  readonly #captures = new Map<string, Capture>();
  #wrong: string | undefined;
  #lab: Lab | undefined;
  #names: NameServer | undefined;

  constructor(options: IWorldOptions<WorldParameters>) {
    super(options);
    const { remote, iut = reference } = options.parameters;
    this.remote = remote && Remote.load(remote);
    this.declaration = this.remote?.declaration ?? loadDeclaration(iut);
  }

  /** Called by the Before hook. */
  open(scenario: ITestCaseHookParameter): void {
    const run = this.parameters.run ?? join(tmpdir(), `conformance-${process.pid}`);
    this.#evidence = new Evidence(run, scenario);
    const tags = scenario.pickle.tags.map(({ name }) => name);
    this.iutRoles = rolesOf(tags);
    this.#wrong = tags.find((tag) => tag.startsWith('@wrong:'));
    const declaration = this.parameters.wrong?.declarations?.[this.#wrong ?? ''];
    if (declaration !== undefined) this.declaration = loadDeclaration(declaration);
  }

  /** Whether this scenario is about a wrong implementation that another scenario has found already. */
  get alreadyFound(): boolean {
    return isFound(this.parameters.wrong, this.#wrong);
  }

  /** Captures, configurations and logs of this scenario. */
  get evidence(): Evidence {
    return this.#evidence ?? missing('a folder for the evidence');
  }

  get folder(): string {
    return this.evidence.folder;
  }

  // The laboratory.

  /** Namespaces `client` and `server` joined by a wire, more nodes on demand, and a capture of the wire. */
  async startLab(options: LabOptions & { readonly capture?: boolean } = {}): Promise<Lab> {
    this.remote?.lacks('a laboratory');
    if (this.#lab !== undefined) throw new LabFailure('this scenario has a laboratory already');
    const lab = this.own(await costing('laboratory', () => Lab.create(options)));
    this.#lab = lab;
    if (options.capture !== false) await this.captureOn(lab.wire.namespace, lab.wire.device, 'wire');
    if (options.dns) this.#names = await this.#startNameServer(lab);
    return lab;
  }

  /** What runs elsewhere needs none. */
  get hasLab(): boolean {
    return this.#lab !== undefined || this.remote !== undefined;
  }

  get lab(): Lab {
    this.remote?.lacks('a node of the laboratory');
    return this.#lab ?? missing('a laboratory');
  }

  /** The name server of a laboratory with DNS: it knows `NODE.test` of each node. */
  get names(): NameServer {
    this.remote?.lacks('a name server');
    return this.#names ?? missing('a name server');
  }

  /** Captures on a device of a namespace into NAME.pcap of the scenario's folder. */
  async captureOn(namespace: string, device: string, name: string, filter?: string): Promise<Capture> {
    const file = this.evidence.captureFile(name);
    const options = { namespace, device, file, ...(filter === undefined ? {} : { filter }) };
    const capture = this.own(await costing('capture', () => Capture.start(options)));
    this.#captures.set(name, capture);
    return capture;
  }

  /** A capture by its name; `wire` is the laboratory's. */
  capture(name = 'wire'): Capture {
    this.remote?.lacks('a capture');
    return this.#captures.get(name) ?? missing(`a capture named ${name}`);
  }

  /** Ends the capture of the wire. @returns its packets */
  packets(name = 'wire'): Promise<Packet[]> {
    return this.capture(name).packets();
  }

  /** Ends the capture of the wire. @returns its TCP connections in order of their SYN */
  async tcpConnections(port: number = tunnelPort): Promise<TcpConnection[]> {
    const all = tcpConnections(await this.packets());
    return all.filter(({ forth }) => forth.destination.endsWith(`:${port}`));
  }

  /** Ends the capture of the wire. @returns the frames of the index-th tunnel connection in both directions */
  async capturedFrames(index = 0): Promise<{ readonly forth: Division; readonly back: Division }> {
    const connection = (await this.tcpConnections())[index] ?? missing(`tunnel connection ${index} in the capture`);
    return { forth: divide(connection.forth), back: divide(connection.back) };
  }

  /** A raw socket on a device of a node, or on all of them, those to come included. */
  packetSocket(node: string, device?: string): PacketSocket {
    return this.own(PacketSocket.open(this.lab.namespace(node), device));
  }

  /** A raw socket on the adapter of a node. */
  adapterSocket(node: string): PacketSocket {
    return this.packetSocket(node, adapterIn(this.lab.namespace(node)));
  }

  // Implementations.

  async startServer(overrides: Overrides = {}, node: NodeName = 'server'): Promise<Iut> {
    if (this.remote !== undefined) return this.#meet(this.remote, 'server', node, overrides);
    return this.start('server', node, serverConfiguration(this.declaration, overrides));
  }

  async startClient(overrides: Overrides = {}, node: NodeName = 'client'): Promise<Iut> {
    if (this.remote !== undefined) return this.#meet(this.remote, 'client', node, overrides);
    return this.start('client', node, clientConfiguration(this.declaration, overrides));
  }

  startRelay(node: NodeName = 'relay-b', overrides: Overrides = {}): Promise<Iut> {
    return this.start('relay', node, relayConfiguration(`${node}.test`, overrides));
  }

  /** Of who plays a role: the implementation under test if the scenario is about that role, else the reference. */
  declarationOf(role: Role): Declaration {
    return this.iutRoles.includes(role) ? this.declaration : loadDeclaration(reference);
  }

  /** Starts a role in a node, by the implementation under test if the scenario is about that role, and waits until it is ready. */
  async start(
    role: Role,
    node: NodeName,
    configuration: Json,
    env: Readonly<Record<string, string>> = {},
    startedBy: readonly string[] = [],
  ): Promise<Iut> {
    this.remote?.lacks('a configuration of its own');
    if (this.iutRoles.length === 0) {
      throw new LabFailure('no tag @iut:ROLE says which role the implementation under test plays in this scenario');
    }
    const declaration = this.declarationOf(role);
    const strange = undeclaredKey(declaration, configuration);
    if (strange !== undefined) throw new LabFailure(`the configuration has ${strange}, which no tag @needs: asks for`);
    const deterministic =
      typeof configuration === 'object' && configuration !== null && 'deterministic' in configuration;
    const iut = await Iut.start({
      declaration,
      role,
      namespace: this.lab.namespace(node),
      configuration,
      folder: this.#freshFolder(node),
      env: {
        ...(deterministic ? { PNA_INSECURE_DETERMINISTIC: '1' } : {}),
        ...environmentOf(this.parameters.wrong, this.#wrong, role),
        ...env,
      },
      startedBy,
    });
    this.own(iut);
    this.#iuts.set(node, iut);
    this.#allIuts.push({ node, iut });
    await costing('start', () => iut.ready());
    return iut;
  }

  /** The implementation that was started last in a node. */
  iut(node: NodeName): Iut {
    return this.#iuts.get(node) ?? missing(`an implementation in ${node}`);
  }

  // Scripted peers.

  /** Connects from a node to another, as a tunnel initiator or a relay would. */
  async connect(
    from: NodeName = 'client',
    to: NodeName = 'server',
    port: number = tunnelPort,
  ): Promise<ScriptedConnection> {
    if (this.remote !== undefined) return this.own(await this.remote.connect(from, to, port)).connection;
    return this.own(await ScriptedConnection.connect(this.lab.namespace(from), this.lab.address(to), port));
  }

  /** Listens in a node, as a tunnel server or a relay would. @param connections where several listeners put what they accept */
  async listen(
    node: NodeName = 'server',
    port: number = tunnelPort,
    connections?: Mailbox<ScriptedConnection>,
  ): Promise<ScriptedListener> {
    if (this.remote !== undefined) return this.own(await this.remote.listen(node, port, connections));
    return this.own(await ScriptedListener.listen(this.lab.namespace(node), port, connections));
  }

  // Facts and evidence.

  /** Leaves something for later steps. */
  set<K extends keyof Facts>(name: K, value: Facts[K]): void {
    this.#facts.set(name, value);
  }

  /** What an earlier step left. @throws LabFailure if none did */
  get<K extends keyof Facts>(name: K): Facts[K] {
    if (!this.#facts.has(name)) return missing(`the fact "${String(name)}"`);
    return this.#facts.get(name) as Facts[K];
  }

  has(name: keyof Facts): boolean {
    return this.#facts.has(name);
  }

  /** Releases a resource at the end of the scenario, in reverse order of acquisition. */
  own<T extends AsyncDisposable>(resource: T): T {
    return this.#resources.use(resource);
  }

  /** Called by the After hook: releases everything; what is left is the evidence. */
  async close(failed: boolean): Promise<void> {
    try {
      await this.#resources.disposeAsync();
    } finally {
      if (!failed && this.faults.length === 0) this.evidence.thin(this.parameters.keepCaptures ?? 'all');
    }
  }

  /** What implementations did that none may do, with their nodes: complete after `close`. */
  get faults(): readonly string[] {
    return this.#allIuts.flatMap(({ node, iut }) => iut.faults.map((fault) => `${node}: ${fault}`));
  }

  /** Which programs ended of themselves, and how; to be asked before `close`, which ends the others. */
  get desertions(): readonly string[] {
    return this.#allIuts.flatMap(({ node, iut }) => (iut.desertion === undefined ? [] : [`${node}: ${iut.desertion}`]));
  }

  get iuts(): ReadonlyMap<string, Iut> {
    return this.#iuts;
  }

  async #meet(remote: Remote, role: Role, node: NodeName, overrides: Overrides): Promise<Iut> {
    const iut = this.own(await remote.meet(role, overrides));
    this.#iuts.set(node, iut);
    return iut;
  }

  async #startNameServer(lab: Lab): Promise<NameServer> {
    const where = { namespace: lab.namespace('names'), address: lab.address('names'), folder: this.folder };
    const names = this.own(new NameServer(where));
    for (const node of lab.nodes) names.host(`${node}.test`, lab.address(node));
    await names.start();
    return names;
  }

  #freshFolder(node: string): string {
    const nth = (this.#started.get(node) ?? 0) + 1;
    this.#started.set(node, nth);
    return join(this.folder, nth === 1 ? node : `${node}-${nth}`);
  }
}

setWorldConstructor(ConformanceWorld);

function missing(what: string): never {
  throw new LabFailure(`no earlier step made ${what}`);
}
