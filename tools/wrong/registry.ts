/** Every wrong implementation, by area. */
import type { Fault } from './fault.ts';
import { adapter } from './faults/adapter.ts';
import { clientData } from './faults/client-data.ts';
import { close } from './faults/close.ts';
import { data } from './faults/data.ts';
import { dataIntegrity } from './faults/data-integrity.ts';
import { emulators } from './faults/emulators.ts';
import { ending } from './faults/ending.ts';
import { frames } from './faults/frames.ts';
import { handshake } from './faults/handshake.ts';
import { handshakeKeys } from './faults/handshake-keys.ts';
import { initiator } from './faults/initiator.ts';
import { keeping } from './faults/keeping.ts';
import { keySchedule } from './faults/key-schedule.ts';
import { relay } from './faults/relay.ts';
import { requests } from './faults/requests.ts';
import { security } from './faults/security.ts';
import { server } from './faults/server.ts';
import { transforms } from './faults/transforms.ts';

export const registry: readonly Fault[] = [
  ...frames,
  ...requests,
  ...clientData,
  ...handshake,
  ...keySchedule,
  ...handshakeKeys,
  ...data,
  ...transforms,
  ...keeping,
  ...dataIntegrity,
  ...close,
  ...ending,
  ...initiator,
  ...server,
  ...relay,
  ...adapter,
  ...emulators,
  ...security,
];
