/** DATA options, and limits of a key, in one direction alone. */
import { type Fault, ofSeveral } from '../../fault.ts';

const SE = 'reference/nodes/session.ts';
const WO = 'reference/wire/offload.ts';

const usedUp = `    return sent.frames >= frames ||`;
const within = `(flags & ~dataOptions) === 0 ? { segmentSize }`;

// biome-ignore format: a table
export const optionsOfOneDirection: readonly Fault[] = ofSeveral({
  'segments-taken-where-checksums-were-negotiated': ['OFF-02 DATA-10', 'client server', 'Where bit 0 alone was negotiated, it takes frames with flags 0003 as well.',
    [WO, within, `(flags & ~dataOptions & ~((dataOptions & 1) << 1)) === 0 ? { segmentSize }`]],
  'segments-sent-where-checksums-were-negotiated': ['OFF-05 OFF-04', 'client server', 'Where bit 0 alone was negotiated, it sends frames with flags 0003 as well.',
    [WO, within, `(flags & ~dataOptions & ~((dataOptions & 1) << 1)) === 0 ? { segmentSize }`],
    [SE, `    return (flagsOf(offload) & ~this.#dataOptions) === 0;`, `    return (this.#dataOptions & 1) !== 0;`]],
  'bundles-that-come-use-up-a-key-by-datagrams': ['BUN-08 INI-09', 'client', 'Each datagram of a bundle that comes counts as a frame towards the bound of its key.',
    [SE, `    return this.#opener.openAll(frame);`, `    const all = this.#opener.openAll(frame);\n    this.more = (this.more ?? 0) + Math.max(0, all.length - 1);\n    return all;`],
    [SE, usedUp, `    if (received.frames + (this.more ?? 0) >= frames) return true;\n${usedUp}`]],
  'bundles-that-are-sent-use-up-a-key-by-datagrams': ['BUN-08 INI-09', 'client', 'Each datagram of a bundle that it sends counts as a frame towards the bound of its key.',
    [SE, `    const [datagram = empty, ...others] = datagrams;`, `    const [datagram = empty, ...others] = datagrams;\n    this.more = (this.more ?? 0) + others.length;`],
    [SE, usedUp, `    if (sent.frames + (this.more ?? 0) >= frames) return true;\n${usedUp}`]],
});
