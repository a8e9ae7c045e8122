/** `npm run bench`: what transforms, relays, tunnels and the DHCP server emulator cost and carry, and what others do beside them. */
import { suggestion } from '../steps/support/peers/nearest.ts';
import { builtReference } from '../tools/build/reference.ts';
import { statusOf, UsageError } from '../tools/command-line.ts';
import { enclosed } from '../tools/conformance/enclosure.ts';

const help = `npm run bench -- SUBJECT [OPTION …]

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
  profile      the parts of the processor's time at both ends while a stream passes the fast path:
               kernel, cipher, everything else (needs perf: Debian's linux-perf)
  growth       a server with 1 to 1,000 tunnels, datagrams of 64 to 65,000 octets, 0 to 4
               relays, 1 to 10,000 routes
  handshakes   whole handshakes a second at one server, of each suite
  integrity    GB through a tunnel under each transform, and with options of DATA at one end
               or none, each way: SHA-256 of what was sent and of what arrived, which must be
               equal
  soak         half an hour of mixed load: streams, small datagrams, tunnels that come and
               go, keys that live 20 s; exit status 1 when a process holds 10 % more memory,
               or a descriptor more, than after 5 minutes

  --rounds N       of peers, profile and growth (default: 5)
  --seconds N      for each stream of peers, profile and growth (default: 2)
  --minutes N      of soak (default: 30, at least 6)
  --gigabytes N    of integrity, under each transform and each way (default: 2)
  --only WORD      peers or transforms whose names have it; may be repeated
  --output FOLDER  keeps the figures of peers and growth there as JSON, with charts as SVG

  --help           prints this

Figures of one run can be compared with each other, and with nothing else. Exit status: 0 done, 1 as said above, 2 usage,
3 the laboratory failed.
`;

/** Subjects, and the module of each. */
const subjects: Readonly<Record<string, string>> = {
  transforms: './transforms.ts',
  tunnel: './tunnel.ts',
  relay: './relay.ts',
  dhcp: './dhcp.ts',
  peers: './peers.ts',
  profile: './profile.ts',
  growth: './growth.ts',
  handshakes: './handshakes.ts',
  integrity: './integrity.ts',
  soak: './soak.ts',
};

process.exitCode = await statusOf('npm run bench --', main);

async function main(): Promise<number> {
  const [subject = '--help', ...words] = process.argv.slice(2);
  if (subject === '--help' || words.includes('--help')) {
    process.stdout.write(help);
    return 0;
  }
  if (subject.startsWith('-')) throw new UsageError(`${subject}: a subject comes first`);
  const module = Object.hasOwn(subjects, subject) ? subjects[subject] : undefined;
  if (module === undefined)
    throw new UsageError(`${subject}: no such subject${suggestion(subject, Object.keys(subjects))}`);
  // Judges the options, before namespaces are made.
  await import('./options.ts');
  const status = subject === 'transforms' ? undefined : await enclosed(import.meta.filename, builtReference);
  if (status !== undefined) return status;
  await import(module);
  return Number(process.exitCode ?? 0);
}
