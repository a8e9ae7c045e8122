/** Everything that `npm run fuzz -- --minutes N` explores. */
import { fileTargets } from './targets/files.ts';
import { nodeTargets } from './targets/nodes.ts';
import { offloadTarget } from './targets/offload.ts';
import { packetTargets } from './targets/packets.ts';
import { practice } from './targets/practice.ts';
import { sealedTargets } from './targets/sealed.ts';
import type { Target } from './targets/target.ts';
import { wireTargets } from './targets/wire.ts';

/** What comes from others. */
export const ownTargets: readonly Target[] = [
  ...wireTargets,
  ...sealedTargets,
  ...nodeTargets,
  ...packetTargets,
  offloadTarget,
  ...fileTargets,
];

export const targets: readonly Target[] = [...ownTargets, ...practice];
