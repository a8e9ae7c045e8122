import test from 'ava';
import { expectMatrix, expectStates } from '../testing/machine-matrix.ts';
import { serverMachine } from './server.ts';

test('[EP] fig. 12: every state answers every event', (t) => {
  expectMatrix(
    t,
    serverMachine,
    `                     217 219 221 225 228 230 232
    tcp accepted         219  .   .   .   .   .   .
    relay                 .  221  .   .   .   .   .
    relay refused         .  228  .   .   .   .   .
    request authorized    .   .  225  .   .   .   .
    request refused       .   .  228  .   .   .   .
    data                  .   .   .  225  .   .   .
    frame                 .   .   .   .  228 230  .
    close received        .  230 230 230  .   .   .
    end session           .  230 230 228  .   .   .
    integrity failure     .   .   .  228  .   .   .
    protocol error        .  228 228 228  .   .   .
    unsupported version   .  228 228 228  .   .   .
    key expired           .   .   .  228  .   .   .
    superseded            .   .   .  228  .   .   .
    resource limit        .  228  .   .   .   .   .
    gives way             .  230 230 230 230 230  .
    network error         .  230 230 230 230 232  .
    timeout               .  228 228 228  .  230  .
    end of stream         .   .   .   .   .  230  .
    close sent            .   .   .   .  230  .   .
    disconnected          .   .   .   .   .  232  .`,
  );
});

test('[EP] fig. 12: which states read what, and what runs in each (section 10)', (t) => {
  expectStates(
    t,
    serverMachine,
    `217 unconnected -
    219 opening receiveRelay
    221 opening connectWait
    225 authorized confirmation keepAlive silence stalledFrame expiry
    228 ending - refusal
    230 ending dying
    232 unconnected -`,
  );
});
