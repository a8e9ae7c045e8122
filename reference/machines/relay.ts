/** [EP] fig. 13: the tunnel relay, one machine a pair of connections. */
import { defineMachine } from './machine.ts';

export type RelayState = keyof typeof states;
export type RelayEvent = (typeof events)[number];
export type RelayAction =
  | 'choose forwarding address 239'
  | 'open'
  | 'forward RELAY'
  | 'hold'
  | 'forward'
  | 'send CLOSE'
  | 'shut down writing'
  | 'disconnect'
  | 'discard';

const states = {
  'Accept Wait': 235,
  'Receive Relay': 237,
  'Forward Connect': 240,
  Forward: 242,
  Dying: 244,
  Dead: 246,
} as const;

const events = [
  'tcp accepted',
  'relay',
  'relay refused',
  'tcp established',
  'connect failed',
  'close frame',
  'close received',
  'frame',
  'end session',
  'protocol error',
  'unsupported version',
  'resource limit',
  'network error',
  'timeout',
  'end of stream',
  'disconnected',
] as const;

export const relayMachine = defineMachine<RelayState, RelayEvent, RelayAction>({
  title: 'Tunnel relay',
  initial: 'Accept Wait',
  states,
  events,
  deadlines: {
    'Receive Relay': 'receiveRelay',
    'Forward Connect': 'forwardConnect',
    Dying: 'dying',
  },
  // biome-ignore format: a table
  lines: [
    ['Accept Wait', 'tcp accepted 236', [], 'Receive Relay', '[EP] fig. 13'],

    ['Receive Relay', 'relay 238', ['choose forwarding address 239', 'open'], 'Forward Connect', '[EP] fig. 13'],
    ['Receive Relay', 'relay refused', ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Receive Relay', 'timeout', ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Receive Relay', 'protocol error', ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Receive Relay', 'unsupported version', ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Receive Relay', 'resource limit', ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Receive Relay', 'network error', ['disconnect'], 'Dying', 'binding'],
    ['Receive Relay', 'close received', ['shut down writing'], 'Dying', 'binding'],
    ['Receive Relay', 'end session', ['shut down writing'], 'Dying', 'binding'],

    ['Forward Connect', 'tcp established 241', ['forward RELAY'], 'Forward', '[EP] fig. 13'],
    ['Forward Connect', 'frame', ['hold'], 'Forward Connect', 'binding'],
    ['Forward Connect', 'connect failed', ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Forward Connect', 'timeout', ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Forward Connect', 'protocol error', ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Forward Connect', 'network error', ['disconnect'], 'Dying', 'binding'],
    ['Forward Connect', 'close received', ['shut down writing'], 'Dying', 'binding'],
    ['Forward Connect', 'end session', ['shut down writing'], 'Dying', 'binding'],

    ['Forward', 'frame', ['forward'], 'Forward', '[EP] fig. 13'],
    ['Forward', 'close frame 243', ['shut down writing'], 'Dying', '[EP] fig. 13'],
    ['Forward', 'network error 243', ['shut down writing'], 'Dying', '[EP] fig. 13'],
    ['Forward', 'protocol error', ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Forward', 'end session', ['shut down writing'], 'Dying', 'binding'],

    ['Dying', 'end of stream', ['disconnect'], 'Dying', 'binding'],
    ['Dying', 'timeout', ['disconnect'], 'Dying', 'binding'],
    ['Dying', 'disconnected 245', [], 'Dead', '[EP] fig. 13'],
    ['Dying', 'network error', [], 'Dead', 'binding'],
    ['Dying', 'frame', ['discard'], 'Dying', 'binding'],
  ],
});
