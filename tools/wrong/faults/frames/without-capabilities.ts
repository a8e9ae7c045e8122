/** Faults of implementations that declare no capability at all: what is mandatory is decided without one. */
import type { Fault } from '../../fault.ts';
import { minimalClient, minimalServer } from '../../right/minimal.ts';

/** An end point that has no more than the text asks for, and verifies no tag. */
const tagless = (id: string, breaks: string, minimal: typeof minimalServer): Fault => ({
  ...minimal,
  id,
  breaks: [breaks],
  does: 'Without any capability: no tag of an AEAD is verified.',
  more: [
    ...(minimal.more ?? []),
    {
      file: 'reference/crypto/primitives.ts',
      change: [
        `  try {
    cipher.final();
  } catch {
    plaintext.fill(0);
    return undefined;
  }
  return plaintext;`,
        '  return plaintext;',
      ],
    },
  ],
});

export const withoutCapabilities: readonly Fault[] = [
  tagless('minimal-server-counter-unverified', 'DATA-07', minimalServer),
  tagless('minimal-server-tag-unverified', 'DATA-10', minimalServer),
  tagless('minimal-client-counter-unverified', 'DATA-07', minimalClient),
  tagless('minimal-client-tag-unverified', 'DATA-10', minimalClient),
];
