/** Not of the reference: faults that lie behind what only coverage can find the way to. They show that the search works. */
import type { Target } from './target.ts';

export const practice: readonly Target[] = [
  {
    name: 'practice-fault',
    does: 'finds a fault behind five octets, one after the other (for tests)',
    covers: ['tools/fuzz/targets/practice.ts'],
    longest: 16,
    seeds: () => [new Uint8Array(8)],
    run: ([first, second, third, fourth, fifth]) => {
      if (first !== 0x70) return;
      if (second !== 0x6e) return;
      if (third !== 0x61) return;
      if (fourth !== 0x2f) return;
      if (fifth === 0x31) throw new Error('it reached the fault');
    },
  },
  {
    name: 'practice-hang',
    does: 'finds an input that takes for ever (for tests)',
    covers: ['tools/fuzz/targets/practice.ts'],
    longest: 4,
    seeds: () => [new Uint8Array(2)],
    run: ([first]) => {
      for (let left = first === 7 ? Number.POSITIVE_INFINITY : 0; left > 0; ) left -= 1;
    },
  },
];
