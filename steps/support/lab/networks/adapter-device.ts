/** The device by which a node is in the virtual LAN. Its implementation may name it as it likes (docs/iut.md). */
import { readFileSync } from 'node:fs';
import { wireDevice } from './namespace.ts';
import { lanDevice, portsOf } from './private-network.ts';
import { inNamespace } from './setns.ts';
import { sharedDevice } from './shared-network.ts';
import { wantedDevice } from './virtual-lan.ts';

/** What else a node may have. */
const ofLaboratory: readonly string[] = ['lo', wireDevice, lanDevice, sharedDevice];

/** The only device of a node that the laboratory did not make; the wanted name where there is none or more than one. */
export function adapterIn(namespace: string): string {
  const [first, ...more] = devicesBeside(namespace);
  return first === undefined || more.length > 0 ? wantedDevice : first;
}

/** Whether a node has a device that the laboratory did not make. */
export const hasAdapter = (namespace: string): boolean => devicesBeside(namespace).length > 0;

function devicesBeside(namespace: string): string[] {
  const text = inNamespace(namespace, () => readFileSync('/proc/thread-self/net/dev', 'latin1'));
  const names = [...text.matchAll(/^ *([^\s:]+):/gm)].map(([, name = '']) => name);
  return names.filter((name) => !ofLaboratory.includes(name) && !name.startsWith(portsOf));
}
