/** `npm run bench`: what transforms, relays, tunnels and the DHCP server emulator cost and carry, and what others do beside them. */
import { resolve } from 'node:path';
import { enclose, ended, obstacle } from '../tools/conformance/enclosure.ts';
import { parseOptions } from './options.ts';

const help = `usage: npm run bench -- SUBJECT [OPTION …]

  transforms   microseconds to seal and open a frame, node:crypto and @noble
  relay        memory of 1,000 idle tunnels in a relay, what 1 and 50 busy ones
               carry besides, and what a tunnel carries through 0, 1 and 2 relays
  dhcp         what the DHCP server emulator answers in a second, how late, and what
               it drops, with dnsmasq beside it; exit status 1 when it alone drops at a
               rate, or a reply is malformed (needs perfdhcp: Debian's kea-admin)
  tunnel       64 MiB over the bare wire and through a tunnel in turn, under each
               transform: medians and the ratio (needs what npm run conformance needs)
  peers        both data paths at two MTUs beside OpenVPN, vtun, tinc, ssh -w, nebula and
               wireguard-go, as far as these are installed: streams, small datagrams, pings,
               start, memory and CPU time, each beside the bare wire of its round
  growth       a server with 1 to 1,000 tunnels, datagrams of 64 to 65,000 octets, 0 to 4
               relays, 1 to 10,000 routes
  handshakes   whole handshakes a second at one server, of each suite
  integrity    GB through a tunnel under each transform, and with options of DATA at one end
               or none, each way: SHA-256 of what was sent and of what arrived, which must be
               equal
  soak         half an hour of mixed load: streams, small datagrams, tunnels that come and
               go, keys that live 20 s; exit status 1 when a process holds 10 % more memory,
               or a descriptor more, than after 5 minutes

  --rounds N       of peers and growth (default: 5)
  --seconds N      for each stream of peers and growth (default: 2)
  --minutes N      of soak (default: 30, at least 6)
  --gigabytes N    of integrity, under each transform and each way (default: 2)
  --only WORD      peers or transforms whose names have it; may be repeated
  --output FOLDER  keeps the figures of peers and growth there as JSON, with charts as SVG

Figures of one run can be compared with each other, and with nothing else.
`;

/** Subjects, and the module of each. */
const subjects: Readonly<Record<string, string>> = {
  transforms: './transforms.ts',
  tunnel: './tunnel.ts',
  relay: './relay.ts',
  dhcp: './dhcp.ts',
  peers: './peers.ts',
  growth: './growth.ts',
  handshakes: './handshakes.ts',
  integrity: './integrity.ts',
  soak: './soak.ts',
};

const [subject = '--help', ...words] = process.argv.slice(2);
const module = subjects[subject];
if (subject === '--help') process.stdout.write(help);
else if (module === undefined) refuse(`${subject}: no such subject`);
else {
  const fault = faultOf(words);
  if (fault !== undefined) refuse(fault);
  else if (subject !== 'transforms' && !words.includes('--enclosed')) process.exitCode = await enclosed(subject);
  else await import(module);
}

function refuse(fault: string): void {
  process.stderr.write(`bench: ${fault}\n${help}`);
  process.exitCode = 2;
}

/** What is wrong with the options, if anything. */
function faultOf(given: readonly string[]): string | undefined {
  try {
    parseOptions(given);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Runs this program in namespaces of its own, which end with it. */
async function enclosed(benchmark: string): Promise<number> {
  const problem = obstacle();
  if (problem !== undefined) {
    process.stderr.write(`bench: ${problem}\n`);
    return 3;
  }
  const argv = [process.execPath, resolve(import.meta.filename), benchmark, ...words, '--enclosed'];
  return ended(enclose(argv, { PNA_ENCLOSED: '1' }));
}
