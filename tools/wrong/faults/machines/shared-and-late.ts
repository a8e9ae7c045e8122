/** Tunnel servers whose sessions share what they must not share, or do the second of two things first ([EP] fig. 12). */
import { type Fault, ofSeveral } from '../../fault.ts';

const PO = 'reference/tunnel/server/policy.ts';
const PL = 'reference/tunnel/server/pool.ts';
const SV = 'reference/tunnel/server/server.ts';
const AD = 'reference/tunnel/admission.ts';
const CV = 'reference/nodes/conversation.ts';
const RM = 'reference/nodes/running-machine.ts';
const SS = 'reference/nodes/session.ts';
const TF = 'reference/tunnel/server/traffic.ts';

// biome-ignore format: a table, one line for each change
export const sharedAndLate: readonly Fault[] = ofSeveral({
  'status-of-the-latest': ['SRV-06 SRV-08 SRV-24', 'server', 'All connections share the status of the CLOSE that comes next: a refusal that is delayed gets that of a later one.',
    [RM, '  status: number = Status.endSession;', '  get status() { return globalThis.status ?? Status.endSession; }\n  set status(status) { globalThis.status = status; }']],
  'stalled-between-frames-too': ['FRAME-15', 'client server', 'The time of a stalled frame goes on where a segment ends one frame and begins the next.',
    [CV, '    let frame: RawFrame | undefined;\n    this.#deframer.push(octets);', '    let frame: RawFrame | undefined;\n    let whole = false;\n    this.#deframer.push(octets);'],
    [CV, '        if (frame === undefined) break;\n', '        if (frame === undefined) break;\n        whole = true;\n'],
    [CV, "if (this.#deframer.partial) machine.after(", "if (this.#deframer.partial && whole && machine.deadlines.get('stalledFrame') !== undefined) return;\n    if (this.#deframer.partial) machine.after("]],
  'timers-in-whole-seconds': ['DATA-13 DATA-14 FRAME-15 SRV-14', 'server', 'Timers but that of refusals are rounded up to whole seconds.',
    [RM, 'this.deadlines.set(name, this.now + milliseconds)', "this.deadlines.set(name, this.now + (name === 'refusal' ? milliseconds : Math.ceil(milliseconds / 1000) * 1000))"],
    [RM, "this.now + this.timers[timer]", 'this.now + Math.ceil(this.timers[timer] / 1000) * 1000']],
  'address-free-when-its-name-leaves': ['SRV-19 CD-10', 'server', 'An address of the pool is free again when the session of its name has ended.',
    [PO, 'connected.unconfirmed = take(', 'connected.name = entry.name;\n    connected.unconfirmed = take('],
    [PO, '    this.ending(peer);\n', '    const gone = this.#peers.get(peer)?.name;\n    if (gone !== undefined && ![...this.#peers].some(([one, { name }]) => one !== peer && name === gone)) this.#pool.held.delete(gone);\n    this.ending(peer);\n'],
    [PL, '  readonly #own: number;', '  readonly #own: number;\n  readonly held = new Map<string, number>();'],
    [PL, 'this.#numberOf = (name) => numbers.get(name);', 'this.#numberOf = (name) => {\n        let one = this.held.get(name) ?? this.#first;\n        while (!this.held.has(name) && one <= this.#last && (!this.#isFree(one) || [...this.held.values()].includes(one))) one += 1;\n        if (one > this.#last) return undefined;\n        this.held.set(name, one);\n        return one;\n      };']],
  'superseded-a-moment-later': ['SRV-18', 'server', 'An older session is superseded 100 ms after the newer one is confirmed, unless that has ended by then.',
    [SV, "older?.connection.input({ type: 'superseded' });", "setTimeout(() => this.#confirmed.get(session.name) === tunnel && older?.connection.input({ type: 'superseded' }), 100);"]],
  'name-that-is-dying-refused': ['SRV-04 SRV-18', 'server', 'As long as a connection of a name is in Dying, no REQUEST of that name has a place.',
    [PO, 'const connected = this.#peers.get(peer);\n    const take', 'const connected = this.#peers.get(peer);\n    if ([...this.#peers.values()].some(({ name, over }) => over && name === entry.name)) return refusal(\'resource limit\');\n    const take'],
    [PO, 'connected.unconfirmed = take(', 'connected.name = entry.name;\n    connected.unconfirmed = take('],
    [PO, "connected?.admitted.reached('ending');", "connected?.admitted.reached('ending');\n    if (connected) connected.over = true;"]],
  'known-by-its-ipv6-address': ['SRV-31', 'server', 'In IPv6 it keeps in mind the address from which a session was confirmed, and not its /64.',
    [AD, 'readonly giveWay: () => void;\n}\n\n/** Sources', 'readonly giveWay: () => void;\n  readonly exact: string;\n}\n\n/** Sources'],
    [AD, "state: 'half-open', giveWay };", "state: 'half-open', giveWay, exact: address };"],
    [AD, 'this.#trust(entry.name)', 'this.#trust(address)'],
    [AD, "const isTrusted = ({ name, stage }: Entry): boolean => stage !== 'ending' && this.#trusted.has(name);", "const isTrusted = ({ exact, stage }: Entry): boolean => stage !== 'ending' && this.#trusted.has(exact);"]],
  'own-keep-alives-uncounted': ['SRV-20 INI-09', 'client server', 'Empty DATA frames that it sends do not count towards the bound of frames.',
    [SS, '  readonly #dataOptions: number;\n', '  readonly #dataOptions: number;\n  empties = 0;\n'],
    [SS, 'const [datagram = empty, ...others] = datagrams;', 'const [datagram = empty, ...others] = datagrams;\n    if (datagrams.length === 0) this.empties += 1;'],
    [SS, 'return sent.frames >= frames', 'return sent.frames - this.empties >= frames']],
  'hook-of-an-older-session': ['ADP-25 PATH-14', 'server', 'When the older session of a name ends, the hook takes back what it has announced for the newer one.',
    [TF, '    if (holder?.tunnel !== tunnel) return;\n', "    if (holder === undefined) return;\n    if (holder.tunnel !== tunnel) {\n      this.#runHook('remove', holder.addresses, holder.name);\n      return;\n    }\n"]],
  'all-full-with-one': ['ADP-32', 'server', 'While one of several tunnels is full, what is for the others is dropped, too.',
    [SV, 'isFull: ({ connection }) => connection.full', 'isFull: () => [...this.#tunnels.open].some(({ connection }) => connection.full)']],
});
