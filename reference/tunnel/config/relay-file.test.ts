import test from 'ava';
import { client, faultsOf, relay } from '../../testing/configurations.ts';

const faults: [name: string, file: object, pattern: RegExp][] = [
  ['the wrong role', client, /^relay\.json: role: is not "relay"/],
  [
    'a port no one may have',
    { ...relay, allow: [{ name: 'a', ports: [0] }] },
    /^relay\.json: allow\[0\]\.ports\[0\]: 0 is not/,
  ],
  ['no allow-list', { ...relay, allow: undefined }, /^relay\.json: allow: is missing/],
];
for (const [name, file, pattern] of faults)
  test(`refused with place and remedy: ${name}`, (t) => {
    t.regex(faultsOf('relay', file).join('\n'), pattern);
  });
