/** Every wrong implementation, by area, and every right but different one. */
import type { Fault } from './fault.ts';
import { adapter } from './faults/adapter.ts';
import { clientData } from './faults/client-data.ts';
import { close } from './faults/close.ts';
import { data } from './faults/data.ts';
import { emulators } from './faults/emulators.ts';
import { frames } from './faults/frames.ts';
import { framesInStates } from './faults/frames-in-states.ts';
import { handshake } from './faults/handshake.ts';
import { identifiers } from './faults/identifiers.ts';
import { initiator } from './faults/initiator.ts';
import { relay } from './faults/relay.ts';
import { relayFrames } from './faults/relay-frame.ts';
import { requests } from './faults/requests.ts';
import { security } from './faults/security.ts';
import { server } from './faults/server.ts';
import { frameChoices } from './right/frames.ts';
import { machineChoices } from './right/machines.ts';
import { minimal } from './right/minimal.ts';
import { programChoices } from './right/program.ts';
import { virtualLanChoices } from './right/virtual-lan.ts';
import type { Right } from './right.ts';

export const registry: readonly Fault[] = [
  ...frames,
  ...framesInStates,
  ...identifiers,
  ...relayFrames,
  ...requests,
  ...clientData,
  ...handshake,
  ...data,
  ...close,
  ...initiator,
  ...server,
  ...relay,
  ...adapter,
  ...emulators,
  ...security,
];

/** Every right but different implementation. */
export const rightRegistry: readonly Right[] = [
  ...minimal,
  ...frameChoices,
  ...machineChoices,
  ...virtualLanChoices,
  ...programChoices,
];
