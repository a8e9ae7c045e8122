/**
 * [EP] fig. 13: the tunnel relay, one machine a pair of connections.
 * ──▶ [EP] fig. 13, ┄┄▷ binding; then the events.
 *
 * Accept Wait 235     ──▶ Receive Relay    tcp accepted 236
 * Receive Relay 237   ──▶ Forward Connect  relay 238
 *                     ┄┄▷ Dying            relay refused, timeout, protocol error, unsupported version, resource limit
 *                     ┄┄▷ Dying            gives way
 *                     ┄┄▷ Dying            network error
 *                     ┄┄▷ Dying            close received, end session
 * Forward Connect 240 ──▶ Forward          tcp established 241
 *                     ┄┄▷ Forward Connect  frame
 *                     ┄┄▷ Dying            connect failed, timeout, protocol error
 *                     ┄┄▷ Dying            gives way
 *                     ┄┄▷ Dying            network error
 *                     ┄┄▷ Dying            close received, end session
 * Forward 242         ──▶ Forward          frame
 *                     ──▶ Dying            close frame 243, network error 243
 *                     ┄┄▷ Dying            gives way
 *                     ┄┄▷ Dying            protocol error
 *                     ┄┄▷ Dying            end session
 * Dying 244           ┄┄▷ Dying            end of stream, timeout, gives way
 *                     ──▶ Dead             disconnected 245
 *                     ┄┄▷ Dead             network error
 *                     ┄┄▷ Dying            frame
 * Dead 246
 */
import { defineMachine, type EventOf, type StateOf } from './machine.ts';

export type RelayState = StateOf<typeof relayMachine>;
export type RelayEvent = EventOf<typeof relayMachine>;

export const relayMachine = defineMachine({
  title: 'Tunnel relay',
  initial: 'Accept Wait',
  states: {
    'Accept Wait': { numeral: 235, phase: 'unconnected' },
    'Receive Relay': { numeral: 237, phase: 'opening', timer: 'receiveRelay' },
    'Forward Connect': { numeral: 240, phase: 'forwarding', timer: 'forwardConnect' },
    Forward: { numeral: 242, phase: 'forwarding' },
    Dying: { numeral: 244, phase: 'ending', timer: 'dying' },
    Dead: { numeral: 246, phase: 'unconnected' },
  },
  // biome-ignore format: a table
  lines: [
    ['Accept Wait', ['tcp accepted 236'], [], 'Receive Relay', '[EP] fig. 13'],

    ['Receive Relay', ['relay 238'], ['choose forwarding address 239', 'open'], 'Forward Connect', '[EP] fig. 13'],
    ['Receive Relay', ['relay refused', 'timeout', 'protocol error', 'unsupported version', 'resource limit'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Receive Relay', ['gives way'], ['send CLOSE and disconnect'], 'Dying', 'binding'],
    ['Receive Relay', ['network error'], ['disconnect'], 'Dying', 'binding'],
    ['Receive Relay', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],

    ['Forward Connect', ['tcp established 241'], ['forward RELAY'], 'Forward', '[EP] fig. 13'],
    ['Forward Connect', ['frame'], ['hold'], 'Forward Connect', 'binding'],
    ['Forward Connect', ['connect failed', 'timeout', 'protocol error'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Forward Connect', ['gives way'], ['send CLOSE and disconnect'], 'Dying', 'binding'],
    ['Forward Connect', ['network error'], ['disconnect'], 'Dying', 'binding'],
    ['Forward Connect', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],

    ['Forward', ['frame'], ['forward'], 'Forward', '[EP] fig. 13'],
    ['Forward', ['close frame 243', 'network error 243'], ['shut down writing'], 'Dying', '[EP] fig. 13'],
    ['Forward', ['gives way'], ['send CLOSE and disconnect'], 'Dying', 'binding'],
    ['Forward', ['protocol error'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Forward', ['end session'], ['shut down writing'], 'Dying', 'binding'],

    ['Dying', ['end of stream', 'timeout', 'gives way'], ['disconnect'], 'Dying', 'binding'],
    ['Dying', ['disconnected 245'], ['report'], 'Dead', '[EP] fig. 13'],
    ['Dying', ['network error'], ['report'], 'Dead', 'binding'],
    ['Dying', ['frame'], ['discard'], 'Dying', 'binding'],
  ],
});
