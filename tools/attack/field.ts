/** Namespaces with real processes, and a node from which attackers and many others connect. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Lab, type NodeName, wireDevice } from '../../steps/support/lab/networks/namespace.ts';
import { Program } from '../../steps/support/lab/programs/process.ts';
import type { Json } from '../../steps/support/peers/configuration.ts';
import { type Declaration, loadDeclaration, type Role } from '../../steps/support/peers/declaration.ts';
import { Iut } from '../../steps/support/peers/iut.ts';
import { addresses } from './attacks.ts';

/** Disposed of, it ends the processes, the laboratory and the folder. */
export class Field implements AsyncDisposable {
  readonly declaration: Declaration;
  readonly lab: Lab;
  readonly #folder = mkdtempSync(join(tmpdir(), 'attack-'));
  readonly #owned = new AsyncDisposableStack();
  #started = 0;

  private constructor(lab: Lab, declaration: Declaration) {
    this.declaration = declaration;
    this.lab = this.#owned.use(lab);
    this.#owned.defer(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  static async create(iut: string): Promise<Field> {
    const lab = await Lab.create({ relays: ['relay-b'], nodes: ['others'], ipv6: true });
    const field = new Field(lab, loadDeclaration(iut));
    const others = lab.namespace('others');
    const four = addresses.ipv4.map((one) => `addr add ${one}/32 dev ${wireDevice}`);
    const six = addresses.ipv6.map((one) => `addr add ${one}/128 dev ${wireDevice} nodad`);
    await lab.ip(others, ...four, ...six);
    for (const node of ['server', 'relay-b'])
      await lab.ip(
        lab.namespace(node),
        `route add 10.78.0.0/16 via ${lab.address('others')} dev ${wireDevice}`,
        `route add fd78::/64 via fd77::21 dev ${wireDevice}`,
      );
    return field;
  }

  async start(role: Role, node: NodeName, configuration: Json): Promise<Iut> {
    const { declaration, lab } = this;
    const folder = join(this.#folder, `${++this.#started}-${node}`);
    const iut = await Iut.start({ declaration, role, namespace: lab.namespace(node), configuration, folder });
    this.#owned.use(iut);
    await iut.ready();
    return iut;
  }

  /** @param program a file of this folder, whose only argument is this as JSON */
  crowd(program: string, words: object): Program {
    const log = join(this.#folder, `crowd-${++this.#started}`);
    return this.#owned.use(
      Program.start({
        namespace: this.lab.namespace('others'),
        argv: [process.execPath, resolve(import.meta.dirname, program), JSON.stringify(words)],
        stdoutLog: `${log}.out`,
        stderrLog: `${log}.err`,
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
