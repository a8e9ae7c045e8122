/** A tunnel relay ([EP] fig. 13) with several tunnels, at odd places of a path, and at the end of a tunnel. */
import { type Fault, ofSeveral } from '../../fault.ts';

const NR = 'reference/nodes/relay.ts';
const MR = 'reference/machines/relay.ts';
const AD = 'reference/tunnel/admission.ts';
const TR = 'reference/tunnel/relay/relay.ts';
const FO = 'reference/tunnel/relay/forwarding.ts';
const GR = 'reference/tunnel/names/group.ts';
const TC = 'reference/tunnel/transport-connection.ts';
const OC = 'reference/tunnel/relay/forward/one-way-copy.ts';
const SP = 'reference/tunnel/relay/forward/splice.ts';
const WO = 'reference/tunnel/relay/forward/worker.ts';

const refusals = "['relay refused', 'timeout', 'protocol error', 'unsupported version', 'resource limit']";
const failures = "['connect failed', 'timeout', 'protocol error']";
const reset = '1, 13, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0), 8';
const importOfSockets = "import { endWriting, receive } from '../../../libc/sockets.ts';";
const importToReset = "import { endWriting, receive, setsockopt } from '../../../libc/sockets.ts';";

// biome-ignore format: a table, one line for each change
const passing = ofSeveral({
  'descriptor-of-a-later-tunnel-forgotten': ['RLY-03 RLY-17', 'relay', 'When a tunnel is over, a later one that has the number of one of its descriptors stops passing.',
    [WO, 'for (const fd of splice.fds) if (byDescriptor.get(fd) === splice) byDescriptor.delete(fd);', 'for (const fd of splice.fds) byDescriptor.delete(fd);']],
  'waiting-octets-overwritten': ['RLY-03', 'relay', 'What waits for a slow reader is overwritten by what comes meanwhile from others.',
    [OC, 'this.#unsent.push(part.slice(count));', 'this.#unsent.push(part.subarray(count));']],
  'latest-relay-frame-forwarded': ['RELAY-12 RLY-02', 'relay', 'It forwards the RELAY frame that came last to anybody.',
    [NR, 'const largestFirstFrame = bounds.REQUEST.max;', 'const largestFirstFrame = bounds.REQUEST.max;\nlet latest = new Uint8Array(0);'],
    [NR, '    this.#relay = { octets: octets.slice(), path, position };', '    this.#relay = { octets: octets.slice(), path, position };\n    latest = octets.slice();'],
    [NR, "octets: this.#relay.octets, side: 'downstream'", "octets: latest, side: 'downstream'"]],
  'port-of-the-first-tunnel': ['RLY-02 FRAME-16', 'relay', 'It connects to a node at the port at which it connected to it first.',
    [FO, '/** Connects to the next node, and only to addresses that were judged here. */', 'const firstNames = new Map<string, string>();\n'],
    [FO, '    const members = await reachable(resolver, name, last, {', '    if (!firstNames.has(host)) firstNames.set(host, name);\n    const members = await reachable(resolver, firstNames.get(host)!, last, {']],
  'third-place-taken-for-the-first': ['RLY-02', 'relay', 'Where two nodes or more are before it on the path, it connects to the second node.',
    [NR, "this.#next = { name: path[position + 1] ?? '',", "this.#next = { name: path[position > 1 ? 1 : position + 1] ?? '',"]],
  'relay-frame-forwarded-up-to-4096': ['RELAY-12', 'relay', 'Of a RELAY frame it forwards 4,096 octets.',
    [NR, '    this.#relay = { octets: octets.slice(), path, position };', '    this.#relay = { octets: octets.slice(0, 4096), path, position };']],
  'refused-address-refuses-all': ['PATH-03 PATH-08', 'relay', 'A next node is unreachable if one of its addresses may not be connected to.',
    [GR, 'endpoints: endpoints.filter((endpoint) => admits.endpoint?.(endpoint) ?? true) };', 'endpoints: endpoints.every((endpoint) => admits.endpoint?.(endpoint) ?? true) ? endpoints : [] };']],
  'address-as-next-node-refused': ['RLY-02', 'relay', 'A next node whose name is an IPv4 address is unreachable.',
    [FO, '    const { host } = parseNodeName(name);', '    const { host } = parseNodeName(name);\n    if (/^[0-9.]+$/.test(host)) throw new Error(`${host} is an address`);']],
});

