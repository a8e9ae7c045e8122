/** Servers whose timers, frames and counters go wrong at a turn: a first frame, a hand-over to the thread, an end. */
import { type Fault, ofSeveral } from '../../fault.ts';

const SN = 'reference/nodes/server.ts';
const CV = 'reference/nodes/conversation.ts';
const DP = 'reference/tunnel/data-path.ts';
const IN = 'reference/datapath/inward.ts';
const TH = 'reference/datapath/thread.ts';
const OF = 'reference/packets/offload.ts';
const VH = 'reference/adapter/virtio-header.ts';
const TP = 'reference/adapter/transmit-path.ts';
const I6 = 'reference/wire/ipv6-settings.ts';
const NS = 'reference/wire/network-settings.ts';
const CN = 'reference/tunnel/connection.ts';

const closed = "      this.#machine.emit({ type: 'disconnect', abort: false });\n";
const sent = 'state.sent.begin(sent.iv, sent.frames, sent.octets);';
const received = 'state.received.begin(received.iv, received.frames, received.octets);';

// biome-ignore format: a table, one line for each change
const unnoticed: readonly Fault[] = ofSeveral({
  'adapter-removed-while-lent-unnoticed': ['ADP-42', 'server', 'It does not notice that its adapter was removed while the thread has it.',
    [TH, "    this.#process.report({ report: 'adapter failed' });\n", '']],
}).map((fault) => ({
  ...fault,
  equivalent: 'At the next keep-alive at the latest its process has the tunnel again, and finds the adapter gone: no time is set.',
}));

