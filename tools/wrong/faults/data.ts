/** DATA frames ([EP] fig. 9) and their transforms. */
import type { Fault } from '../fault.ts';

export const data: readonly Fault[] = [
  {
    id: 'aead-tag-unverified',
    breaks: ['DATA-07', 'DATA-10'],
    roles: ['client', 'server'],
    does: 'No tag of an AEAD is verified.',
    file: 'reference/crypto/primitives.ts',
    change: [
      `  try {
    cipher.final();
  } catch {
    plaintext.fill(0);
    return undefined;
  }
  return plaintext;`,
      `  return plaintext;`,
    ],
  },
];