// biome-ignore format: a table, one line for each change
const waiting = ofSeveral({
  'beginning-of-131073-answers': ['RLY-11', 'relay', 'The beginning of a frame of 131,073 octets counts as the answer of the next node.',
    [NR, 'this.#answered = length <= bounds.DATA.max;', 'this.#answered = length <= bounds.DATA.max + 1;']],
  'close-of-41-before-answer': ['RLY-11', 'relay', 'A CLOSE of 41 octets passes before the next node has answered.',
    [NR, 'if (type === FrameType.CLOSE) return length <= bounds.CLOSE.max;', 'if (type === FrameType.CLOSE) return length <= bounds.CLOSE.max + 1;']],
  'close-in-pieces-before-answer': ['RLY-11 FRAME-05', 'relay', 'Of what comes behind the first frame before an answer it judges fewer than 6 octets, too: they are a protocol error.',
    [NR, "    if (outcome !== 'passed') this.#met(outcome, side);", "    const begun = side === 'upstream' && !this.#answered && this.#framesBeforeAnswer > 0 && this.#flows[side].position.start.length > 0;\n    if (outcome !== 'passed' || begun) this.#met(outcome === 'passed' ? 'refused' : outcome, side);"]],
  'time-to-connect-begun-anew': ['RLY-09', 'relay', 'Each octet that comes while it connects begins the time for that anew.',
    [NR, 'hold: () => this.#pass((octets) => this.#held.push(octets.slice())),', "hold: () => {\n        this.#machine.deadlines.set('state', this.#machine.now + options.timers.forwardConnect);\n        this.#pass((octets) => this.#held.push(octets.slice()));\n      },"],
    [TR, 'patience: config.timers.forwardConnect,', 'patience: config.timers.forwardConnect * 100,']],
  'time-behind-relay-begun-anew-by-octets': ['RLY-21', 'relay', 'Each octet that comes behind RELAY begins the time for the frame there anew.',
    [NR, '    behind.length += octets.length;', "    behind.length += octets.length;\n    this.#machine.deadlines.set('state', this.#machine.now + this.#options.timers.receiveRelay);"]],
  'answer-bounded': ['RLY-18', 'relay', 'A next node that has accepted and says nothing for the time of `forwardConnect` loses its connection.',
    [MR, "Forward: { numeral: 242, phase: 'forwarding' },", "Forward: { numeral: 242, phase: 'forwarding', timer: 'forwardConnect' },"],
    [NR, "      if (this.#answered) this.#machine.emit({ type: 'answered' });", "      if (this.#answered) this.#machine.deadlines.clear('state');\n      if (this.#answered) this.#machine.emit({ type: 'answered' });"],
    [NR, '    for (const _ of this.#machine.due()) {', "    for (const _ of this.#machine.due()) {\n      if (this.state === 'Forward') {\n        this.#broken('no answer');\n        continue;\n      }"]],
});

// biome-ignore format: a table, one line for each change
const limits = ofSeveral({
  'newcomer-refused-once-relay-came': ['RLY-24 RLY-13', 'relay', 'A newcomer beyond a limit is refused once its RELAY has come.',
    [NR, "    if (first && this.#options.opening?.() === false) this.#refuse('resource limit', Status.resourceLimit);", ''],
    [NR, '    const { path } = decodeRelay(octets);', "    if (this.#options.opening?.() === false) {\n      this.#refuse('resource limit', Status.resourceLimit);\n      return;\n    }\n    const { path } = decodeRelay(octets);"]],
  'what-gives-way-at-a-relay-lingers': ['RLY-23 RLY-22', 'relay', 'What gives way is not closed before its peer has ended its stream, or 2 s are over.',
    [MR, "['Receive Relay', ['gives way'], ['send CLOSE and disconnect'],", "['Receive Relay', ['gives way'], ['send CLOSE', 'shut down writing'],"],
    [MR, "['Forward Connect', ['gives way'], ['send CLOSE and disconnect'],", "['Forward Connect', ['gives way'], ['send CLOSE', 'shut down writing'],"],
    [MR, "['Forward', ['gives way'], ['send CLOSE and disconnect'],", "['Forward', ['gives way'], ['send CLOSE', 'shut down writing'],"]],
  'places-of-broken-tunnels-kept': ['RLY-13', 'relay', 'A tunnel that ends without a CLOSE keeps its place among all connections.',
    [TR, '    admitted?.release();', "    if (!reason.includes('ended without CLOSE')) admitted?.release();"],
    [NR, '      this.#options.ending?.();', "      if (this.#machine.cause?.reason.includes('ended without CLOSE') !== true) this.#options.ending?.();"]],
  'over-keeps-its-place-among-all': ['RLY-13 RLY-23', 'relay', 'A connection that is over does not give way where as many connections are open as may be.',
    [AD, '(all.total < connections || this.#displace(this.#unlessKept())) &&', 'all.total < connections &&']],
  'over-keeps-its-place-of-its-source': ['RLY-13 RLY-23', 'relay', 'A connection that is over does not give way where its source has as many connections as it may.',
    [AD, '(all.of(name) < connectionsPerSource || this.#displace(fromThere, yieldingToOwn)) &&', 'all.of(name) < connectionsPerSource &&']],
});

