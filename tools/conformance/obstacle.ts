/** What keeps a machine or a user from running the suite, with a remedy. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';

/** What decides about it. */
export interface Machine {
  readonly isRoot: boolean;
  readonly isContainer: boolean;
  /** /dev/net/tun: there and open to this user, there, or absent. */
  readonly tun: 'open' | 'closed' | 'absent';
  /** Capabilities in force, a bit each. */
  readonly capabilities: bigint;
  /** What the kernel says of user namespaces: names under /proc/sys with their values. */
  readonly sysctl: Readonly<Record<string, string>>;
  /** What `unshare` said when it failed. */
  readonly unshare: string | undefined;
}

/** <linux/capability.h>. systemd-networkd asks for CAP_NET_BROADCAST; who enters its namespaces, CAP_SYS_PTRACE. */
const wanted = { CAP_NET_ADMIN: 12n, CAP_NET_BROADCAST: 11n, CAP_SYS_ADMIN: 21n, CAP_SYS_PTRACE: 19n } as const;

const list = new Intl.ListFormat('en');

/** What a container has to be started with. */
const container =
  'start the container with `--device /dev/net/tun --cap-add NET_ADMIN --cap-add NET_BROADCAST --cap-add SYS_ADMIN --cap-add SYS_PTRACE --security-opt apparmor=unconfined --security-opt seccomp=unconfined`';

/** Settings that keep an ordinary user from namespaces, each with the value that lets it. */
const settings: readonly (readonly [name: string, isIn: (value: string) => boolean, remedy: string])[] = [
  ['kernel/apparmor_restrict_unprivileged_userns', (value) => value === '1', '0'],
  ['kernel/unprivileged_userns_clone', (value) => value === '0', '1'],
  ['user/max_user_namespaces', (value) => value === '0', '10000'],
];

/** Why it cannot, and what to do; undefined if it can. */
export function obstacleOf(machine: Machine): string | undefined {
  const { isRoot, isContainer, tun, capabilities, sysctl, unshare } = machine;
  const user = isRoot ? 'root' : 'this user';
  const lacking = Object.entries(wanted).flatMap(([name, bit]) => ((capabilities & (1n << bit)) === 0n ? [name] : []));
  if (tun !== 'open') {
    const what = tun === 'absent' ? '/dev/net/tun does not exist' : `${user} cannot open /dev/net/tun`;
    if (isContainer) return `${what} in this container: ${container}`;
    if (tun === 'absent') return `${what}: \`modprobe tun\`, or a kernel with CONFIG_TUN`;
    return `${what}: run as root, or let root run \`chmod 0666 /dev/net/tun\``;
  }
  if (isRoot && lacking.length > 0) {
    const remedy = isContainer ? container : 'run with these capabilities';
    return `root lacks ${list.format(lacking)}: ${remedy}`;
  }
  if (unshare === undefined) return undefined;
  if (isContainer) return `cannot make namespaces in this container (${unshare}): ${container}`;
  const found = settings.find(([name, isIn]) => isIn(sysctl[name] ?? ''));
  const remedy =
    found === undefined
      ? 'run as root, or let this user make user namespaces'
      : `run as root, or let root run \`sysctl ${found[0].replaceAll('/', '.')}=${found[2]}\``;
  return `cannot make namespaces (${unshare}): ${remedy}`;
}

/** This machine. @param unshare tries to make namespaces, and says what failed */
export function thisMachine(unshare: () => string | undefined): Machine {
  const tun = tunOf();
  return {
    isRoot: process.getuid?.() === 0,
    isContainer:
      existsSync('/.dockerenv') ||
      existsSync('/run/.containerenv') ||
      process.env['KUBERNETES_SERVICE_HOST'] !== undefined,
    tun,
    capabilities: BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(read('/proc/self/status'))?.[1] ?? '0'}`),
    sysctl: Object.fromEntries(settings.map(([name]) => [name, read(`/proc/sys/${name}`).trim()])),
    unshare: tun === 'open' ? unshare() : undefined,
  };
}

function tunOf(): Machine['tun'] {
  if (!existsSync('/dev/net/tun')) return 'absent';
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
    return 'open';
  } catch {
    return 'closed';
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
