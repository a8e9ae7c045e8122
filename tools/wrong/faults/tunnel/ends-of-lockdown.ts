/** How a lockdown begins and ends: with whose rules, at whose word. */
import { type Fault, ofSeveral } from '../../fault.ts';

const LO = 'reference/linux/lockdown.ts';
const CL = 'reference/tunnel/client/client.ts';

// biome-ignore format: a table
export const endsOfLockdown: readonly Fault[] = ofSeveral({
  'lockdown-lifted-with-the-rules-of-others': ['LOCK-05', 'client', 'At the end of a lockdown every rule of the machine is removed, those of others too.',
    [LO, `    await remove(this.#table);`, `    await nft(['flush', 'ruleset']);`]],
  'lockdown-in-place-of-the-rules-of-others': ['LOCK-01', 'client', 'When a lockdown begins, every rule of the machine is removed, those of others too.',
    [LO, `      \`table \${this.#table} {}\`,\n`, `      'flush ruleset',\n      \`table \${this.#table} {}\`,\n`]],
  'lockdown-of-a-killed-process-not-lifted': ['LOCK-05', 'client', 'The user’s end of the tunnel lifts a lockdown of this process alone, and not that of one that was killed.',
    [LO, `    if (!this.#inForce) return;\n    await remove`, `    if (!this.imposed) return;\n    await remove`],
    [LO, `    await nft(['-f', '-'], this.#text(rules));\n`, `    await nft(['-f', '-'], this.#text(rules));\n    this.imposed = true;\n`]],
  'lockdown-not-lifted-by-a-command-in-dead': ['LOCK-05', 'client', 'A command to end the session lifts a lockdown where there is a session, and not in Dead.',
    [CL, `    if (command === 'end session') this.#lift()`, `    if (command === 'end session' && this.#session !== undefined) this.#lift()`]],
  'lockdown-not-lifted-by-sigterm-in-dead': ['LOCK-05', 'client', 'SIGTERM lifts a lockdown where there is a session, and not in Dead.',
    [CL, `  async stop(byUser = false): Promise<void> {`, `  async stop(byUser = false): Promise<void> {\n    byUser &&= this.#session !== undefined;`]],
});
