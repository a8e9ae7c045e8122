/** The attacks that are tried: who attacks whom, from where, and with what. */
import { encodeRelay } from '../../reference/wire/relay.ts';
import type { Crowd } from './crowd.ts';

export interface Attack {
  readonly id: string;
  readonly does: string;
  /** What is attacked, and on whose way the honest ones are. */
  readonly node: 'server' | 'relay-b';
  /** Whether a REQUEST of the honest initiator has been recorded, and sent before. */
  readonly records?: number;
  /** The attacked node is started anew after the recording. */
  readonly restarts?: boolean;
  readonly crowds: (recorded: readonly string[]) => readonly Omit<Crowd, 'to' | 'port'>[];
}

const ipv4 = (count: number): string[] => Array.from({ length: count }, (_, index) => `10.78.${index + 1}.1`);
/** So many addresses of one /64. */
const ipv6 = (count: number): string[] => Array.from({ length: count }, (_, index) => `fd78::${index + 1}`);

/** Every address that an attack uses. */
export const addresses = { ipv4: ipv4(64), ipv6: ipv6(64) };

const relayTo = (...path: string[]): string => encodeRelay({ type: 'RELAY', origin: 'origin.invalid', path }).toHex();
/** A frame with the looks of a REQUEST that nobody can open. */
const garbageRequest = `000001040201${'77'.repeat(254)}`;
const direct = relayTo('server.test');
const throughRelay = relayTo('relay-b.test', 'server.test');

const replaying =
  (abreast: number): Attack['crowds'] =>
  (recorded) => [{ from: ipv4(1), abreast, pause: 5, sends: 'these octets', several: recorded }];

const places: readonly (readonly [string, string[]])[] = [
  ['1', ipv4(1)],
  ['16', ipv4(16)],
  ['64', ipv4(64)],
  ['a /64', ipv6(64)],
];

const floods: readonly (readonly [string, string, Pick<Crowd, 'sends' | 'octets'>])[] = [
  ['idle', 'that send nothing', { sends: 'nothing' }],
  ['drip', 'that send an octet a second', { sends: 'an octet a second', octets: direct }],
  ['garbage', 'that send garbage', { sends: 'garbage' }],
  ['4gib', 'that send a length of 4 GiB', { sends: 'these octets', octets: 'ffffffff0101' }],
];

export const attacks: readonly Attack[] = [
  { id: 'quiet', does: 'nobody attacks', node: 'server', crowds: () => [] },
  { id: 'replay', does: 'one recorded REQUEST, all the time', node: 'server', records: 1, crowds: replaying(8) },
  {
    id: 'replay-restarted',
    does: 'five recorded REQUESTs, all the time, after a restart',
    node: 'server',
    records: 5,
    restarts: true,
    crowds: replaying(10),
  },
  {
    id: 'places-16',
    does: '16 addresses keep all places for half-open connections',
    node: 'server',
    crowds: () => [{ from: ipv4(16), abreast: 256, pause: 20, sends: 'these octets', octets: direct }],
  },
  {
    id: 'places-64',
    does: 'a /64 keeps all places',
    node: 'server',
    crowds: () => [{ from: ipv6(64), abreast: 256, pause: 20, sends: 'these octets', octets: direct }],
  },
  {
    id: 'relay-silent',
    does: 'two sources send RELAY through a relay, and nothing more',
    node: 'relay-b',
    crowds: () => [{ from: ipv4(2), abreast: 32, pause: 20, sends: 'these octets', octets: throughRelay }],
  },
  {
    id: 'relay-garbage',
    does: 'two sources send RELAY and a spoilt REQUEST through a relay',
    node: 'relay-b',
    crowds: () => [
      { from: ipv4(2), abreast: 32, pause: 20, sends: 'these octets', octets: throughRelay + garbageRequest },
    ],
  },
  ...(['server', 'relay-b'] as const).flatMap((node) =>
    floods.flatMap(([name, does, sends]) =>
      places.map(
        ([where, from]): Attack => ({
          id: `${node === 'server' ? '' : 'relay-'}5000-${name}-${where.replace(/\W+/g, '')}`,
          does: `5,000 connections of ${where.length > 2 ? where : `${where} address${where === '1' ? '' : 'es'}`} ${does}`,
          node,
          crowds: () => [{ from, abreast: 5_000, pause: 2_000, ...sends }],
        }),
      ),
    ),
  ),
];