// biome-ignore format: a table, one line for each change
const ends = ofSeveral({
  'relay-closes-at-once-after-its-close': ['CLOSE-08 RLY-07 RLY-08', 'relay', 'After a CLOSE of its own it closes at once: what still comes is answered with RST.',
    [MR, `['Receive Relay', ${refusals}, ['send CLOSE', 'shut down writing'],`, `['Receive Relay', ${refusals}, ['send CLOSE and disconnect'],`],
    [MR, `['Forward Connect', ${failures}, ['send CLOSE', 'shut down writing'],`, `['Forward Connect', ${failures}, ['send CLOSE and disconnect'],`]],
  'relay-does-not-shut-down-writing': ['CLOSE-08 RLY-07 RLY-08', 'relay', 'After a CLOSE of its own its stream stays open until the peer has ended its own.',
    [NR, "      if (this.#links[side].open) this.#machine.emit({ type: 'finish', side });", "      if (this.#links[side].open && side === 'upstream' && this.#machine.cause?.by === 'self') continue;\n      else if (this.#links[side].open) this.#machine.emit({ type: 'finish', side });"]],
  'relay-does-not-discard': ['CLOSE-08 RLY-05', 'relay', 'In Dying it reads nothing more, so that a peer that still sends is held up.',
    [TC, '    this.socket.end();\n    this.socket.resume();', '    this.socket.end();\n    this.socket.pause();'],
    [SP, "    if (end.reading !== 'ended') end.reading = 'discarding';", "    if (end.reading !== 'ended') end.reading = 'waiting';"]],
  'relay-dies-within-250-ms': ['CLOSE-08 RLY-05 RLY-06', 'relay', 'In Dying it waits for the end of the streams for 250 ms.',
    [MR, "Dying: { numeral: 244, phase: 'ending', timer: 'dying' },", "Dying: { numeral: 244, phase: 'ending', timer: 'refusalDelay' },"]],
  'reset-passed-on-as-reset': ['RLY-06', 'relay', 'When one of its two connections is reset, it resets the other.',
    [SP, importOfSockets, importToReset],
    [SP, "    this.#close(side);\n    this.#report(side, { event: 'lost', reason });", `    const to = this.#ends[other[side]];\n    const open = !to.closed;\n    this.#close(side);\n    if (open) setsockopt(to.fd, ${reset});\n    if (open) this.#close(other[side]);\n    this.#report(side, { event: 'lost', reason });\n    if (open) this.#report(other[side], { event: 'disconnected' });`]],
  'reset-passed-on-as-reset-at-first': ['RLY-06', 'relay', 'When one of its two connections is reset before the next node has answered, it resets the other.',
    [NR, "    if (this.state !== 'Dying') this.#broken(`${side}: ${reason", "    if (reason !== undefined && this.state === 'Forward') this.#machine.emit({ type: 'disconnect', side: other[side], abort: true });\n    if (this.state !== 'Dying') this.#broken(`${side}: ${reason"],
    [TC, '    if (abort) this.socket.destroy();', '    if (abort) this.socket.resetAndDestroy();']],
  'end-passed-on-as-reset-at-first': ['RLY-06', 'relay', 'When the stream of one peer ends before the next node has answered, it resets the connection of the other.',
    [NR, '    link.ended = true;\n', "    link.ended = true;\n    if (this.state === 'Forward') this.#machine.emit({ type: 'disconnect', side: other[side], abort: true });\n"],
    [TC, '    if (abort) this.socket.destroy();', '    if (abort) this.socket.resetAndDestroy();']],
  'end-passed-on-as-reset': ['RLY-06', 'relay', 'When the stream of one peer ends, it resets the connection of the other.',
    [SP, importOfSockets, importToReset],
    [SP, '    const { copy } = this.#ends[from];\n    copy.sending = true;', `    const { copy } = this.#ends[from];\n    if (copy.end === 'end of stream') {\n      setsockopt(fd, ${reset});\n      this.#close(other[from]);\n      this.#report(other[from], { event: 'disconnected' });\n      return;\n    }\n    copy.sending = true;`]],
  'who-sent-close-waits': ['RLY-05', 'relay', 'Having forwarded a CLOSE, it ends the stream to its sender only when it closes.',
    [NR, "      if (this.#links[side].open) this.#machine.emit({ type: 'finish', side });", "      if (this.#links[side].open && this.#machine.cause?.reason === `CLOSE from ${side}`) continue;\n      else if (this.#links[side].open) this.#machine.emit({ type: 'finish', side });"]],
});

export const relayTunnels: readonly Fault[] = [...passing, ...waiting, ...limits, ...ends];
