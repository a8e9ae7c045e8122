/** Microseconds to seal and to open one DATA frame ([EP] fig. 9), median of 5 batches. */
import { type DirectionKeys, deriveDirection } from '../reference/crypto/keys.ts';
import { plain } from '../reference/crypto/plain.ts';
import { createOpener, createSealer } from '../reference/crypto/transforms.ts';
import { Transform } from '../reference/wire/identifiers.ts';
import { median, say } from './figures.ts';

const sizes = [64, 1_400, 9_000, 65_000];
const batches = 5;
const paths = { 'node:crypto': { createSealer, createOpener }, '@noble': plain } as const;

const h = new Uint8Array(32).fill(1);
const keysOf = (transform: number): DirectionKeys => deriveDirection(new Uint8Array(32).fill(2), transform, h);

/** Microseconds a call. */
function time<T>(items: readonly T[], call: (item: T) => void): number {
  const start = performance.now();
  for (const item of items) call(item);
  return ((performance.now() - start) * 1_000) / items.length;
}

say(`${process.version}; µs to seal / open a frame, median of ${batches}`);
say(`${'transform'.padEnd(24)}${'path'.padEnd(14)}${sizes.map((size) => String(size).padStart(18)).join('')}`);
for (const [name, transform] of Object.entries(Transform)) {
  for (const [path, { createSealer: makeSealer, createOpener: makeOpener }] of Object.entries(paths)) {
    const cells = sizes.map((size) => {
      const datagram = new Uint8Array(size).fill(0x45);
      const frames = Math.max(20, Math.floor((path === '@noble' ? 200_000 : 4_000_000) / size / batches));
      const sealer = makeSealer(transform, keysOf(transform));
      const opener = makeOpener(transform, keysOf(transform));
      const seal: number[] = [];
      const open: number[] = [];
      for (let batch = 0; batch <= batches; batch++) {
        const sealed: Uint8Array[] = [];
        const sealing = time(Array.from({ length: frames }), () => sealed.push(sealer.seal(datagram).slice()));
        const opening = time(sealed, (frame) => opener.open(frame));
        // The first batch warms up.
        if (batch === 0) continue;
        seal.push(sealing);
        open.push(opening);
      }
      return `${median(seal).toFixed(1)} / ${median(open).toFixed(1)}`.padStart(18);
    });
    say(`${name.padEnd(24)}${path.padEnd(14)}${cells.join('')}`);
  }
}
