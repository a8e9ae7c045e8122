import test from 'ava';
import { concat } from '../octets.ts';
import { Bench, frame, relayFrame, toServer } from '../testing/relay-bench.ts';
import { encodeClose } from '../wire/close.ts';

/** What the relay awaits behind RELAY before it connects. */
const first = frame(2, 300);
const connecting = (): Bench => new Bench().up(toServer).up(first);
const forwarding = (): Bench => connecting().input({ type: 'tcp established' });
/** The next node has answered, so that everything passes. */
const open = (): Bench => forwarding().down(frame(3, 300));

test('[EP] fig. 4, 74: it finds itself by name, and the node after it', (t) => {
  t.deepEqual(connecting().asked, ['open server.test:99 as a group']);
  const further = new Bench().up(relayFrame('a.test', 'alias.test:4000', 'b.test', 'c.test'));
  t.deepEqual(further.up(first).asked, ['open b.test']);
});

test('[EP] fig. 4, 76: the RELAY frame goes on unchanged', (t) =>
  t.is(forwarding().sent('downstream'), concat(toServer, first).toHex()));

for (const path of [
  ['other.test', 'server.test'],
  ['server.test', 'relay.test'],
  ['relay.test', 'alias.test', 's'],
])
  test(`not on path: ${path}`, (t) => {
    const bench = new Bench().up(relayFrame(...path));
    t.is(bench.sent('upstream'), '0000000805010009');
    t.is(bench.node.state, 'Dying');
    t.deepEqual(bench.asked, ['finish upstream', 'abort downstream']);
  });

for (const [what, octets, status] of [
  ['REQUEST', frame(2, 300), 5],
  ['DATA', frame(4, 40), 5],
  ['an unknown type', frame(9, 40), 5],
  ['version 2', frame(1, 40, 2), 6],
  ['a RELAY frame that is too long', frame(1, 4_609).slice(0, 6), 5],
  ['a RELAY frame of nonsense', frame(1, 40), 5],
] as const)
  test(`Receive Relay answers ${what} with status ${status}`, (t) => {
    t.is(new Bench().up(octets).sent('upstream'), `000000080501000${status}`);
  });

test('too many connections: resource limit', (t) => {
  const bench = new Bench({ opening: () => false });
  t.is(bench.sent('upstream'), '000000080501000c');
  t.is(bench.node.state, 'Dying');
});

test('Receive Relay waits 10 s', (t) => {
  const bench = new Bench().pass(9_999);
  t.is(bench.node.state, 'Receive Relay');
  t.is(bench.pass(1).sent('upstream'), '000000080501000b');
});

test('a next node that cannot be reached, or does not answer in 10 s', (t) => {
  t.is(connecting().input({ type: 'tcp failed', reason: 'ECONNREFUSED' }).sent('upstream'), '0000000805010008');
  const slow = connecting().pass(10_000);
  t.is(slow.sent('upstream'), '0000000805010008');
  t.deepEqual(slow.asked.slice(1), ['finish upstream', 'abort downstream'], 'the attempt is given up');
});

test('the REQUEST that came early waits for the connection', (t) => {
  const request = frame(2, 4_096);
  const bench = new Bench().up(concat(toServer, request.slice(0, 3)));
  bench.up(request.slice(3));
  t.is(bench.sent('downstream'), '');
  bench.input({ type: 'tcp established' });
  t.is(bench.sent('downstream'), concat(toServer, request).toHex());
});

test('octets may come one at a time', (t) => {
  const bench = new Bench();
  const [request, response] = [frame(2, 300), frame(3, 300)];
  for (const octet of concat(toServer, request)) bench.up(Uint8Array.of(octet));
  bench.input({ type: 'tcp established' });
  for (const octet of response) bench.down(Uint8Array.of(octet));
  t.is(bench.sent('downstream'), concat(toServer, request).toHex());
  t.is(bench.sent('upstream'), response.toHex());
});

test('it connects only once the frame behind RELAY is whole', (t) => {
  const bench = new Bench().up(concat(toServer, first.slice(0, -1)));
  t.deepEqual([bench.node.state, bench.asked], ['Receive Relay', []]);
  t.deepEqual(bench.up(first.slice(-1)).asked, ['open server.test:99 as a group']);
});

test('Receive Relay waits 10 s for both frames together', (t) => {
  const bench = new Bench().pass(6_000).up(toServer).pass(3_999);
  t.is(bench.node.state, 'Receive Relay');
  t.is(bench.pass(1).sent('upstream'), '000000080501000b');
});

for (const [what, start] of [
  ['of 5 octets', '000000050201'],
  ['of 4,097 octets', '000010010201'],
  ['of 41 octets with the type of CLOSE', '000000290501'],
] as const)
  test(`behind RELAY a frame ${what} is a protocol error as soon as it begins`, (t) => {
    const bench = new Bench().up(concat(toServer, Uint8Array.fromHex(start)));
    t.is(bench.sent('upstream'), '0000000805010005');
    t.false(bench.asked.some((asked) => asked.startsWith('open')));
  });

