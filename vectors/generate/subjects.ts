/** Every subject, a file each. */
import { subject as close } from './close.ts';
import { subject as data } from './data.ts';
import { subject as deframing } from './deframing.ts';
import { subject as handshake } from './handshake.ts';
import { subject as keySchedule } from './key-schedule.ts';
import { subject as keyedClose } from './keyed-close.ts';
import type { Subject } from './model.ts';
import { subject as names } from './names.ts';
import { subject as relay } from './relay.ts';
import { subjects as transforms } from './transform.ts';

export const subjects: readonly Subject[] = [
  names,
  relay,
  data,
  close,
  deframing,
  handshake,
  keySchedule,
  ...transforms,
  keyedClose,
];