// biome-ignore format: a table, one line for each change
const atTurns = ofSeveral({
  'first-frame-no-bundle': ['BUN-01 SRV-16', 'server', 'A first DATA frame that is a bundle is an integrity failure.',
    [CV, '      this.#received = session.open(octets);', "      this.#received = session.open(octets);\n      if (!this.#machine.sends && this.#received.length > 1) throw new IntegrityFailure('DATA: a first bundle');"]],
  'first-frame-with-offload-unconfirmed': ['SRV-16 OFF-01', 'server', 'A first DATA frame whose datagram lacks something is passed over, and confirms nothing.',
    [CV, "      this.#machine.step('data');", "      if (this.#machine.sends || session.offload === undefined) this.#machine.step('data');"]],
  'behind-request-lost': ['FRAME-05 SRV-13', 'server', 'Octets that come behind a REQUEST in one segment are thrown away once it is authorised.',
    [CV, '        else this.#owner.opening(frame);', "        else {\n          this.#owner.opening(frame);\n          if (this.#machine.phase === 'authorized') this.#deframer = new Deframer();\n        }"]],
  'server-thread-judges-whole-frames-alone': ['FRAME-06 FRAME-09 FRAME-08', 'server', 'The thread waits for 32 octets of a frame before it judges its first ones.',
    [IN, "    return this.#mayBeData() ? 'goes on' : 'give back';\n", "    return 'goes on';\n"]],
  'refusals-share-one-timer': ['SRV-07', 'server', 'A refusal leaves together with one that is delayed already.',
    [SN, "'delay CLOSE': () => this.#machine.after(options.timers.refusalDelay, 'refusal'),", "'delay CLOSE': () => {\n        const { now } = this.#machine;\n        if (shared.at < now) shared.at = now + options.timers.refusalDelay;\n        this.#machine.after(shared.at - now, 'refusal');\n      },"],
    [SN, 'const refusals: ', 'const shared = { at: 0 };\nconst refusals: ']],
  'closed-at-once-at-the-end': ['CLOSE-08 SRV-11', 'server', 'At the end of the program it closes as soon as CLOSE is sent: what still comes is answered with RST.',
    [SN, "    else if (input.command !== 'connect') this.#conversation.end(input.command);", `    else if (input.command !== 'connect') this.#conversation.end(input.command);\n    if (input.type === 'command' && input.command === 'shut down' && this.state === 'Dying')\n${closed}`]],
  'superseded-closed-at-once': ['CLOSE-08 SRV-18', 'server', 'What is superseded is closed as soon as CLOSE is sent: what still comes is answered with RST.',
    [SN, "    else if (input.type === 'superseded') this.#refuse('superseded', Status.superseded);", `    else if (input.type === 'superseded') {\n      this.#refuse('superseded', Status.superseded);\n${closed}    }`]],
  'expired-closed-at-once': ['CLOSE-08 SRV-20', 'server', 'Where a key has expired, it closes as soon as CLOSE is sent: what still comes is answered with RST.',
    [SN, "    if (deadline === 'expiry') this.#refuse('key expired', Status.keyExpired);", `    if (deadline === 'expiry') {\n      this.#refuse('key expired', Status.keyExpired);\n${closed}    }`]],
  'unconfirmed-closed-at-once': ['CLOSE-08 SRV-17', 'server', 'What is not confirmed in time is closed as soon as CLOSE is sent: what still comes is answered with RST.',
    [SN, "    } else if (deadline !== 'backOff') this.#conversation.due(deadline);", `    } else if (deadline !== 'backOff') {\n      const waited = this.#unconfirmed !== undefined && deadline === 'state' && this.state === 'Authorized';\n      this.#conversation.due(deadline);\n      if (waited) this.#machine.emit({ type: 'disconnect', abort: false });\n    }`]],
  'received-counter-of-8-bits-at-hand-over': ['KEY-02 DATA-07', 'server', 'The thread gets the low 8 bits of the number of DATA frames that came.',
    [DP, received, received.replace('received.frames', 'received.frames % 256')]],
  'sent-counter-of-16-bits-at-hand-over': ['KEY-02', 'server', 'The thread gets the low 16 bits of the number of DATA frames that were sent.',
    [DP, sent, sent.replace('sent.frames', 'sent.frames % 65_536')]],
  'octets-forgotten-at-hand-over': ['SRV-20', 'server', 'Each time that the thread gets a tunnel it counts the octets of its key from 0.',
    [DP, sent, sent.replace('sent.octets', '0')],
    [DP, received, received.replace('received.octets', '0')]],
  'sequence-number-stops-at-the-top': ['OFF-05', 'server', 'Segments beyond sequence number 2^32 have the number 2^32 - 1.',
    [OF, 'view.setUint32(tcp + TCP_SEQUENCE, whole.getUint32(tcp + TCP_SEQUENCE) + from - headers);', 'view.setUint32(tcp + TCP_SEQUENCE, Math.min(0xffff_ffff, whole.getUint32(tcp + TCP_SEQUENCE) + from - headers));']],
  'identification-stops-at-the-top': ['OFF-05', 'server', 'Segments beyond identification 65,535 have the identification 65,535.',
    [OF, 'view.setUint16(4, view.getUint16(4) + index);', 'view.setUint16(4, Math.min(0xffff, view.getUint16(4) + index));']],
  'ipv6-segments-told-as-ipv4': ['OFF-01', 'server', 'The local stack is told to cut IPv6 as if it was IPv4.',
    [VH, '(datagram[0]! >> 4 === 6 ? GSO_TCPV6 : GSO_TCPV4)', 'GSO_TCPV4']],
  'traffic-class-of-ipv6-cleared': ['ADP-15', 'server', 'The adapter clears the traffic class of IPv6, ECN included.',
    [TP, '  if (enter(ports, payload.subarray(0, length), left)) {', '  if (payload[0]! >> 4 === 6) payload.set([0x60, payload[1]! & 0x0f]);\n  if (enter(ports, payload.subarray(0, length), left)) {']],
  'mtu-of-ipv6-is-1280': ['CD-09 RESP-08', 'server', 'The MTU in n6 is 1280, whatever option 26 says.',
    [I6, '[concat(new Uint8Array(2), u32(mtu))]', '[concat(new Uint8Array(2), u32(1280))]']],
  'routes-of-high-preference': ['CD-11 RESP-08', 'server', 'The routes in n6 have high preference.',
    [I6, 'Uint8Array.of(length, 0)', 'Uint8Array.of(length, 0x08)']],
  'option-25-without-a-server': ['CD-01 CD-09', 'server', 'Where there is no DNS server of IPv6 option 25 is sent empty.',
    [I6, 'packed(dns.map(ipv6Octets))', 'dns.length === 0 ? [dnsHeader] : packed(dns.map(ipv6Octets))']],
  'option-6-without-a-server': ['CD-01 CD-14', 'server', 'Where there is no DNS server of IPv4 option 6 is sent empty.',
    [NS, 'joined(dns.map(ipv4Octets))', 'joined(dns.map(ipv4Octets)) ?? new Uint8Array(0)']],
  'router-for-the-default-of-ipv6': ['CD-04 CD-11', 'server', 'Option 3 is there where the default route of IPv6 alone is meant.',
    [NS, 'defaultRoute && ipv4Octets(defaultRoute.gateway)', '(defaultRoute ?? ipv6?.routes.find(({ length }) => length === 0)) && ipv4Octets(settings.serverAddress)']],
  'header-of-the-datagram-before-stays': ['OFF-01', 'server', 'What a datagram lacked is told to the local stack of the ones behind it, too.',
    [VH, '  for (let index = 0; index < virtioHeaderLength; index += 1) octets[at + index] = 0;\n  if (offload === undefined) return true;', '  if (offload === undefined) return true;\n  for (let index = 0; index < virtioHeaderLength; index += 1) octets[at + index] = 0;']],
  'one-timer-for-all-connections': ['SRV-14 SRV-17 DATA-13', 'server', 'Of all connections the one that set its timer last has one.',
    [CN, '  #timer: NodeJS.Timeout | undefined;', '  get #timer(): NodeJS.Timeout | undefined {\n    return shared.timer;\n  }\n  set #timer(timer: NodeJS.Timeout | undefined) {\n    shared.timer = timer;\n  }'],
    [CN, 'const longestNap = 5_000;', 'const longestNap = 5_000;\nconst shared: { timer?: NodeJS.Timeout | undefined } = {};']],
  'thread-bundle-of-one-ethertype': ['ADP-05 BUN-02', 'server', 'The thread gives the local stack all datagrams of a bundle with the EtherType of the first one.',
    [IN, '    for (let from = at; from < end; ) {', '    this.kind = this.#slab.octets[at]! >> 4;\n    for (let from = at; from < end; ) {'],
    [IN, '      from += length;\n    }\n', '      from += length;\n    }\n    this.kind = undefined;\n'],
    [IN, '  #start = 0;\n', '  #start = 0;\n  kind: number | undefined;\n'],
    [IN, 'octets[at]! >> 4 === 4 ?', '(this.kind ?? octets[at]! >> 4) === 4 ?']],
});

export const serverTurns: readonly Fault[] = [...unnoticed, ...atTurns];
