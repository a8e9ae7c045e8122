/** RFC 2131 table 4: what tells the four client states apart. */
import test from 'ava';
import { type Decision, decide, MessageType, type Wish } from './dhcp-decision.ts';

const own = '10.8.0.10';
const server = '10.8.0.1';
const none = '0.0.0.0';
const rows: [state: string, wish: Partial<Wish>, decision: Decision][] = [
  ['DISCOVER', { messageType: MessageType.DISCOVER }, 'OFFER'],
  ['DISCOVER that asks for another address', { messageType: MessageType.DISCOVER, requested: '10.8.0.99' }, 'OFFER'],
  ['DISCOVER, rapid commit', { messageType: MessageType.DISCOVER, rapidCommit: true }, 'ACK'],
  ['SELECTING', { serverIdentifier: server, requested: own }, 'ACK'],
  ['SELECTING, wrong address', { serverIdentifier: server, requested: '10.8.0.99' }, 'NAK'],
  ['SELECTING, another server', { serverIdentifier: '10.8.0.2', requested: own }, undefined],
  ['INIT-REBOOT', { requested: own }, 'ACK'],
  ['INIT-REBOOT, wrong address', { requested: '192.168.1.5' }, 'NAK'],
  ['RENEWING or REBINDING', { ciaddr: own }, 'ACK'],
  ['RENEWING or REBINDING, wrong address', { ciaddr: '10.8.0.99' }, 'NAK'],
  ['REQUEST for nothing', {}, undefined],
  ['INFORM', { messageType: MessageType.INFORM, ciaddr: '10.8.0.99' }, 'configuration only'],
  ['DECLINE', { messageType: MessageType.DECLINE, requested: own }, undefined],
  ['RELEASE', { messageType: MessageType.RELEASE, ciaddr: own }, undefined],
  ['OFFER', { messageType: MessageType.OFFER }, undefined],
  ['an unknown type', { messageType: 99 }, undefined],
];
for (const [state, wish, decision] of rows)
  test(`${state}: ${decision ?? 'silence'}`, (t) => {
    t.is(
      decide({ messageType: MessageType.REQUEST, ciaddr: none, rapidCommit: false, ...wish }, own, server),
      decision,
    );
  });
