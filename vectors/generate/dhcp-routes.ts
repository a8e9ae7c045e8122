/** What a DHCP client hears of routes: all of them, in options that hold whole ones, or none (RFC 3442, RFC 3396). */
import {
  answered,
  ask,
  asks,
  DISCOVER,
  domain,
  lease,
  leased,
  mask,
  mtu,
  OFFER,
  toClient,
  type,
} from './dhcp-cases.ts';
import { classlessRoute, option, serverAddress } from './dhcp-packet.ts';
import type { Test } from './model.ts';
import { cat, u16 } from './octets.ts';
import { address } from './packets.ts';

/** 29 routes of 9 octets: 28 of them fit one option. */
export const manyRoutes = [...Array(29).keys()].map((index) => `10.9.${index}.0/25`);
const torn = (from: number, to: number): Uint8Array =>
  option(121, cat(...manyRoutes.slice(from, to).map((prefix) => classlessRoute(prefix, serverAddress))));

const noRoute = { message: leased.message, options: [lease, mask, mtu] };

/** To an emulator whose client data have more routes than one option holds. */
export const validManyRoutes: Test[] = [
  answered('Routes', 'each part of option 121 holds whole routes', ask([type(DISCOVER), option(57, u16(1500)), asks]), {
    type: OFFER,
    ...toClient,
    message: leased.message,
    options: [lease, mask, torn(0, 28), torn(28, 29)],
  }),
];

/** Of 20 routes and 40 DNS servers either fits a reply of 576 octets, and not both: routes stand first. */
export const twentyRoutes = [...Array(20).keys()].map((index) => `10.9.${index}.0/24`);
export const fortyServers = [...Array(40).keys()].map((index) => `10.9.0.${index + 1}`);

export const validCrowded: Test[] = [
  answered('Routes', 'routes and DNS servers, of which either fits', ask([type(DISCOVER), asks]), {
    type: OFFER,
    ...toClient,
    message: leased.message,
    options: [
      lease,
      mask,
      option(121, cat(...twentyRoutes.map((prefix) => classlessRoute(prefix, serverAddress)))),
      mtu,
      domain,
    ],
    absent: [6],
  }),
];

/** To an emulator whose client data have the default route. */
export const validDefaultRoute: Test[] = [
  answered('Routes', 'the default route in options 3 and 121', ask([type(DISCOVER), asks]), {
    type: OFFER,
    ...toClient,
    message: leased.message,
    options: [lease, mask, option(3, address(serverAddress)), option(121, cat([0], address(serverAddress)))],
    absent: [6, 15, 26],
  }),
];

/** To an emulator whose client data have no route. */
export const validNoRoute: Test[] = [
  answered('Routes', 'no route', ask([type(DISCOVER), asks]), {
    type: OFFER,
    ...toClient,
    ...noRoute,
    absent: [3, 6, 15, 119, 121, 249],
  }),
];
