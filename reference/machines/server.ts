/** [EP] fig. 12: the tunnel server, one machine a connection. */
import { defineMachine } from './machine.ts';

export type ServerState = keyof typeof states;
export type ServerEvent = (typeof events)[number];
export type ServerAction =
  | 'send RESPONSE 224'
  | 'key the connection'
  | 'deliver'
  | 'send CLOSE'
  | 'delay CLOSE'
  | 'shut down writing'
  | 'disconnect'
  | 'discard';

const states = {
  'Accept Wait': 217,
  'Receive Relay': 219,
  'Connect Wait': 221,
  Authorized: 225,
  Close: 228,
  Dying: 230,
  Dead: 232,
} as const;

const events = [
  'tcp accepted',
  'relay',
  'relay refused',
  'request authorized',
  'request refused',
  'data',
  'frame',
  'close received',
  'end session',
  'integrity failure',
  'protocol error',
  'unsupported version',
  'key expired',
  'superseded',
  'resource limit',
  'network error',
  'timeout',
  'end of stream',
  'close sent',
  'disconnected',
] as const;

export const serverMachine = defineMachine<ServerState, ServerEvent, ServerAction>({
  title: 'Tunnel server',
  initial: 'Accept Wait',
  states,
  events,
  deadlines: {
    'Receive Relay': 'receiveRelay',
    'Connect Wait': 'connectWait',
    Authorized: 'confirmation',
    Dying: 'dying',
  },
  // biome-ignore format: a table
  lines: [
    ['Accept Wait', 'tcp accepted 218', [], 'Receive Relay', '[EP] fig. 12'],

    ['Receive Relay', 'relay 220', [], 'Connect Wait', '[EP] fig. 12'],
    ['Receive Relay', 'relay refused', ['send CLOSE'], 'Close', 'binding'],
    ['Receive Relay', 'network error 234', ['disconnect'], 'Dying', '[EP] fig. 12'],
    ['Receive Relay', 'timeout', ['send CLOSE'], 'Close', 'binding'],
    ['Receive Relay', 'protocol error', ['send CLOSE'], 'Close', 'binding'],
    ['Receive Relay', 'unsupported version', ['send CLOSE'], 'Close', 'binding'],
    ['Receive Relay', 'resource limit', ['send CLOSE'], 'Close', 'binding'],
    ['Receive Relay', 'close received', ['shut down writing'], 'Dying', 'binding'],
    ['Receive Relay', 'end session', ['shut down writing'], 'Dying', 'binding'],

    ['Connect Wait', 'request authorized 223', ['send RESPONSE 224', 'key the connection'], 'Authorized', '[EP] fig. 12'],
    ['Connect Wait', 'request refused 223', ['delay CLOSE'], 'Close', '[EP] fig. 12'],
    ['Connect Wait', 'protocol error', ['send CLOSE'], 'Close', 'binding'],
    ['Connect Wait', 'unsupported version', ['send CLOSE'], 'Close', 'binding'],
    ['Connect Wait', 'resource limit', ['send CLOSE'], 'Close', 'binding'],
    ['Connect Wait', 'timeout', ['send CLOSE'], 'Close', 'binding'],
    ['Connect Wait', 'close received', ['shut down writing'], 'Dying', 'binding'],
    ['Connect Wait', 'network error', ['disconnect'], 'Dying', 'binding'],
    ['Connect Wait', 'end session', ['shut down writing'], 'Dying', 'binding'],

    ['Authorized', 'data', ['deliver'], 'Authorized', '[EP] fig. 12'],
    ['Authorized', 'close received 233', ['shut down writing'], 'Dying', '[EP] fig. 12'],
    ['Authorized', 'end session 226', ['send CLOSE'], 'Close', '[EP] fig. 12'],
    ['Authorized', 'integrity failure 227', ['send CLOSE'], 'Close', '[EP] fig. 12'],
    ['Authorized', 'protocol error', ['send CLOSE'], 'Close', 'binding'],
    ['Authorized', 'unsupported version', ['send CLOSE'], 'Close', 'binding'],
    ['Authorized', 'key expired', ['send CLOSE'], 'Close', 'binding'],
    ['Authorized', 'timeout', ['send CLOSE'], 'Close', 'binding'],
    ['Authorized', 'superseded', ['send CLOSE'], 'Close', 'binding'],
    ['Authorized', 'network error', ['disconnect'], 'Dying', 'binding'],

    ['Close', 'close sent 229', ['shut down writing'], 'Dying', '[EP] fig. 12'],
    ['Close', 'network error', ['disconnect'], 'Dying', 'binding'],
    ['Close', 'frame', ['discard'], 'Close', 'binding'],

    ['Dying', 'end of stream', ['disconnect'], 'Dying', 'binding'],
    ['Dying', 'timeout', ['disconnect'], 'Dying', 'binding'],
    ['Dying', 'disconnected 231', [], 'Dead', '[EP] fig. 12'],
    ['Dying', 'network error', [], 'Dead', 'binding'],
    ['Dying', 'frame', ['discard'], 'Dying', 'binding'],
  ],
});
