/** `npm run bench`: what transforms, relays, tunnels and the DHCP server emulator cost and carry. */
import { resolve } from 'node:path';
import { enclose, ended, obstacle } from '../tools/conformance/enclosure.ts';

const help = `usage: npm run bench -- SUBJECT

  transforms   microseconds to seal and open a frame, node:crypto and @noble
  relay        memory of 1,000 idle tunnels in a relay, what 1 and 50 busy ones
               carry besides, and what a tunnel carries through 0, 1 and 2 relays
  dhcp         what the DHCP server emulator answers in a second, how late, and what
               it drops, with dnsmasq beside it; exit status 1 when it alone drops at a
               rate, or a reply is malformed (needs perfdhcp: Debian's kea-admin)
  tunnel       64 MiB over the bare wire and through a tunnel in turn, under each
               transform: medians and the ratio (needs what npm run conformance needs)

Figures of one run can be compared with each other, and with nothing else.
`;

const subjects: Readonly<Record<string, string>> = {
  transforms: './transforms.ts',
  tunnel: './tunnel.ts',
  relay: './relay.ts',
  dhcp: './dhcp.ts',
  'data-path': './data-path.ts',
};

const [subject = '--help', ...more] = process.argv.slice(2);
const module = subjects[subject];
if (subject === '--help') process.stdout.write(help);
else if (module === undefined || more.some((word) => word !== '--enclosed')) {
  process.stderr.write(`bench: ${[subject, ...more].join(' ')}: no such subject\n${help}`);
  process.exitCode = 2;
} else if (subject !== 'transforms' && !more.includes('--enclosed')) process.exitCode = await enclosed(subject);
else await import(module);

/** Runs this program in namespaces of its own, which end with it. */
async function enclosed(benchmark: string): Promise<number> {
  const problem = obstacle();
  if (problem !== undefined) {
    process.stderr.write(`bench: ${problem}\n`);
    return 3;
  }
  return ended(
    enclose([process.execPath, resolve(import.meta.filename), benchmark, '--enclosed'], { PNA_ENCLOSED: '1' }),
  );
}
