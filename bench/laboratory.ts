/** What a benchmark starts inside a laboratory: implementations, and processes that make load. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Lab, type LabOptions, type NodeName } from '../steps/support/lab/networks/namespace.ts';
import { Program } from '../steps/support/lab/programs/process.ts';
import type { Json } from '../steps/support/peers/configuration.ts';
import { type Declaration, loadDeclaration, type Role } from '../steps/support/peers/declaration.ts';
import { Iut } from '../steps/support/peers/iut.ts';

/** Milliseconds for one measurement. */
const patience = 120_000;

/** Implementations of the repository's own `iut.json`. Disposed of, it ends them, the laboratory and its folder. */
export class Bench implements AsyncDisposable {
  readonly declaration: Declaration = loadDeclaration(resolve(import.meta.dirname, '../iut.json'));
  readonly lab: Lab;
  readonly #folder = mkdtempSync(join(tmpdir(), 'bench-'));
  readonly #owned = new AsyncDisposableStack();
  #started = 0;

  private constructor(lab: Lab) {
    this.lab = this.#owned.use(lab);
  }

  static async create(options: LabOptions = {}): Promise<Bench> {
    return new Bench(await Lab.create(options));
  }

  /** Resolves when it is ready. */
  async start(role: Role, node: NodeName, configuration: Json): Promise<Iut> {
    const { declaration, lab } = this;
    const folder = join(this.#folder, `${++this.#started}`);
    const iut = await Iut.start({ declaration, role, namespace: lab.namespace(node), configuration, folder });
    this.#owned.use(iut);
    await iut.ready();
    return iut;
  }

  /** Starts a program of this folder. */
  process(node: NodeName, file: string, ...words: readonly string[]): Program {
    const log = join(this.#folder, `${file}-${++this.#started}`);
    const program = Program.start({
      namespace: this.lab.namespace(node),
      argv: [process.execPath, resolve(import.meta.dirname, file), ...words],
      stdoutLog: `${log}.out`,
      stderrLog: `${log}.err`,
    });
    return this.#owned.use(program);
  }

  /** @param words of bench/load.ts */
  async load(node: NodeName, ...words: readonly string[]): Promise<Program> {
    const program = this.process(node, 'load.ts', ...words);
    if (words[0] === 'sink') await program.event('ready', patience);
    return program;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

/** Has a source send `octets` over each of `connections`. @returns seconds */
export async function send(source: Program, connections: number, octets: number, frame: number): Promise<number> {
  source.command({ connections, octets, frame });
  return Number((await source.event('done', patience))['seconds']);
}
