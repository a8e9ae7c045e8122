/** Puts routes back that another manager of the routing table, such as a DHCP client's script, has removed. */
import { readFileSync } from 'node:fs';
import type { Routes } from '../adapter/routes.ts';

/** Milliseconds between looks: reading the table is cheap, writing it is not. */
const interval = 500;

/** @returns what ends the watch. */
export function watchRoutes(device: string, routes: Routes, failed: (error: unknown) => void): () => void {
  const wanted = routesOf(device);
  let repairing = false;
  const timer = setInterval(() => {
    if (repairing) return;
    const present = routesOf(device);
    if ([...wanted].every((route) => present.has(route))) return;
    repairing = true;
    routes
      .repair()
      .catch(failed)
      .finally(() => {
        repairing = false;
      });
  }, interval);
  timer.unref();
  return () => clearInterval(timer);
}

/** The IPv4 routes through a gateway on this device: destination, gateway and mask, as the kernel writes them. */
function routesOf(device: string): Set<string> {
  const lines = readFileSync('/proc/net/route', 'latin1').split('\n').slice(1);
  const routes = lines.map((line) => line.split('\t'));
  return new Set(
    routes
      .filter(([name, , gateway]) => name === device && gateway !== '00000000')
      .map(([, destination, gateway, , , , , mask]) => `${destination} ${gateway} ${mask}`),
  );
}
