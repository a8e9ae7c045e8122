/**
 * [EP] fig. 11: the tunnel initiator.
 * ──▶ [EP] fig. 11, ┄┄▷ binding; then the events.
 *
 * Idle 194          ──▶ TCP Open       connect
 * TCP Open 195      ──▶ Send Relay     tcp established
 *                   ┄┄▷ Network Error  network error, timeout
 *                   ┄┄▷ Dying          end session
 * Send Relay 197    ──▶ Connect        relay sent 198
 *                   ──▶ Network Error  network error
 *                   ┄┄▷ Network Error  timeout
 *                   ┄┄▷ Dying          end session
 * Connect 199       ──▶ Response Wait  request sent 200
 *                   ┄┄▷ Network Error  network error, timeout
 *                   ┄┄▷ Dying          end session
 * Response Wait 201 ──▶ Authorized     response 202
 *                   ┄┄▷ Dying          close received, end session
 *                   ┄┄▷ Close          integrity failure, protocol error, unsupported version, timeout
 *                   ┄┄▷ Network Error  network error
 * Authorized 203    ──▶ Authorized     data
 *                   ──▶ Dying          close received 216
 *                   ──▶ Reconnect      key expired 211
 *                   ──▶ Close          end session 204, integrity failure 205
 *                   ┄┄▷ Close          protocol error, unsupported version
 *                   ┄┄▷ Network Error  network error
 * Close 206         ──▶ Dying          close sent 207
 *                   ┄┄▷ Network Error  network error
 *                   ┄┄▷ Close          frame
 * Dying 208         ┄┄▷ Dying          end of stream, timeout
 *                   ──▶ Dead           disconnected 209
 *                   ┄┄▷ Dead           network error
 *                   ┄┄▷ Dying          frame
 * Dead 210          ──▶ Idle           back-off over
 * Reconnect 212     ──▶ Reconnect      close sent 213
 *                   ┄┄▷ Reconnect      end of stream, timeout
 *                   ──▶ TCP Open       disconnected 214
 *                   ┄┄▷ TCP Open       network error
 *                   ┄┄▷ Dying          end session
 *                   ┄┄▷ Reconnect      frame
 * Network Error 215 ──▶ Dying          recorded
 */
import { defineMachine, type EventOf, type StateOf } from './machine.ts';

export type InitiatorState = StateOf<typeof initiatorMachine>;
export type InitiatorEvent = EventOf<typeof initiatorMachine>;

export const initiatorMachine = defineMachine({
  title: 'Tunnel initiator',
  initial: 'Idle',
  states: {
    Idle: { numeral: 194, phase: 'unconnected' },
    'TCP Open': { numeral: 195, phase: 'unconnected', timer: 'tcpOpen' },
    'Send Relay': { numeral: 197, phase: 'unconnected', timer: 'responseWait' },
    Connect: { numeral: 199, phase: 'unconnected', timer: 'responseWait' },
    'Response Wait': { numeral: 201, phase: 'opening', timer: 'responseWait' },
    Authorized: {
      numeral: 203,
      phase: 'authorized',
      deadlines: ['keepAlive', 'silence', 'stalledFrame', 'expiry'],
      sendsAfter: 'key the connection',
    },
    Close: { numeral: 206, phase: 'ending' },
    Dying: { numeral: 208, phase: 'ending', timer: 'dying' },
    Dead: { numeral: 210, phase: 'unconnected', deadlines: ['backOff'] },
    Reconnect: { numeral: 212, phase: 'ending', timer: 'dying' },
    'Network Error': { numeral: 215, phase: 'unconnected' },
  },
  // biome-ignore format: a table
  lines: [
    ['Idle', ['connect'], ['open'], 'TCP Open', '[EP] fig. 11'],

    ['TCP Open', ['tcp established'], ['send RELAY'], 'Send Relay', '[EP] fig. 11'],
    ['TCP Open', ['network error', 'timeout'], ['record'], 'Network Error', 'binding'],
    ['TCP Open', ['end session'], ['disconnect'], 'Dying', 'binding'],

    ['Send Relay', ['relay sent 198'], ['send REQUEST'], 'Connect', '[EP] fig. 11'],
    ['Send Relay', ['network error'], ['record'], 'Network Error', '[EP] fig. 11'],
    ['Send Relay', ['timeout'], ['record'], 'Network Error', 'binding'],
    ['Send Relay', ['end session'], ['shut down writing'], 'Dying', 'binding'],

    ['Connect', ['request sent 200'], [], 'Response Wait', '[EP] fig. 11'],
    ['Connect', ['network error', 'timeout'], ['record'], 'Network Error', 'binding'],
    ['Connect', ['end session'], ['shut down writing'], 'Dying', 'binding'],

    ['Response Wait', ['response 202'], ['key the connection', 'activate adapter', 'send empty DATA'], 'Authorized', '[EP] fig. 11'],
    ['Response Wait', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],
    ['Response Wait', ['integrity failure', 'protocol error', 'unsupported version', 'timeout'], ['send CLOSE'], 'Close', 'binding'],
    ['Response Wait', ['network error'], ['record'], 'Network Error', 'binding'],

    ['Authorized', ['data'], ['deliver'], 'Authorized', '[EP] fig. 11'],
    ['Authorized', ['close received 216'], ['shut down writing'], 'Dying', '[EP] fig. 11'],
    ['Authorized', ['key expired 211'], ['send CLOSE'], 'Reconnect', '[EP] fig. 11'],
    ['Authorized', ['end session 204', 'integrity failure 205'], ['send CLOSE'], 'Close', '[EP] fig. 11'],
    ['Authorized', ['protocol error', 'unsupported version'], ['send CLOSE'], 'Close', 'binding'],
    ['Authorized', ['network error'], ['record'], 'Network Error', 'binding'],

    ['Close', ['close sent 207'], ['shut down writing'], 'Dying', '[EP] fig. 11'],
    ['Close', ['network error'], ['record'], 'Network Error', 'binding'],
    ['Close', ['frame'], ['discard'], 'Close', 'binding'],

    ['Reconnect', ['close sent 213'], ['shut down writing'], 'Reconnect', '[EP] fig. 11'],
    ['Reconnect', ['end of stream', 'timeout'], ['disconnect'], 'Reconnect', 'binding'],
    ['Reconnect', ['disconnected 214'], ['open'], 'TCP Open', '[EP] fig. 11'],
    ['Reconnect', ['network error'], ['open'], 'TCP Open', 'binding'],
    ['Reconnect', ['end session'], ['disconnect'], 'Dying', 'binding'],
    ['Reconnect', ['frame'], ['discard'], 'Reconnect', 'binding'],

    ['Network Error', ['recorded'], ['disconnect'], 'Dying', '[EP] fig. 11'],

    ['Dying', ['end of stream', 'timeout'], ['disconnect'], 'Dying', 'binding'],
    ['Dying', ['disconnected 209'], ['start back-off', 'report'], 'Dead', '[EP] fig. 11'],
    ['Dying', ['network error'], ['start back-off', 'report'], 'Dead', 'binding'],
    ['Dying', ['frame'], ['discard'], 'Dying', 'binding'],

    ['Dead', ['back-off over'], [], 'Idle', '[EP] fig. 11'],
  ],
});
