import test from 'ava';
import { expectMatrix, expectStates } from '../testing/machine-matrix.ts';
import { relayMachine } from './relay.ts';

test('[EP] fig. 13: every state answers every event', (t) => {
  expectMatrix(
    t,
    relayMachine,
    `                     235 237 240 242 244 246
    tcp accepted         237  .   .   .   .   .
    relay                 .  240  .   .   .   .
    relay refused         .  244  .   .   .   .
    tcp established       .   .  242  .   .   .
    connect failed        .   .  244  .   .   .
    close frame           .   .   .  244  .   .
    close received        .  244 244  .   .   .
    frame                 .   .  240 242 244  .
    end session           .  244 244 244  .   .
    protocol error        .  244 244 244  .   .
    unsupported version   .  244  .   .   .   .
    resource limit        .  244  .   .   .   .
    gives way             .  244 244 244 244  .
    network error         .  244 244 244 246  .
    timeout               .  244 244  .  244  .
    end of stream         .   .   .   .  244  .
    disconnected          .   .   .   .  246  .`,
  );
});

test('[EP] fig. 13: which states read what, and what runs in each (section 10)', (t) => {
  expectStates(
    t,
    relayMachine,
    `235 unconnected -
    237 opening receiveRelay
    240 forwarding forwardConnect
    242 forwarding -
    244 ending dying
    246 unconnected -`,
  );
});