test('a CLOSE behind RELAY ends the connection, and nobody is connected to', (t) => {
  const bench = new Bench().up(concat(toServer, encodeClose({ type: 'CLOSE', status: 1 })));
  t.deepEqual([bench.node.state, bench.sent('upstream')], ['Dying', '']);
  t.false(bench.asked.some((asked) => asked.startsWith('open')));
});

test('what gives way gets resource limit, and is not waited for', (t) => {
  for (const make of [() => new Bench(), () => new Bench().up(toServer), connecting, forwarding]) {
    const bench = make().input({ type: 'gives way' });
    t.is(bench.sent('upstream'), '000000080501000c');
    t.deepEqual(bench.asked.slice(-2), ['abort downstream', 'disconnect upstream']);
    t.is(bench.node.state, 'Dying');
  }
  const over = new Bench().up(frame(2, 300)).input({ type: 'gives way' });
  t.is(over.sent('upstream'), '0000000805010005', 'no second CLOSE');
  t.is(over.asked.includes('abort upstream'), true);
});

test('that it comes to its end is told once', (t) => {
  let told = 0;
  const bench = new Bench({ ending: () => (told += 1) });
  t.is(told, 0);
  bench.up(frame(2, 300)).pass(2_000);
  t.is(told, 1);
});

for (const [when, make] of [
  ['Forward Connect', connecting],
  ['Forward', forwarding],
] as const)
  test(`${when}: a second frame does not pass, not even its first octet`, (t) => {
    const bench = make().up(frame(4, 40));
    t.is(bench.sent('upstream'), '0000000805010005');
    t.false(bench.sent('downstream').includes('0000002804'));
  });

test('a CLOSE may follow the first frame', (t) => {
  const bench = forwarding().up(encodeClose({ type: 'CLOSE', status: 11 }));
  t.true(bench.sent('downstream').endsWith('000000080501000b'));
  t.is(bench.node.state, 'Dying');
});

test('an answer that is no frame does not pass: a relay does not show what other services say', (t) => {
  const bench = forwarding().down(new TextEncoder().encode('SSH-2.0-OpenSSH\r\n'));
  t.is(bench.sent('upstream'), '0000000805010005');
});

test('once answered, frames of any type, version and length pass both ways before they are whole', (t) => {
  const bench = open();
  const before = bench.effects.length;
  const big = frame(0xee, 200_000, 7);
  bench.up(big.slice(0, 1000));
  t.is(bench.effects.length, before + 1, 'cut through');
  bench.up(big.slice(1000)).down(frame(4, 70_000)).down(frame(1, 40));
  t.is(bench.sent('downstream'), concat(toServer, first, big).toHex());
  t.is(bench.sent('upstream'), concat(frame(3, 300), frame(4, 70_000), frame(1, 40)).toHex());
});

for (const side of ['up', 'down'] as const)
  test(`${side}: a CLOSE frame is forwarded whole, nothing after it, and both connections are closed`, (t) => {
    const close = encodeClose({ type: 'CLOSE', status: 2, digest: new Uint8Array(32).fill(9) });
    const bench = open();
    const to = side === 'up' ? 'downstream' : 'upstream';
    bench[side](concat(frame(4, 40), close.slice(0, 20)));
    t.is(bench.node.state, 'Forward');
    bench[side](concat(close.slice(20), frame(4, 40)));
    t.true(bench.sent(to).endsWith(concat(frame(4, 40), close).toHex()));
    t.is(bench.node.state, 'Dying');
    t.deepEqual(bench.asked.slice(1), ['finish upstream', 'finish downstream']);
    bench.up(frame(4, 40)).down(frame(4, 40));
    t.true(bench.sent(to).endsWith(close.toHex()), 'what comes later is discarded');
    bench.input({ type: 'end of stream', side: 'upstream' }).input({ type: 'end of stream', side: 'downstream' });
    t.deepEqual(bench.asked.slice(3), ['disconnect upstream', 'disconnect downstream']);
    bench.input({ type: 'disconnected', side: 'upstream' });
    t.is(bench.node.state, 'Dying');
    bench.input({ type: 'disconnected', side: 'downstream' });
    t.is(bench.node.state, 'Dead');
  });

test('Dying ends after 2 s', (t) => {
  const bench = open()
    .up(encodeClose({ type: 'CLOSE', status: 1 }))
    .pass(2_000);
  t.deepEqual(bench.asked.slice(3), ['abort upstream', 'abort downstream']);
});

