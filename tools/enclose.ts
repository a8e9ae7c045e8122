/** `node tools/enclose.ts COMMAND …`: runs a command, AVA for instance, in namespaces of its own. Exits as the command does. */
import { enclose, ended, obstacle } from './conformance/enclosure.ts';

const command = process.argv.slice(2);
const problem = obstacle();
if (command.length === 0 || problem !== undefined) {
  process.stderr.write(`${problem ?? 'usage: node tools/enclose.ts COMMAND [ARGUMENT …]'}\n`);
  process.exit(problem === undefined ? 2 : 3);
}
const child = enclose(command);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    child.kill('SIGKILL');
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}
process.exit(await ended(child));
