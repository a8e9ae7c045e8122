/** Servers and relays that know newcomers, keys, names and members wrongly: who has a share, who rests, who is put off. */
import { type Fault, ofSeveral } from '../../fault.ts';

const AD = 'reference/tunnel/admission.ts';
const UC = 'reference/tunnel/server/unconfirmed.ts';
const PO = 'reference/tunnel/server/policy.ts';
const SV = 'reference/tunnel/server/server.ts';
const SN = 'reference/nodes/server.ts';
const CV = 'reference/nodes/conversation.ts';
const SO = 'reference/tunnel/sources.ts';
const SE = 'reference/nodes/session.ts';
const CN = 'reference/tunnel/connection.ts';
const FW = 'reference/tunnel/relay/forwarding.ts';
const RL = 'reference/tunnel/relay/relay.ts';
const GR = 'reference/tunnel/names/group.ts';
const RE = 'reference/wire/relay.ts';

const older = "    older?.connection.input({ type: 'superseded' });";
const olderWhere = (condition: string): string =>
  `    if (${condition}) older?.connection.input({ type: 'superseded' });`;
const tooMany =
  "    if (!this.#options.authority.opening(this.peer)) this.#refuse('resource limit', Status.resourceLimit);";
const named =
  "      if (name === undefined || tunnel.session?.name === name)\n        tunnel.connection.input({ type: 'command', command: 'end session' });";
const known = "    if (entry === undefined) return refusal('not authorized');";

// biome-ignore format: a table, one line for each change
const late: readonly Fault[] = ofSeveral({
  'refusal-delay-of-0-the-default': ['SRV-07', 'server', 'A refusalDelay of 0 is taken for the default.',
    [SN, "'delay CLOSE': () => this.#machine.after(options.timers.refusalDelay, 'refusal'),", "'delay CLOSE': () => this.#machine.after(options.timers.refusalDelay || 250, 'refusal'),"]],
}).map((fault) => ({ ...fault, equivalent: 'A right server may be later than refusalDelay by as much.' }));