for (const side of ['upstream', 'downstream'] as const) {
  test(`end of stream ${side} ends both, without a CLOSE of the relay’s own`, (t) => {
    const bench = open();
    const before = bench.sent('upstream');
    bench.input({ type: 'end of stream', side });
    t.is(bench.node.state, 'Dying');
    t.is(bench.sent('upstream'), before);
    t.deepEqual(bench.asked.slice(1), ['finish upstream', 'finish downstream']);
  });

  test(`a network error ${side} ends the other connection`, (t) => {
    const bench = open().input({ type: 'network error', side, reason: 'ECONNRESET' });
    t.is(bench.node.state, 'Dying');
    const other = side === 'upstream' ? 'downstream' : 'upstream';
    t.true(bench.asked.includes(`finish ${other}`));
    bench.input({ type: 'disconnected', side: other });
    t.is(bench.node.state, 'Dead');
    t.deepEqual(bench.cause, { by: 'network', reason: `${side}: ECONNRESET` });
  });
}

test('octets of a frame that came before the end of the stream are passed on, to the last one', (t) => {
  const bench = open().up(frame(4, 40).slice(0, 3)).input({ type: 'end of stream', side: 'upstream' });
  t.true(bench.sent('downstream').endsWith('000000'));
  t.deepEqual(bench.effects.flatMap((e) => (e.type === 'send' || e.type === 'finish' ? [e.type] : [])).slice(-3), [
    'send',
    'finish',
    'finish',
  ]);
});

test('a frame of less than 6 octets loses the boundaries: both connections are closed', (t) => {
  const bench = open().down(Uint8Array.fromHex('000000050401'));
  t.is(bench.node.state, 'Dying');
  t.true(bench.sent('upstream').endsWith('0000000805010005'));
});

test('no CLOSE of the relay’s own is put into the middle of a frame', (t) => {
  const bench = open().down(frame(4, 100).slice(0, 50)).up(Uint8Array.fromHex('000000050401'));
  t.is(bench.node.state, 'Dying');
  t.true(bench.sent('upstream').endsWith('7777'));
});

test('End Session ends both', (t) => {
  t.deepEqual(open().input({ type: 'command', command: 'shut down' }).asked.slice(1), [
    'finish upstream',
    'finish downstream',
  ]);
});

test('a connection that comes too late is closed', (t) => {
  const bench = connecting().input({ type: 'command', command: 'shut down' }).input({ type: 'tcp established' });
  t.is(bench.asked.at(-1), 'abort downstream');
});

test('handing over tells where each direction is, once the next node has answered', (t) => {
  t.is(connecting().node.handOver(), undefined);
  t.is(forwarding().node.handOver(), undefined, 'not before the answer');
  const bench = forwarding().down(frame(3, 300).subarray(0, 200)).up(frame(4, 16).subarray(0, 3));
  t.deepEqual(bench.node.handOver(), {
    upstream: { start: Uint8Array.of(0, 0, 0), left: 0, type: 2 },
    downstream: { start: new Uint8Array(0), left: 100, type: 3 },
  });
  for (const side of ['upstream', 'downstream'] as const)
    t.is(open().input({ type: 'end of stream', side }).node.handOver(), undefined, `${side} has ended`);
});

test('what the other thread met ends the connection: CLOSE, or a frame that must not pass', (t) => {
  const close = open();
  close.node.handOver();
  close.input({ type: 'met', outcome: 'close frame', side: 'upstream' });
  t.is(close.node.state, 'Dying');
  for (const side of ['upstream', 'downstream'] as const) close.input({ type: 'disconnected', side });
  t.like(close.cause, { by: 'peer' });
  t.is(close.sent('upstream'), frame(3, 300).toHex(), 'no CLOSE of its own');
  const refused = open();
  refused.node.handOver();
  refused.input({ type: 'met', outcome: 'refused', side: 'upstream' });
  t.is(refused.sent('upstream'), frame(3, 300).toHex() + encodeClose({ type: 'CLOSE', status: 5 }).toHex());
});

test('what has passed is counted by direction', (t) => {
  const bench = open().up(frame(4, 20));
  t.deepEqual(bench.node.passed, { upstream: 320, downstream: 300 });
});

test('CLOSE in place of RELAY ends the connection by the peer', (t) => {
  const bench = new Bench().up(encodeClose({ type: 'CLOSE', status: 1 }));
  t.is(bench.node.state, 'Dying');
  t.is(bench.sent('upstream'), '', 'CLOSE is not answered by CLOSE');
  bench.input({ type: 'disconnected', side: 'upstream' });
  t.like(bench.cause, { by: 'peer', status: 1 });
});

test('only the first answer of the next node is told', (t) => {
  const answers = (bench: Bench): number => bench.effects.filter(({ type }) => type === 'answered').length;
  t.is(answers(forwarding()), 0);
  t.is(answers(open().down(frame(4, 16))), 1);
});

test('a connection onwards that comes too late is ended', (t) => {
  const bench = connecting().input({ type: 'command', command: 'end session' }).input({ type: 'tcp established' });
  t.is(bench.asked.at(-1), 'abort downstream');
});
