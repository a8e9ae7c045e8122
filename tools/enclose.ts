/** `node tools/enclose.ts COMMAND …`: runs a command, AVA for instance, in namespaces of its own. Exits as the command does. */
import { enclose, ended, obstacle } from './conformance/enclosure.ts';

const command = process.argv.slice(2);
const usage = 'usage: node tools/enclose.ts COMMAND [ARGUMENT …]\n';
if (command[0] === '--help') {
  process.stdout.write(usage);
  process.exit(0);
}
if (command[0] === undefined || command[0].startsWith('-')) {
  process.stderr.write(usage);
  process.exit(2);
}
const problem = obstacle();
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exit(3);
}
const child = enclose(command);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    child.kill('SIGKILL');
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}
process.exit(await ended(child));
