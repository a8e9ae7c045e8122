/** Clients under lockdown from whom something leaves beside the tunnel, or nothing ever again. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source, not templates
import type { Fault } from '../fault.ts';
import { faultsIn } from './in-file.ts';

const inTable = faultsIn('reference/linux/lockdown.ts');
const inClient = faultsIn('reference/tunnel/client/client.ts');

export const lockdown: readonly Fault[] = [
  inTable(
    'lockdown-never-imposed',
    'LOCK-01 LOCK-02 LOCK-03',
    'client',
    'A client that is asked for a lockdown imposes none.',
    "    await nft(['-f', '-'], this.#text(rules));\n",
    '',
  ),
  inTable(
    'lockdown-of-ipv4-alone',
    'LOCK-01',
    'client',
    'What the tunnel carries in IPv6 may leave by other adapters.',
    '      `ip6 daddr @inside6 ${refuse}`,\n',
    '',
  ),
  inTable(
    'lockdown-of-families-that-are-carried',
    'LOCK-02',
    'client',
    'A family in which the tunnel carries nothing stays open.',
    ' ? carried : [...carried, everything6]',
    ' ? carried : [...carried]',
  ),
  inTable(
    'lockdown-without-dns',
    'LOCK-03',
    'client',
    'DNS queries to servers outside the tunnel pass.',
    '...(dns ? [`meta',
    '...(!dns ? [`meta',
  ),
  inTable(
    'lockdown-against-the-first-node',
    'LOCK-04',
    'client',
    'A lockdown rejects the connection to the first node as well.',
    "      'ip daddr . tcp dport @hops4 accept',\n",
    '',
  ),
  inClient(
    'lockdown-of-routes-alone',
    'LOCK-01',
    'client',
    'What is for the virtual LAN itself may leave by other adapters.',
    'carried: reachableBy(settings),',
    'carried: settings.routes,',
  ),
  inClient(
    'lockdown-lifted-at-any-end',
    'LOCK-01',
    'client',
    'A process that ends by itself lifts the lockdown.',
    'if (byUser) await this.#lift();',
    'await this.#lift();',
  ),
  inClient(
    'lockdown-lifted-when-the-connection-breaks',
    'LOCK-01',
    'client',
    'The lockdown is lifted when the tunnel connection ends.',
    '      this.#surroundings.listener(endedEvent(cause));\n',
    '      this.#surroundings.listener(endedEvent(cause));\n      void this.#lift();\n',
  ),
  inClient(
    'lockdown-never-lifted',
    'LOCK-05',
    'client',
    'The lockdown stays after the end that the user asked for.',
    '    if (byUser) await this.#lift();\n',
    '',
  ),
];
