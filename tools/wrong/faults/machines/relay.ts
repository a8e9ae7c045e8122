/** The relay's state machine row by row ([EP] fig. 13). */
import { type Fault, inModule } from '../../fault.ts';
import { paths } from '../tunnel/paths.ts';
import { relayFrames } from './relay-frames.ts';

/** Rows of the table that are absent, or lead elsewhere. */
const rows = inModule('reference/machines/relay.ts', ['relay'], {
  'relay-first-frame-ignored': [
    'RLY-01',
    'What comes instead of RELAY is ignored.',
    `['Receive Relay', ['relay refused', 'timeout', 'protocol error', 'unsupported version',`,
    `['Receive Relay', ['relay refused', 'timeout', 'unsupported version',`,
  ],
  'relay-version-ignored': [
    'RLY-01 FRAME-08',
    'A first frame of another version is ignored.',
    `['Receive Relay', ['relay refused', 'timeout', 'protocol error', 'unsupported version',`,
    `['Receive Relay', ['relay refused', 'timeout', 'protocol error',`,
  ],
  'relay-not-on-path-silent': [
    'RELAY-08 RELAY-11',
    'A relay that is not where it should be on the path disconnects without a CLOSE.',
    `['Receive Relay', ['relay refused', 'timeout', 'protocol error', 'unsupported version', 'resource limit'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],`,
    `['Receive Relay', ['timeout', 'protocol error', 'unsupported version', 'resource limit'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Receive Relay', ['relay refused'], ['shut down writing'], 'Dying', 'binding'],`,
  ],
  'relay-receive-relay-silent': [
    'RLY-08',
    'Without RELAY the relay disconnects without a CLOSE.',
    `['Receive Relay', ['relay refused', 'timeout', 'protocol error', 'unsupported version', 'resource limit'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],`,
    `['Receive Relay', ['relay refused', 'protocol error', 'unsupported version', 'resource limit'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Receive Relay', ['timeout'], ['shut down writing'], 'Dying', 'binding'],`,
  ],
  'relay-receive-relay-broken': [
    'RLY-06',
    'A connection that ends before RELAY is not noticed before the timer runs out.',
    `    ['Receive Relay', ['network error'], ['disconnect'], 'Dying', 'binding'],\n`,
    '',
  ],
  'relay-close-first-answered': [
    'CLOSE-07',
    'A CLOSE instead of RELAY is answered with a CLOSE.',
    `['Receive Relay', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],`,
    `['Receive Relay', ['end session'], ['shut down writing'], 'Dying', 'binding'],
    ['Receive Relay', ['close received'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],`,
  ],
  'relay-close-first-ignored': [
    'RLY-01',
    'A CLOSE instead of RELAY is ignored.',
    `['Receive Relay', ['close received', 'end session'],`,
    `['Receive Relay', ['end session'],`,
  ],
  'relay-end-in-receive-relay': [
    'RLY-12',
    'The end of the program is ignored where RELAY is awaited: the program lives on.',
    `['Receive Relay', ['close received', 'end session'],`,
    `['Receive Relay', ['close received'],`,
  ],
  'relay-held-lost': [
    'RLY-10',
    'What comes while the relay connects is lost.',
    `['Forward Connect', ['frame'], ['hold'],`,
    `['Forward Connect', ['frame'], ['discard'],`,
  ],
  'relay-unreachable-silent': [
    'RLY-07',
    'A next node that is not reached: the relay ends its stream without a CLOSE.',
    `['Forward Connect', ['connect failed', 'timeout', 'protocol error'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],`,
    `['Forward Connect', ['timeout', 'protocol error'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],
    ['Forward Connect', ['connect failed'], ['shut down writing'], 'Dying', 'binding'],`,
  ],
  'relay-second-frame-while-connecting': [
    'RLY-10',
    'A second frame that comes while the relay connects is no fault.',
    `['Forward Connect', ['connect failed', 'timeout', 'protocol error'],`,
    `['Forward Connect', ['connect failed', 'timeout'],`,
  ],
  'relay-broken-while-connecting': [
    'RLY-06',
    'An initiator that is gone while the relay connects is not noticed.',
    `    ['Forward Connect', ['network error'], ['disconnect'], 'Dying', 'binding'],\n`,
    '',
  ],
  'relay-close-while-connecting': [
    'RLY-10 CLOSE-09',
    'A CLOSE that comes while the relay connects is ignored.',
    `['Forward Connect', ['close received', 'end session'],`,
    `['Forward Connect', ['end session'],`,
  ],
  'relay-end-while-connecting': [
    'RLY-12',
    'The end of the program is ignored while the relay connects: the program lives on.',
    `['Forward Connect', ['close received', 'end session'],`,
    `['Forward Connect', ['close received'],`,
  ],
  'relay-one-end-is-not-both': [
    'RLY-06',
    'When one connection breaks or ends, the other stays.',
    `['Forward', ['close frame 243', 'network error 243'],`,
    `['Forward', ['close frame 243'],`,
  ],
  'relay-last-octets-lost': [
    'RLY-06',
    'When one connection ends, what waits for the other is thrown away.',
    `['Forward', ['close frame 243', 'network error 243'], ['shut down writing'], 'Dying', '[EP] fig. 13'],`,
    `['Forward', ['close frame 243'], ['shut down writing'], 'Dying', '[EP] fig. 13'],
    ['Forward', ['network error 243'], ['disconnect'], 'Dying', '[EP] fig. 13'],`,
  ],
  'relay-close-aborts': [
    'RLY-05',
    'After a CLOSE both connections are reset, whatever waits there.',
    `['Forward', ['close frame 243', 'network error 243'], ['shut down writing'], 'Dying', '[EP] fig. 13'],`,
    `['Forward', ['network error 243'], ['shut down writing'], 'Dying', '[EP] fig. 13'],
    ['Forward', ['close frame 243'], ['disconnect'], 'Dying', '[EP] fig. 13'],`,
  ],
  'relay-close-answered': [
    'RLY-05 CLOSE-07',
    'Having forwarded a CLOSE, the relay sends one of its own to the initiator.',
    `['Forward', ['close frame 243', 'network error 243'], ['shut down writing'], 'Dying', '[EP] fig. 13'],`,
    `['Forward', ['network error 243'], ['shut down writing'], 'Dying', '[EP] fig. 13'],
    ['Forward', ['close frame 243'], ['send CLOSE', 'shut down writing'], 'Dying', '[EP] fig. 13'],`,
  ],
  'relay-broken-tunnel-said': [
    'RLY-06 RLY-17',
    "When the server's connection ends without CLOSE, the relay makes one up for the initiator.",
    `['Forward', ['close frame 243', 'network error 243'], ['shut down writing'], 'Dying', '[EP] fig. 13'],`,
    `['Forward', ['close frame 243'], ['shut down writing'], 'Dying', '[EP] fig. 13'],
    ['Forward', ['network error 243'], ['send CLOSE', 'shut down writing'], 'Dying', '[EP] fig. 13'],`,
  ],
  'relay-too-much-ignored': [
    'RLY-11',
    'What must not pass does not, and nothing else happens.',
    `['Forward', ['protocol error'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],`,
    '',
  ],
  'relay-too-much-silent': [
    'RLY-11',
    'What must not pass ends both connections without a CLOSE.',
    `['Forward', ['protocol error'], ['send CLOSE', 'shut down writing'],`,
    `['Forward', ['protocol error'], ['shut down writing'],`,
  ],
  'relay-end-in-forward': [
    'RLY-12',
    'At the end of the program tunnels that pass are waited for without end.',
    `    ['Forward', ['end session'], ['shut down writing'], 'Dying', 'binding'],\n`,
    '',
  ],
  'relay-end-said': [
    'RLY-12',
    'At the end of the program the relay makes a CLOSE up for the initiator.',
    `['Forward', ['end session'], ['shut down writing'],`,
    `['Forward', ['end session'], ['send CLOSE', 'shut down writing'],`,
  ],
  'relay-dying-waits-for-peer': [
    'RLY-05 RLY-06 RLY-12',
    'Ends of connections are waited for without end.',
    `['Dying', ['end of stream', 'timeout', 'gives way'],`,
    `['Dying', ['end of stream'],`,
  ],
});

export const relay: readonly Fault[] = [...rows, ...relayFrames, ...paths];
