import { readFileSync } from 'node:fs';
import { close } from '../../libc/descriptors.ts';
import { openChanges, readChanges } from '../../libc/netlink.ts';
import { hostPrefix } from '../../packets/prefix.ts';
import { kernelTests, openTap } from '../../testing/private-network.ts';
import { ip } from '../programs/iproute2.ts';
import { HostRoutes } from './host-routes.ts';
import { watchNetwork } from './network-watch.ts';

const kernel = kernelTests();

kernel('each change is reported to all who watch, and to nobody after the end', async (t) => {
  const counts = [0, 0];
  let seen = Promise.withResolvers<void>();
  await using first = watchNetwork(() => {
    counts[0]! += 1;
  });
  await using _second = watchNetwork(() => {
    counts[1]! += 1;
    seen.resolve();
  });
  const change = async (...words: readonly string[]) => {
    seen = Promise.withResolvers();
    await ip('link', ...words);
    await seen.promise;
  };
  await change('add', 'eth1', 'type', 'veth', 'peer', 'name', 'far');
  const [before = 0] = counts;
  t.true(before > 0);
  await first.close();
  await first.close();
  await change('delete', 'eth1');
  t.deepEqual([counts[0], counts[1]! > before], [before, true]);
});

kernel('more changes than the socket holds are a change (ENOBUFS)', async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  const fd = openChanges();
  t.teardown(() => close(fd));
  const routes = new HostRoutes('pna0');
  for (let index = 0; index < 3_000; index += 1) routes.add(hostPrefix(`10.8.${index >> 8}.${index & 255}`));
  // The last column but one counts what a socket had no room for.
  const lost = readFileSync('/proc/thread-self/net/netlink', 'latin1')
    .split('\n')
    .slice(1)
    .map((line) => Number(line.trim().split(/\s+/).at(-2)));
  t.true(
    lost.some((count) => count > 0),
    'the socket held them all',
  );
  t.true(readChanges(fd, new Uint8Array(65_536)));
  t.false(readChanges(fd, new Uint8Array(65_536)));
  routes.close();
});
