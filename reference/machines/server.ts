/**
 * [EP] fig. 12: the tunnel server, one machine a connection.
 * ──▶ [EP] fig. 12, ┄┄▷ binding; then the events.
 *
 * Accept Wait 217   ──▶ Receive Relay  tcp accepted 218
 * Receive Relay 219 ──▶ Connect Wait   relay 220
 *                   ┄┄▷ Close          relay refused, timeout, protocol error, unsupported version, resource limit
 *                   ┄┄▷ Dying          gives way
 *                   ──▶ Dying          network error 234
 *                   ┄┄▷ Dying          close received, end session
 * Connect Wait 221  ──▶ Authorized     request authorized 223
 *                   ──▶ Close          request refused 223
 *                   ┄┄▷ Close          protocol error, unsupported version, timeout
 *                   ┄┄▷ Dying          gives way
 *                   ┄┄▷ Dying          close received, end session
 *                   ┄┄▷ Dying          network error
 * Authorized 225    ──▶ Authorized     data
 *                   ──▶ Dying          close received 233
 *                   ──▶ Close          end session 226, integrity failure 227
 *                   ┄┄▷ Close          protocol error, unsupported version, key expired, timeout, superseded
 *                   ┄┄▷ Dying          gives way
 *                   ┄┄▷ Dying          network error
 * Close 228         ──▶ Dying          close sent 229
 *                   ┄┄▷ Dying          network error, gives way
 *                   ┄┄▷ Close          frame
 * Dying 230         ┄┄▷ Dying          end of stream, timeout, gives way
 *                   ──▶ Dead           disconnected 231
 *                   ┄┄▷ Dead           network error
 *                   ┄┄▷ Dying          frame
 * Dead 232
 */
import { defineMachine, type EventOf, type StateOf } from './machine.ts';

export type ServerState = StateOf<typeof serverMachine>;
export type ServerEvent = EventOf<typeof serverMachine>;

export const serverMachine = defineMachine({
  title: 'Tunnel server',
  initial: 'Accept Wait',
  states: {
    'Accept Wait': { numeral: 217, phase: 'unconnected' },
    'Receive Relay': { numeral: 219, phase: 'opening', timer: 'receiveRelay' },
    'Connect Wait': { numeral: 221, phase: 'opening', timer: 'connectWait' },
    // A REQUEST can be replayed. The first valid DATA frame confirms it: until then no DATA is sent, and the timer runs.
    Authorized: {
      numeral: 225,
      phase: 'authorized',
      timer: 'confirmation',
      deadlines: ['keepAlive', 'silence', 'stalledFrame', 'expiry'],
      sendsAfter: 'confirm',
    },
    Close: { numeral: 228, phase: 'ending', deadlines: ['refusal'] },
    Dying: { numeral: 230, phase: 'ending', timer: 'dying' },
    Dead: { numeral: 232, phase: 'unconnected' },
  },
  // biome-ignore format: a table
  lines: [
    ['Accept Wait', ['tcp accepted 218'], [], 'Receive Relay', '[EP] fig. 12'],

    ['Receive Relay', ['relay 220'], [], 'Connect Wait', '[EP] fig. 12'],
    ['Receive Relay', ['relay refused', 'timeout', 'protocol error', 'unsupported version', 'resource limit'], ['send CLOSE'], 'Close', 'binding'],
    ['Receive Relay', ['gives way'], ['send CLOSE and disconnect'], 'Dying', 'binding'],
    ['Receive Relay', ['network error 234'], ['disconnect'], 'Dying', '[EP] fig. 12'],
    ['Receive Relay', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],

    // 222: a REQUEST has come; 223: whether it is authorised.
    ['Connect Wait', ['request authorized 223'], ['send RESPONSE 224', 'key the connection'], 'Authorized', '[EP] fig. 12'],
    ['Connect Wait', ['request refused 223'], ['delay CLOSE'], 'Close', '[EP] fig. 12'],
    ['Connect Wait', ['protocol error', 'unsupported version', 'timeout'], ['send CLOSE'], 'Close', 'binding'],
    ['Connect Wait', ['gives way'], ['send CLOSE and disconnect'], 'Dying', 'binding'],
    ['Connect Wait', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],
    ['Connect Wait', ['network error'], ['disconnect'], 'Dying', 'binding'],

    ['Authorized', ['data'], ['confirm', 'deliver'], 'Authorized', '[EP] fig. 12'],
    ['Authorized', ['close received 233'], ['shut down writing'], 'Dying', '[EP] fig. 12'],
    ['Authorized', ['end session 226', 'integrity failure 227'], ['send CLOSE'], 'Close', '[EP] fig. 12'],
    ['Authorized', ['protocol error', 'unsupported version', 'key expired', 'timeout', 'superseded'], ['send CLOSE'], 'Close', 'binding'],
    ['Authorized', ['gives way'], ['send CLOSE and disconnect'], 'Dying', 'binding'],
    ['Authorized', ['network error'], ['disconnect'], 'Dying', 'binding'],

    ['Close', ['close sent 229'], ['shut down writing'], 'Dying', '[EP] fig. 12'],
    ['Close', ['network error', 'gives way'], ['disconnect'], 'Dying', 'binding'],
    ['Close', ['frame'], ['discard'], 'Close', 'binding'],

    ['Dying', ['end of stream', 'timeout', 'gives way'], ['disconnect'], 'Dying', 'binding'],
    ['Dying', ['disconnected 231'], ['report'], 'Dead', '[EP] fig. 12'],
    ['Dying', ['network error'], ['report'], 'Dead', 'binding'],
    ['Dying', ['frame'], ['discard'], 'Dying', 'binding'],
  ],
});
