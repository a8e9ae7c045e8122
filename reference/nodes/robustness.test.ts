import test from 'ava';
import fc from 'fast-check';
import { defaultTimers } from '../machines/timers.ts';
import { datagram, MemoryTunnel } from '../testing/memory-tunnel.ts';
import type { Input, Node } from './effect.ts';
import { RelayNode } from './relay.ts';

const side = fc.constantFrom({}, { side: 'upstream' as const }, { side: 'downstream' as const });
const octets = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  // Something that begins like a frame.
  fc
    .tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 2 }))
    .map(([length, type, version]) => {
      const frame = new Uint8Array(Math.max(6, length));
      new DataView(frame.buffer).setUint32(0, length);
      frame.set([type, version], 4);
      return frame;
    }),
);
const input: fc.Arbitrary<Input> = fc.oneof(
  fc.constantFrom<Input>(
    { type: 'command', command: 'connect' },
    { type: 'command', command: 'end session' },
    { type: 'command', command: 'shut down' },
    { type: 'tcp accepted' },
    { type: 'tcp established' },
    { type: 'tcp failed', reason: 'refused' },
    { type: 'datagrams', datagrams: [datagram(), datagram(300)] },
    { type: 'datagrams', datagrams: [new Uint8Array(3)] },
    { type: 'superseded' },
    { type: 'time' },
  ),
  fc.tuple(side, octets).map(([where, chunk]): Input => ({ type: 'octets', octets: chunk, ...where })),
  side.map((where): Input => ({ type: 'end of stream', ...where })),
  side.map((where): Input => ({ type: 'network error', reason: 'reset', ...where })),
  side.map((where): Input => ({ type: 'disconnected', ...where })),
);
const inputs = fc.array(fc.tuple(input, fc.integer({ min: 0, max: 70_000 })), { maxLength: 30 });

/** Every input in every order is answered; and a deadline, once reached, goes away. */
function survives(node: Node, script: readonly (readonly [Input, number])[], from = 0): void {
  let now = from;
  for (const [next, milliseconds] of script) {
    now += milliseconds;
    node.handle(next, now);
    if (node.deadline !== undefined && node.deadline <= now) node.handle({ type: 'time' }, now);
    if (node.deadline !== undefined && node.deadline <= now) throw new Error(`deadline ${node.deadline} at ${now}`);
  }
}

test('an initiator survives any inputs', (t) => {
  fc.assert(
    fc.property(inputs, (script) => survives(new MemoryTunnel().initiator.node, script)),
    { numRuns: 300 },
  );
  t.pass();
});

test('an initiator in Authorized survives any inputs', (t) => {
  fc.assert(
    fc.property(inputs, (script) => survives(new MemoryTunnel().connect().initiator.node, script)),
    { numRuns: 150 },
  );
  t.pass();
});

test('a server survives any inputs', (t) => {
  const opened: readonly [Input, number] = [{ type: 'tcp accepted' }, 0];
  fc.assert(
    fc.property(inputs, (script) => survives(new MemoryTunnel().newServer(), [opened, ...script])),
    { numRuns: 300 },
  );
  t.pass();
});

test('a server in Authorized survives any inputs', (t) => {
  fc.assert(
    fc.property(inputs, (script) => survives(new MemoryTunnel().connect().server.node, script)),
    { numRuns: 150 },
  );
  t.pass();
});

test('a relay survives any inputs', (t) => {
  const opened: readonly [Input, number] = [{ type: 'tcp accepted' }, 0];
  fc.assert(
    fc.property(inputs, (script) => {
      survives(new RelayNode({ names: ['relay.test'], timers: defaultTimers }), [opened, ...script]);
      survives(new MemoryTunnel({ relays: 1 }).connect().relays[0]!.node, script);
    }),
    { numRuns: 150 },
  );
  t.pass();
});
