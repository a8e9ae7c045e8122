import test from 'ava';
import { expectMatrix, expectStates } from '../testing/machine-matrix.ts';
import { initiatorMachine } from './initiator.ts';

test('[EP] fig. 11: every state answers every event', (t) => {
  expectMatrix(
    t,
    initiatorMachine,
    `                     194 195 197 199 201 203 206 208 210 212 215
    connect              195  .   .   .   .   .   .   .   .   .   .
    tcp established       .  197  .   .   .   .   .   .   .   .   .
    relay sent            .   .  199  .   .   .   .   .   .   .   .
    request sent          .   .   .  201  .   .   .   .   .   .   .
    response              .   .   .   .  203  .   .   .   .   .   .
    data                  .   .   .   .   .  203  .   .   .   .   .
    frame                 .   .   .   .   .   .  206 208  .  212  .
    close received        .   .   .   .  208 208  .   .   .   .   .
    key expired           .   .   .   .   .  212  .   .   .   .   .
    end session           .  208 208 208 208 206  .   .   .  208  .
    integrity failure     .   .   .   .  206 206  .   .   .   .   .
    protocol error        .   .   .   .  206 206  .   .   .   .   .
    unsupported version   .   .   .   .  206 206  .   .   .   .   .
    network error         .  215 215 215 215 215 215 210  .  195  .
    timeout               .  215 215 215 206  .   .  208  .  212  .
    end of stream         .   .   .   .   .   .   .  208  .  212  .
    close sent            .   .   .   .   .   .  208  .   .  212  .
    disconnected          .   .   .   .   .   .   .  210  .  195  .
    recorded              .   .   .   .   .   .   .   .   .   .  208
    back-off over         .   .   .   .   .   .   .   .  194  .   .`,
  );
});

test('[EP] fig. 11: which states read what, and what runs in each (section 10)', (t) => {
  expectStates(
    t,
    initiatorMachine,
    `194 unconnected -
    195 unconnected tcpOpen
    197 unconnected responseWait
    199 unconnected responseWait
    201 opening responseWait
    203 authorized - keepAlive silence stalledFrame expiry
    206 ending -
    208 ending dying
    210 unconnected - backOff
    212 ending dying
    215 unconnected -`,
  );
});