// biome-ignore format: a table, one line for each change
const found = ofSeveral({
  'share-of-known-sources-one-short': ['SRV-31', 'server', 'Connections from sources that it knows give way once there are as many as a quarter of `halfOpen`.',
    [AD, '> this.#limits.halfOpen * share', '>= this.#limits.halfOpen * share']],
  'known-sources-never-give-way': ['SRV-31 SRV-27 SRV-28', 'server', 'However many connections come from sources that it knows, none of them gives way to a stranger.',
    [AD, '    if ([...this.#passing].filter(isTrusted).length > this.#limits.halfOpen * share) return inScope;\n', '']],
  'share-of-known-sources-half': ['SRV-31 SRV-28', 'server', 'Connections from sources that it knows keep half of `halfOpen`.',
    [AD, 'const share = 1 / 4;', 'const share = 1 / 2;']],
  'known-by-request': ['SRV-31 SRV-28', 'server', 'A source is known once RESPONSE was sent there: a replay is enough.',
    [PO, "    connected.admitted.reached(connected.unconfirmed.fresh ? 'fresh' : 'stale');", "    connected.admitted.reached(connected.unconfirmed.fresh ? 'fresh' : 'stale');\n    connected.admitted.trusted();"]],
  'known-sources-keep-what-is-refused': ['SRV-31 SRV-28', 'server', 'What was refused, or is over, does not give way to strangers where it is from a source that it knows.',
    [AD, "stage !== 'ending' && this.#trusted.has(name)", 'this.#trusted.has(name)']],
  'known-source-refused-at-its-own-limit': ['SRV-27 SRV-31', 'server', 'Where a source that it knows has all its places, none of its connections gives way: the newcomer from there is refused.',
    [AD, 'this.#displace((entry) => fromThere(entry) && isHalfOpen(entry), yieldingToOwn)', 'this.#displace(this.#unlessKept((entry) => fromThere(entry) && isHalfOpen(entry)), yieldingToOwn)']],
  'one-known-source': ['SRV-31', 'server', 'Of the sources from which sessions were confirmed it knows the last one.',
    [AD, 'const trustedAtMost = 4_096;', 'const trustedAtMost = 1;']],
  'ipv4-inside-ipv6-one-source': ['SRV-27 RLY-22', 'server relay', 'Where it listens in both families, all IPv4 addresses are one source.',
    [SO, "const mapped = '00000000000000000000ffff';", "const mapped = 'none';"]],
  'fullest-block-by-all': ['SRV-29', 'server', 'The block with the most half-open connections gives way, also where those of another block that are not whole are more.',
    [AD, 'if (block.length > fullest.length) fullest = block;', '{\n        const size = (of) => entries.filter((entry) => entry.block === of[0]?.block).length;\n        if (size(block) > size(fullest)) fullest = block;\n      }']],
  'newcomer-refused-after-relay': ['SRV-30', 'server', 'A newcomer for whom there is no place is refused once its RELAY has come.',
    [SN, tooMany, '    this.tooMany = !this.#options.authority.opening(this.peer);'],
    [SN, "    if (type === 'RELAY' && this.state === 'Receive Relay') this.#receiveRelay(octets);", "    if (this.tooMany) this.#refuse('resource limit', Status.resourceLimit);\n    else if (type === 'RELAY' && this.state === 'Receive Relay') this.#receiveRelay(octets);"]],
  'fresh-displaces-a-stale-one-though-there-are-places': ['SRV-25 SRV-26', 'server', 'A fresh REQUEST displaces a stale one of its key also where `halfOpenPerKey` is not reached.',
    [UC, 'const last = full ?', 'const last = full || (fresh && [...sessions].some((one) => !one.fresh)) ?']],
  'first-request-without-freshness-fresh': ['SRV-26', 'server', 'A first REQUEST of a key without freshness is fresh, so that a second one has the place of what is stale.',
    [UC, '?? { greatest: -1n,', '?? { greatest: -2n,']],
  'superseded-from-its-own-source-alone': ['SRV-18', 'server', 'A session is superseded by one that comes from the same address alone: who has moved leaves the older one behind.',
    [SV, older, olderWhere('older?.node.peer.source === tunnel.node.peer.source')]],
  'superseded-by-the-same-suite-alone': ['SRV-18', 'server', 'A session is superseded by one of the same suite alone.',
    [SV, older, olderWhere('older?.session?.suite === session.suite')]],
  'superseded-by-the-same-transform-alone': ['SRV-18', 'server', 'A session is superseded by one of the same transform alone.',
    [SV, older, olderWhere('older?.session?.transform === session.transform')]],
  'superseded-on-the-same-path-alone': ['SRV-18', 'server', 'A session is superseded by one that came on the same path alone: not by one through a relay.',
    [SV, older, olderWhere('older?.session?.path.join() === session.path.join()')]],
  'end-session-of-nobody-ends-all': ['SRV-10', 'server', 'End Session of a name that has no session ends those of all.',
    [SV, '    for (const tunnel of this.#tunnels.open)\n', '    const there = [...this.#tunnels.open].some((tunnel) => tunnel.session?.name === name);\n    for (const tunnel of this.#tunnels.open)\n'],
    [SV, named, named.replace('name === undefined ||', 'name === undefined || !there ||')]],
  'ended-name-refused-for-a-while': ['SRV-04 SRV-10', 'server', 'For 10 s after the operator has ended the session of a name, it is not authorised.',
    [SV, named, named.replace('        tunnel', '        globalThis.endedAt = { ...globalThis.endedAt, [tunnel.session?.name]: Date.now() },\n        tunnel')],
    [PO, known, `${known}\n    if (Date.now() - (globalThis.endedAt?.[entry.name] ?? 0) < 10_000) return refusal('not authorized');`]],
  'third-session-of-a-name-refused-for-a-while': ['SRV-18 SRV-04', 'server', 'For 10 s after a session was superseded, its name is not authorised: two devices with one name are to calm down.',
    [SV, older, `    if (older !== undefined) globalThis.supersededAt = { ...globalThis.supersededAt, [session.name]: Date.now() };\n${older}`],
    [PO, known, `${known}\n    if (Date.now() - (globalThis.supersededAt?.[entry.name] ?? 0) < 10_000) return refusal('not authorized');`]],
  'source-of-refusals-locked-out': ['SRV-04 SRV-24', 'server', 'For 10 s after five REQUESTs from a source were refused, none from there is authorised: who shares a relay with a stranger stays out.',
    [PO, known, "    const lock = (globalThis.locks ??= {});\n    const ofSource = (lock[peer.source] ??= { refused: 0, until: 0 });\n    if (entry === undefined && ++ofSource.refused >= 5) ofSource.until = Date.now() + 10_000;\n    if (entry === undefined || Date.now() < ofSource.until) return refusal('not authorized');"]],
  'name-of-refusals-locked-out': ['SRV-04 SRV-24 HS-08', 'server', 'For 10 s after five REQUESTs with a name and a wrong key, the name is not authorised with its own key either.',
    [PO, known, "    const ofName = ((globalThis.locks ??= {})[request.initiatorName] ??= { refused: 0, until: 0 });\n    if (entry === undefined && ++ofName.refused >= 5) ofName.until = Date.now() + 10_000;\n    if (entry === undefined || Date.now() < ofName.until) return refusal('not authorized');"]],
  'source-of-integrity-failures-locked-out': ['SRV-04 SRV-24', 'server', 'For 10 s after an integrity failure in a session from a source, none from there is authorised.',
    [SN, '    this.#ending = true;', "    this.#ending = true;\n    if (this.#machine.cause?.status === Status.integrityFailure)\n      globalThis.failedAt = { ...globalThis.failedAt, [this.peer.source]: Date.now() };"],
    [PO, known, `${known}\n    if (Date.now() - (globalThis.failedAt?.[peer.source] ?? 0) < 10_000) return refusal('not authorized');`]],
  'unconfirmed-never-stalled': ['FRAME-15', 'server', 'Before a session is confirmed, a frame that never becomes whole is no integrity failure: the time for confirmation runs out.',
    [CV, "    if (this.#deframer.partial) machine.after(machine.timers.stalledFrame, 'stalledFrame');", "    if (this.#deframer.partial && machine.sends) machine.after(machine.timers.stalledFrame, 'stalledFrame');"]],
  'silence-from-the-last-whole-frame': ['DATA-14', 'server', 'Silence counts from the last frame that was whole, not from the last octet.',
    [CV, "    machine.after(machine.timers.silence, 'silence');\n    if (this.#deframer.partial)", "    if (!this.#deframer.partial) machine.after(machine.timers.silence, 'silence');\n    if (this.#deframer.partial)"]],
  'other-node-twice-refused': ['RELAY-09 RELAY-02', 'server relay', 'It answers *not on path* where another node of the path is there twice.',
    [RE, '  const hosts = new Set(own.map(hostOf));', '  if (new Set(path.map(hostOf)).size < path.length) return undefined;\n  const hosts = new Set(own.map(hostOf));']],
  'name-without-port-allowed-by-its-name': ['PATH-02', 'relay', 'A name without a port is allowed if it stands in the list with any port.',
    [FW, 'entries.some(({ ports }) => ports.includes(port))', "!name.includes(':') || entries.some(({ ports }) => ports.includes(port))"]],
  'failed-node-refused-for-30-s': ['RLY-02 PATH-06', 'relay', 'A next node that did not accept, and has no other member beside it, is not connected to for 30 s.',
    [GR, '    let failure: unknown;\n', "    let failure: unknown;\n    if (members.length === 1 && this.#rests(members[0])) throw new Error('it has failed lately');\n"]],
  'timed-out-member-does-not-rest': ['PATH-12', 'relay', 'A member that refuses comes last for 30 s, and one that does not answer does not.',
    [GR, '      this.#fail(member);', "      if (failure?.name !== 'TimeoutError') this.#fail(member);"]],
  'priorities-as-text': ['PATH-11', 'relay', 'Priorities are compared as text: 10 comes before 9.',
    [GR, 'one.priority - other.priority ||', '(String(one.priority) < String(other.priority) ? -1 : String(one.priority) > String(other.priority) ? 1 : 0) ||']],
  'priority-of-0-missing': ['PATH-11 PATH-12', 'relay', 'A priority of 0 counts as none, which comes last.',
    [GR, 'one.priority - other.priority ||', '(one.priority || 65_536) - (other.priority || 65_536) ||']],
  'tcp-asks-the-next-node-alone': ['RLY-27', 'relay', 'TCP asks the next node whether it is still there, and not the node before.',
    [CN, "    this.input({ type: 'tcp accepted' });", "    socket.setKeepAlive(false);\n    this.input({ type: 'tcp accepted' });"]],
  'tcp-asks-the-node-before-alone': ['RLY-27', 'relay', 'TCP asks the node before whether it is still there, and not the next one.',
    [CN, "        this.input({ type: 'tcp established' });", "        socket.setKeepAlive(false);\n        this.input({ type: 'tcp established' });"]],
  'source-of-failures-locked-out': ['RLY-02 RLY-07', 'relay', 'For 10 s after three next nodes of a source were unreachable, it connects to none for that source.',
    [RL, 'await this.#forwarding.open(next, group, connect, signal);', "await this.#forwarding.open(next, group, connect, signal).catch((error) => {\n            const failed = (globalThis.failed ??= {});\n            failed[source] = (failed[source] ?? 0) + 1;\n            if (failed[source] >= 3) globalThis.lockedUntil = { ...globalThis.lockedUntil, [source]: Date.now() + 10_000 };\n            throw error;\n          });"],
    [RL, "          admitted?.reached('forwarded');\n", "          admitted?.reached('forwarded');\n          if (Date.now() < (globalThis.lockedUntil?.[source] ?? 0)) throw new Error('locked out');\n"]],
  'addresses-need-no-entry': ['PATH-02', 'relay', 'A next node whose name is an IPv4 address needs no entry in the list.',
    [FW, '    if (entries.length === 0)', "    const literal = /^[0-9.]+$/.test(host);\n    if (entries.length === 0 && !literal)"],
    [FW, 'entries.some(({ ports }) => ports.includes(port))', 'literal || entries.some(({ ports }) => ports.includes(port))']],
  'keep-alives-do-not-use-up-keys': ['SRV-20 KEY-02', 'server', 'Empty DATA frames that come do not count towards the bound of frames.',
    [SE, '    return this.#opener.openAll(frame);', '    const datagrams = this.#opener.openAll(frame);\n    if (datagrams.length === 0) this.empty = (this.empty ?? 0) + 1;\n    return datagrams;'],
    [SE, 'received.frames >= frames ||', 'received.frames - (this.empty ?? 0) >= frames ||']],
  'options-of-any-session-taken': ['DATA-06', 'server', 'It takes bundles and flags from whom it did not negotiate them with, once it has with somebody.',
    [SE, 'createOpener(transform, this.#peer, { counter: this.#received, dataOptions })', 'createOpener(transform, this.#peer, { counter: this.#received, dataOptions: (globalThis.negotiated = (globalThis.negotiated ?? 0) | dataOptions) })']],
});

export const sharesAndTurns: readonly Fault[] = [...late, ...found];
