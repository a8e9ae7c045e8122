/** [EP] fig. 11: the tunnel initiator. */
import { defineMachine } from './machine.ts';

export type InitiatorState = keyof typeof states;
export type InitiatorEvent = (typeof events)[number];
export type InitiatorAction =
  | 'open'
  | 'send RELAY'
  | 'send REQUEST'
  | 'key the connection'
  | 'activate adapter'
  | 'send empty DATA'
  | 'deliver'
  | 'send CLOSE'
  | 'shut down writing'
  | 'disconnect'
  | 'discard'
  | 'record'
  | 'start back-off';

const states = {
  Idle: 194,
  'TCP Open': 195,
  'Send Relay': 197,
  Connect: 199,
  'Response Wait': 201,
  Authorized: 203,
  Close: 206,
  Dying: 208,
  Dead: 210,
  Reconnect: 212,
  'Network Error': 215,
} as const;

const events = [
  'connect',
  'tcp established',
  'relay sent',
  'request sent',
  'response',
  'data',
  'frame',
  'close received',
  'key expired',
  'end session',
  'integrity failure',
  'protocol error',
  'unsupported version',
  'network error',
  'timeout',
  'end of stream',
  'close sent',
  'disconnected',
  'recorded',
  'back-off over',
] as const;

export const initiatorMachine = defineMachine<InitiatorState, InitiatorEvent, InitiatorAction>({
  title: 'Tunnel initiator',
  initial: 'Idle',
  states,
  events,
  deadlines: {
    'TCP Open': 'tcpOpen',
    'Send Relay': 'responseWait',
    Connect: 'responseWait',
    'Response Wait': 'responseWait',
    Reconnect: 'dying',
    Dying: 'dying',
  },
  // biome-ignore format: a table
  lines: [
    ['Idle', 'connect', ['open'], 'TCP Open', '[EP] fig. 11'],

    ['TCP Open', 'tcp established', ['send RELAY'], 'Send Relay', '[EP] fig. 11'],
    ['TCP Open', 'network error', ['record'], 'Network Error', 'binding'],
    ['TCP Open', 'timeout', ['record'], 'Network Error', 'binding'],
    ['TCP Open', 'end session', ['disconnect'], 'Dying', 'binding'],

    ['Send Relay', 'relay sent 198', ['send REQUEST'], 'Connect', '[EP] fig. 11'],
    ['Send Relay', 'network error', ['record'], 'Network Error', '[EP] fig. 11'],
    ['Send Relay', 'timeout', ['record'], 'Network Error', 'binding'],
    ['Send Relay', 'end session', ['shut down writing'], 'Dying', 'binding'],

    ['Connect', 'request sent 200', [], 'Response Wait', '[EP] fig. 11'],
    ['Connect', 'network error', ['record'], 'Network Error', 'binding'],
    ['Connect', 'timeout', ['record'], 'Network Error', 'binding'],
    ['Connect', 'end session', ['shut down writing'], 'Dying', 'binding'],

    ['Response Wait', 'response 202', ['key the connection', 'activate adapter', 'send empty DATA'], 'Authorized', '[EP] fig. 11'],
    ['Response Wait', 'close received', ['shut down writing'], 'Dying', 'binding'],
    ['Response Wait', 'integrity failure', ['send CLOSE'], 'Close', 'binding'],
    ['Response Wait', 'protocol error', ['send CLOSE'], 'Close', 'binding'],
    ['Response Wait', 'unsupported version', ['send CLOSE'], 'Close', 'binding'],
    ['Response Wait', 'timeout', ['send CLOSE'], 'Close', 'binding'],
    ['Response Wait', 'network error', ['record'], 'Network Error', 'binding'],
    ['Response Wait', 'end session', ['shut down writing'], 'Dying', 'binding'],

    ['Authorized', 'data', ['deliver'], 'Authorized', '[EP] fig. 11'],
    ['Authorized', 'close received 216', ['shut down writing'], 'Dying', '[EP] fig. 11'],
    ['Authorized', 'key expired 211', ['send CLOSE'], 'Reconnect', '[EP] fig. 11'],
    ['Authorized', 'end session 204', ['send CLOSE'], 'Close', '[EP] fig. 11'],
    ['Authorized', 'integrity failure 205', ['send CLOSE'], 'Close', '[EP] fig. 11'],
    ['Authorized', 'protocol error', ['send CLOSE'], 'Close', 'binding'],
    ['Authorized', 'unsupported version', ['send CLOSE'], 'Close', 'binding'],
    ['Authorized', 'network error', ['record'], 'Network Error', 'binding'],

    ['Close', 'close sent 207', ['shut down writing'], 'Dying', '[EP] fig. 11'],
    ['Close', 'network error', ['record'], 'Network Error', 'binding'],
    ['Close', 'frame', ['discard'], 'Close', 'binding'],

    ['Reconnect', 'close sent 213', ['shut down writing'], 'Reconnect', '[EP] fig. 11'],
    ['Reconnect', 'end of stream', ['disconnect'], 'Reconnect', 'binding'],
    ['Reconnect', 'timeout', ['disconnect'], 'Reconnect', 'binding'],
    ['Reconnect', 'disconnected 214', ['open'], 'TCP Open', '[EP] fig. 11'],
    ['Reconnect', 'network error', ['open'], 'TCP Open', 'binding'],
    ['Reconnect', 'end session', ['disconnect'], 'Dying', 'binding'],
    ['Reconnect', 'frame', ['discard'], 'Reconnect', 'binding'],

    ['Network Error', 'recorded', ['disconnect'], 'Dying', '[EP] fig. 11'],

    ['Dying', 'end of stream', ['disconnect'], 'Dying', 'binding'],
    ['Dying', 'timeout', ['disconnect'], 'Dying', 'binding'],
    ['Dying', 'disconnected 209', ['start back-off'], 'Dead', '[EP] fig. 11'],
    ['Dying', 'network error', ['start back-off'], 'Dead', 'binding'],
    ['Dying', 'frame', ['discard'], 'Dying', 'binding'],

    ['Dead', 'back-off over', [], 'Idle', '[EP] fig. 11'],
  ],
});
