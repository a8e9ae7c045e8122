/** Every subject, a file each. */
import { subject as arp } from './arp.ts';
import { subject as authorized } from './authorized.ts';
import { subject as bundles } from './bundles.ts';
import { subject as clientData } from './client-data.ts';
import { subject as close } from './close.ts';
import { subject as conversation } from './conversation.ts';
import { subject as data } from './data.ts';
import { subject as deframing } from './deframing.ts';
import { subject as dhcp } from './dhcp.ts';
import { subject as handshake } from './handshake.ts';
import { subject as keyExchangeData } from './key-exchange-data.ts';
import { subject as keySchedule } from './key-schedule.ts';
import { subject as keyedClose } from './keyed-close.ts';
import type { Subject } from './model.ts';
import { subject as names } from './names.ts';
import { subject as neighbour } from './neighbour.ts';
import { subject as offload } from './offload.ts';
import { subject as relay } from './relay.ts';
import { subject as request } from './request.ts';
import { subject as response } from './response.ts';
import { subjects as transforms } from './transform.ts';

export const subjects: readonly Subject[] = [
  names,
  relay,
  keyExchangeData,
  clientData,
  request,
  response,
  data,
  close,
  deframing,
  handshake,
  keySchedule,
  ...transforms,
  keyedClose,
  arp,
  dhcp,
  neighbour,
  conversation,
  authorized,
  bundles,
  offload,
];
