/** What a role reads besides frames and packets: its configuration, and what its helper process is asked for. */

import { readFileSync } from 'node:fs';
import { type Duty, orderOf, permitted } from '../../../reference/linux/privileges/helper-messages.ts';
import { client, relay, server } from '../../../reference/testing/configurations.ts';
import { ConfigurationError, parseConfig } from '../../../reference/tunnel/config/config.ts';
import type { Target } from './target.ts';

/** The examples of the documents: they have most keys. */
const examples = (): Uint8Array[] =>
  ['docs/operating.md', 'docs/iut.md', 'README.md'].flatMap((file) => {
    const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
    return [...text.matchAll(/```jsonc?\n([\s\S]*?)```/g)].map(([, example = '']) => octetsOf(example));
  });

const octetsOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const jsonOf = (value: unknown): Uint8Array => octetsOf(JSON.stringify(value));

function jsonIn(input: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(Buffer.from(input).toString()) as unknown };
  } catch {
    return undefined;
  }
}

const duty: Duty = { device: 'pna0', names: true, dhcpClient: 'auto', routeHook: ['/bin/true'] };
const orders: readonly unknown[] = [
  { order: 'names', servers: ['10.9.0.53', 'fd00:9::53'], search: ['corp.test'] },
  { order: 'start DHCP client' },
  { order: 'end DHCP client' },
  { order: 'hook', words: ['add', '10.8.0.10/32', 'alice'] },
  { order: 'hook', words: ['remove', 'fd00:8:0:a::/64', 'alice'] },
  null,
];

export const fileTargets: readonly Target[] = [
  ...(['client', 'server', 'relay'] as const).map(
    (role): Target => ({
      name: `${role}-configuration`,
      does: `the configuration file of a ${role}`,
      covers: ['reference/tunnel/config'],
      longest: 3_000,
      seeds: () => [...[client, server, relay].map(jsonOf), ...examples()],
      run: (input) => {
        try {
          parseConfig(role, Buffer.from(input).toString(), `/etc/pna/${role}.json`, {});
        } catch (error) {
          if (!(error instanceof ConfigurationError)) throw error;
        }
      },
    }),
  ),
  {
    name: 'helper-order',
    does: 'what a role that was taken over may ask of its helper process',
    covers: ['reference/linux/privileges/helper-messages.ts'],
    longest: 600,
    seeds: () => orders.map((order, number) => jsonOf({ number, order })),
    run: (input) => {
      const question = orderOf(jsonIn(input)?.value);
      if (question === undefined || !permitted(question.order, duty)) return;
      // Words of a program: none begins an option, and none holds what separates words or lines.
      const { order } = question;
      const words = order.order === 'names' ? [...order.servers, ...order.search] : [];
      for (const word of words)
        if (/^-|[\s\0]/.test(word)) throw new Error(`the helper process would pass on ${JSON.stringify(word)}`);
    },
  },
];
