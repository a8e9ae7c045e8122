import test from 'ava';
import { type Machine, obstacleOf, thisMachine } from './obstacle.ts';

const fit: Machine = {
  isRoot: true,
  isContainer: false,
  tun: 'open',
  capabilities: 0x1ff_ffff_ffffn,
  sysctl: {},
  unshare: undefined,
};
const user = { ...fit, isRoot: false, capabilities: 0n };

test('a machine that can run the suite has no obstacle; this one can', (t) => {
  t.is(obstacleOf(fit), undefined);
  t.is(obstacleOf(user), undefined);
  t.is(obstacleOf(thisMachine(() => undefined)), undefined);
});

const cases: readonly (readonly [machine: Machine, said: RegExp])[] = [
  [{ ...fit, tun: 'absent' }, /^\/dev\/net\/tun does not exist: `modprobe tun`/],
  [
    { ...fit, tun: 'absent', isContainer: true },
    /^\/dev\/net\/tun does not exist in this container: start the container with `--device \/dev\/net\/tun --cap-add NET_ADMIN/,
  ],
  [{ ...user, tun: 'closed' }, /^this user cannot open \/dev\/net\/tun: run as root, or let root run `chmod 0666/],
  [
    { ...fit, capabilities: fit.capabilities & ~(1n << 12n), isContainer: true },
    /^root lacks CAP_NET_ADMIN: start the container with .*--cap-add NET_ADMIN/,
  ],
  [
    { ...fit, capabilities: 0n },
    /^root lacks CAP_NET_ADMIN, CAP_NET_BROADCAST, CAP_SYS_ADMIN, and CAP_SYS_PTRACE: run with these capabilities$/,
  ],
  [
    { ...user, unshare: 'Operation not permitted', sysctl: { 'kernel/apparmor_restrict_unprivileged_userns': '1' } },
    /^cannot make namespaces \(Operation not permitted\): run as root, or let root run `sysctl kernel\.apparmor_restrict_unprivileged_userns=0`$/,
  ],
  [
    { ...user, unshare: 'No space left', sysctl: { 'user/max_user_namespaces': '0' } },
    /`sysctl user\.max_user_namespaces=10000`$/,
  ],
  [{ ...user, unshare: 'refused' }, /: run as root, or let this user make user namespaces$/],
];

for (const [machine, said] of cases)
  test(`an obstacle is told with its remedy: ${said.source}`, (t) => {
    t.regex(obstacleOf(machine) ?? '', said);
  });
