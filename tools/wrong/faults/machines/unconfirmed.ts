/** Sessions that are not confirmed yet, that give way to a newer one, or whose key is used up ([EP] fig. 12, 225). */
import { type Fault, ofSeveral } from '../../fault.ts';

const SN = 'reference/nodes/server.ts';
const CV = 'reference/nodes/conversation.ts';
const SV = 'reference/tunnel/server/server.ts';
const SA = 'reference/tunnel/server/server-adapter.ts';
const TB = 'reference/tunnel/server/table.ts';
const TR = 'reference/tunnel/server/traffic.ts';
const MS = 'reference/machines/server.ts';

// biome-ignore format: a table, one line for each change
export const unconfirmed: readonly Fault[] = ofSeveral({
  'confirmed-by-what-does-not-open': ['SRV-16 SRV-18', 'server', 'The first DATA frame confirms a session before it is opened.',
    [CV, "      this.#received = session.open(octets);\n      this.#machine.step('data');", "      this.#received = [];\n      this.#machine.step('data');\n      this.#received = session.open(octets);\n      this.#machine.step('data');"]],
  'first-datagram-before-confirmed': ['SRV-16 ADP-25', 'server', 'What the first DATA frame of a session carries is dropped: nobody has its source yet.',
    [MS, "['confirm', 'deliver']", "['deliver', 'confirm']"]],
  'confirmed-by-empty-frames-alone': ['SRV-16 SRV-17', 'server', 'DATA frames before the first empty one confirm nothing, and are dropped.',
    [CV, '  closeVerified = false;\n  readonly', '  closeVerified = false;\n  begun = false;\n  readonly'],
    [CV, "      this.#machine.step('data');", "      if (this.#received.length === 0) this.begun = true;\n      if (this.begun) this.#machine.step('data');"]],
  'replay-that-ends-takes-addresses': ['SRV-18 SRV-19 SRV-24', 'server', 'When a session that was never confirmed ends, the addresses of its name are nobody’s.',
    [SV, '    const name = tunnel.session?.name;', "    const name = tunnel.session?.name;\n    const twin = tunnel.confirmed ? undefined : this.#confirmed.get(name ?? '');\n    if (twin !== undefined) this.#adapter.remove(twin).catch(() => {});"]],
  'newer-by-request': ['SRV-18', 'server', 'Of two sessions of a name the one whose REQUEST came first is superseded, also when it is confirmed last.',
    [SV, '    const older = this.#confirmed.get(session.name);', "    const older = this.#confirmed.get(session.name);\n    if (older !== undefined && older.number > tunnel.number) {\n      queueMicrotask(() => tunnel.connection.input({ type: 'superseded' }));\n      return;\n    }"]],
  'supersedes-unconfirmed': ['SRV-18', 'server', 'A session that is confirmed ends those of its name that are not, too.',
    [SV, "    older?.connection.input({ type: 'superseded' });", "    older?.connection.input({ type: 'superseded' });\n    for (const other of this.#tunnels.open)\n      if (other !== tunnel && other !== older && other.session?.name === session.name) other.connection.input({ type: 'superseded' });"]],
  'stalled-before-authorized': ['SRV-14 FRAME-15', 'server', 'A RELAY or a REQUEST of which no octet comes for the time of a stalled frame is given up.',
    [MS, "'Receive Relay': { numeral: 219, phase: 'opening', timer: 'receiveRelay' }", "'Receive Relay': { numeral: 219, phase: 'opening', timer: 'receiveRelay', deadlines: ['stalledFrame'] }"],
    [MS, "'Connect Wait': { numeral: 221, phase: 'opening', timer: 'connectWait' }", "'Connect Wait': { numeral: 221, phase: 'opening', timer: 'connectWait', deadlines: ['stalledFrame'] }"],
    [CV, "    if (machine.phase !== 'authorized') return;\n", "    if (machine.phase === 'opening') {\n      if (this.#deframer.partial) machine.after(machine.timers.stalledFrame, 'stalledFrame');\n      else machine.deadlines.clear('stalledFrame');\n    }\n    if (machine.phase !== 'authorized') return;\n"],
    [CV, "this.#machine.end(integrityFailure('a frame never became whole'))", "this.#machine.end(phase === 'opening' ? { event: 'timeout', cause: bySelf(Status.timeout) } : integrityFailure('a frame never became whole'))"]],
  'stalled-once-confirmed': ['FRAME-15', 'server', 'A frame is not stalled before the session is confirmed.',
    [CV, 'if (this.#deframer.partial) machine.after(machine.timers.stalledFrame', 'if (this.#deframer.partial && machine.sends) machine.after(machine.timers.stalledFrame']],
  'silence-once-confirmed': ['DATA-14', 'server', 'Silence does not count before the session is confirmed.',
    [CV, "    this.#machine.after(this.#machine.timers.silence, 'silence');\n    this.#machine.after(session", '    this.#machine.after(session'],
    [CV, "    machine.after(machine.timers.silence, 'silence');\n    if (this.#deframer", "    if (machine.sends) machine.after(machine.timers.silence, 'silence');\n    if (this.#deframer"]],
  'arp-for-unconfirmed': ['ARP-11 SRV-16', 'server', 'The server’s adapter answers ARP for a client from RESPONSE on.',
    [SA, 'isClient: (address) => this.#four.hasClient(ipv4Octets(address))', 'isClient: (address) => this.told.has(address) || this.#four.hasClient(ipv4Octets(address))'],
    [SA, '  #stack: Stack | undefined;', '  #stack: Stack | undefined;\n  readonly told = new Set<string>();'],
    [SA, '    this.#switchboard.add(client, addresses);', '    this.told.delete(addresses.address);\n    this.#switchboard.add(client, addresses);'],
    [SV, '      tunnel.session = effect.session;', "      tunnel.session = effect.session;\n      this.#adapter.told.add(this.#policy.addressesOf(effect.session)?.address ?? '');"]],
  'superseded-takes-64': ['SRV-18 CD-10 ADP-28', 'server', 'When the older session of a name ends, the /64 of the newer one is nobody’s.',
    [TB, '  #networks: {', '  readonly numbers = new Map();\n  #networks: {'],
    [TB, '    if (number !== undefined) this.#clients.set(number, session);', '    if (number !== undefined) this.#clients.set(number, session);\n    this.numbers.set(session, number);'],
    [TB, 'if (holder === session) this.#clients', 'if (holder === session || (this.#lan.own.length === 16 && this.numbers.get(session) === number)) this.#clients']],
  'superseded-takes-traffic': ['PATH-15 PATH-16', 'server', 'When the older session of a name ends, a member of a group answers no more for the newer one.',
    [TR, '    if (holder?.tunnel !== tunnel) return;', '    if (holder === undefined) return;']],
  'announced-once': ['PATH-15', 'server', 'A member of a group announces an address once, and not again for a later session.',
    ['reference/linux/proxies/proxy-arp.ts', '    this.#socket.announce(', '    if (this.told.has(address)) return;\n    this.told.add(address);\n    this.#socket.announce('],
    ['reference/linux/proxies/proxy-arp.ts', '  readonly #socket: ProxySocket;', '  readonly #socket: ProxySocket;\n  readonly told = new Set<string>();']],
  'expiry-since-confirmed': ['SRV-20', 'server', 'The seconds of a key count from the first DATA frame of its session.',
    [SN, '  #ending = false;', '  #ending = false;\n  lasts = 0;'],
    [SN, '    const { expiryGrace } = this.#options.timers;', '    const { expiryGrace } = this.#options.timers;\n    this.lasts = 1_000 * lifetimes.seconds + expiryGrace;'],
    [SN, "    this.#machine.deadlines.clear('state');", "    this.#machine.deadlines.clear('state');\n    this.#machine.after(this.lasts, 'expiry');"]],
  'nothing-sent-in-grace': ['SRV-20', 'server', 'From the bound of a key on the server sends no datagram.',
    [SN, '  #ending = false;', '  #ending = false;\n  spent = false;'],
    [SN, "    else if (input.type === 'time')", "    else if (this.spent && input.type === 'datagrams') this.#machine.now = now;\n    else if (input.type === 'time')"],
    [SN, '    const { deadlines, now, timers } = this.#machine;', '    this.spent = true;\n    const { deadlines, now, timers } = this.#machine;']],
  'nothing-delivered-in-grace': ['SRV-20', 'server', 'From the bound of a key on what comes is not delivered.',
    [SN, '  #ending = false;', '  #ending = false;\n  spent = false;'],
    [SN, 'deliver: () => this.#conversation.deliver(),', 'deliver: () => this.spent || this.#conversation.deliver(),'],
    [SN, '    const { deadlines, now, timers } = this.#machine;', '    this.spent = true;\n    const { deadlines, now, timers } = this.#machine;']],
  'grace-of-0-is-60': ['SRV-20', 'server', 'An expiryGrace of 0 is taken for the default.',
    [SN, 'const { expiryGrace } = this.#options.timers;', 'const expiryGrace = this.#options.timers.expiryGrace || 60_000;']],
  'key-as-long-as-asked': ['SRV-20 RESP-11', 'server', 'A key is used for as long as REQUEST asked, though RESPONSE granted less.',
    [SN, '  #ending = false;', '  #ending = false;\n  asked = undefined;'],
    [SN, '      const asked = {', '      this.asked = lifetimes;\n      const asked = {'],
    [SN, "role: 'server', secrets, transform, lifetimes, percent", "role: 'server', secrets, transform, lifetimes: this.asked, percent"]],
  'key-of-one-frame-less': ['SRV-20', 'server', 'A key is used up one frame before its bound.',
    ['reference/nodes/session.ts', 'return sent.frames >= frames || received.frames >= frames ||', 'return sent.frames >= frames - 1 || received.frames >= frames - 1 ||']],
});
