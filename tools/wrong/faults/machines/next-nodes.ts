/** Relays that are wrong about the next node, its addresses and its group, or about what ends with a tunnel ([EP] fig. 13). */
import { type Fault, ofSeveral } from '../../fault.ts';

const RL = 'reference/tunnel/relay/relay.ts';
const NR = 'reference/nodes/relay.ts';
const FW = 'reference/tunnel/relay/forwarding.ts';
const GR = 'reference/tunnel/names/group.ts';
const RS = 'reference/tunnel/names/resolver.ts';
const CN = 'reference/tunnel/connection.ts';
const AD = 'reference/tunnel/admission.ts';
const SP = 'reference/tunnel/relay/forward/splice.ts';
const OC = 'reference/tunnel/relay/forward/one-way-copy.ts';
const FL = 'reference/nodes/flow.ts';

// biome-ignore format: a table, one line for each change
export const nextNodes: readonly Fault[] = ofSeveral({
  'held-for-the-first-address': ['RLY-10 PATH-08 PATH-12', 'relay', 'What came behind RELAY goes to the first address that it tries: where another accepts, RELAY alone comes there.',
    [GR, 'const untried = [...members];', 'globalThis.failedOnce = false;\n    const untried = [...members];'],
    [GR, 'failure = error;', 'failure = error;\n          globalThis.failedOnce = true;'],
    [NR, 'for (const octets of this.#held) this', 'for (const octets of globalThis.failedOnce ? [] : this.#held) this']],
  'time-to-connect-goes-on': ['RLY-18 RLY-09', 'relay', 'The timer of `forwardConnect` is not stopped when the next node accepts: it ends the tunnel.',
    [RL, 'release = opened.release;', "release = opened.release;\n          setTimeout(() => connection.input({ type: 'command', command: 'end session' }), this.#config.timers.forwardConnect);"]],
  'own-port-is-the-default': ['FRAME-02', 'relay', 'A next node whose name says no port is reached at the port that it listens on itself.',
    [GR, 'port: port ?? defaultPort, priority', 'port: port ?? globalThis.ownPort ?? defaultPort, priority'],
    [RL, "listener({ event: 'ready', role: 'relay', port: this.#port });", "globalThis.ownPort = this.#port;\n    listener({ event: 'ready', role: 'relay', port: this.#port });"]],
  'ports-are-a-range': ['PATH-02', 'relay', 'It takes the ports of an entry of its list for a range from the first to the last.',
    [FW, 'ports.includes(port)', 'ports[0]! <= port && port <= ports.at(-1)!']],
  'own-address-inside-ipv6-unknown': ['PATH-09', 'relay', 'It does not know its own IPv4 address inside IPv6.',
    [RL, 'port === this.#port && isOwnAddress(address)', "port === this.#port && !address.startsWith('::ffff:') && isOwnAddress(address)"]],
  'ports-above-32767-are-negative': ['FRAME-16', 'relay', 'A next node whose port is above 32,767 is unreachable.',
    [GR, '  const mayBeGroup = last', "  if ((port ?? 0) > 0x7fff) throw new Error('a negative port');\n  const mayBeGroup = last"]],
  'failed-attempts-count-as-open': ['PATH-11', 'relay', 'An attempt that failed counts for ever as a connection of its member.',
    [GR, '      release();\n      signal.throwIfAborted();', '      signal.throwIfAborted();']],
  'given-up-attempts-count-as-open': ['PATH-11', 'relay', 'An attempt during which the initiator went away counts for ever as a connection of its member.',
    [GR, '      release();\n      signal.throwIfAborted();', '      signal.throwIfAborted();\n      release();']],
  'members-of-each-name': ['PATH-11 PATH-12', 'relay', 'A member of two groups is counted for each of them alone.',
    [GR, 'return { ...member, endpoints: endpoints.filter(', 'return { ...member, group: host, endpoints: endpoints.filter('],
    [GR, 'const key = ({ host, port }: GroupMember): string => `${host}:${port}`;', 'const key = ({ host, port, group }: GroupMember): string => `${group} ${host}:${port}`;']],
  'broken-tunnel-rests-its-member': ['PATH-11 PATH-12', 'relay', 'A member whose tunnel broke comes last for 30 s, though it accepts.',
    [GR, 'return { connection, release };', 'return { connection, release: (broken) => { release(); if (broken) this.#fail(member); } };'],
    [RL, '            release();\n', "            release(effect.cause.by === 'network');\n"]],
  'eight-members-at-most': ['PATH-12 PATH-11', 'relay', 'Of a group it knows the first eight members.',
    [RS, 'return groupOf(host, records);', 'return groupOf(host, records.slice(0, 8));']],
  'one-connects-at-a-time': ['RLY-02 RLY-09 PATH-08', 'relay', 'It connects for one initiator at a time: who waits for a silent next node holds up all others.',
    [RL, 'const opened = await this.#forwarding.open(next, group, connect, signal);', 'const turn = globalThis.turn ?? Promise.resolve();\n          const opening = turn.then(() => this.#forwarding.open(next, group, connect, signal));\n          globalThis.turn = opening.catch(() => {});\n          const opened = await opening;']],
  'closed-tunnels-keep-their-place': ['RLY-13', 'relay', 'A tunnel that ended by a CLOSE keeps its place among all connections.',
    [RL, '    admitted?.release();\n', "    if (reason.startsWith('CLOSE from')) admitted?.reached('fresh');\n    else admitted?.release();\n"]],
  'half-open-is-no-connection': ['RLY-13', 'relay', 'What the next node has not answered yet does not count among all connections.',
    [AD, '    this.#all.add(entry.name);\n', ''],
    [AD, "    entry.state = 'open';\n", "    entry.state = 'open';\n    this.#all.add(entry.name);\n"]],
  'onward-connection-of-what-gives-way': ['RLY-23 RLY-22', 'relay', 'When a connection gives way, the one to its next node stays for 2 s.',
    [NR, "    this.#disconnecting = true;\n    this.#machine.emit({ type: 'disconnect', side: 'downstream', abort: true });\n", '    this.#disconnecting = true;\n']],
  'connects-for-who-has-gone': ['RLY-06', 'relay', 'Where the initiator goes away while it connects, the connection to the next node comes about and stays.',
    [CN, '      this.#opening.abort();\n', ''],
    [NR, "} else this.#machine.emit({ type: 'disconnect', side: 'downstream', abort: true });", '}']],
  'one-tunnel-for-each-relay-frame': ['RLY-02 RELAY-14 RLY-04', 'relay', 'A RELAY frame that is that of a tunnel which stands is taken for a loop: it answers *not on path*.',
    [NR, "    this.#relay = { octets: octets.slice(), path, position };", "    const text = octets.toHex();\n    globalThis.standing ??= new Set();\n    if (globalThis.standing.has(text)) return this.#refuse('relay refused', Status.notOnPath);\n    globalThis.standing.add(text);\n    this.#relay = { octets: octets.slice(), path, position };"],
    [NR, '      this.#options.ending?.();', '      globalThis.standing?.delete(this.#relay.octets.toHex());\n      this.#options.ending?.();']],
  'not-read-again-once-blocked': ['RLY-03', 'relay', 'Who was not read from because the other side took nothing is never read from again.',
    [SP, "const reads = end.reading === 'discarding' || (end.reading === 'passing' && !end.copy.blocked);", "end.stuck ||= end.copy.blocked;\n      const reads = end.reading === 'discarding' || (end.reading === 'passing' && !end.stuck);"]],
  'rest-of-a-write-lost': ['RLY-03', 'relay', 'What a peer took in part counts as passed.',
    [OC, 'if (count < part.length) this.#unsent.push(part.slice(count));', 'if (count === 0) this.#unsent.push(part.slice());']],
  'frame-starts-in-one-place': ['RLY-03 FRAME-05 RLY-06', 'relay', 'The first octets of frames that come in pieces are put together in one place, whichever connection they are of.',
    [FL, 'export class Flow {', 'const shared = new Uint8Array(frameStartLength);\n\nexport class Flow {'],
    [FL, 'readonly #start = new Uint8Array(frameStartLength);', 'readonly #start = shared;']],
});
