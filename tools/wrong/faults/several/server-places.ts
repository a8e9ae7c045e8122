/** What a tunnel server keeps of others, how long its keys last, and whom it waits for ([EP] fig. 12). */
import { type Fault, ofSeveral } from '../../fault.ts';

const SN = 'reference/nodes/server.ts';
const CV = 'reference/nodes/conversation.ts';
const PO = 'reference/tunnel/server/policy.ts';
const SA = 'reference/tunnel/server/server-adapter.ts';
const AD = 'reference/tunnel/admission.ts';
const SS = 'reference/nodes/session.ts';
const DF = 'reference/crypto/data-frame.ts';
const CF = 'reference/tunnel/config/config.ts';

// biome-ignore format: a table, one line for each change
export const serverPlaces: readonly Fault[] = ofSeveral({
  'freshness-of-each-suite': ['SRV-26 SRV-25', 'server', 'It keeps the greatest freshness of a static key for each suite.',
    [PO, 'const key = request.initiatorStatic.toHex();', 'const key = `${request.initiatorStatic.toHex()} ${request.suite}`;']],
  'freshness-of-each-source': ['SRV-26 SRV-25', 'server', 'It keeps the greatest freshness of a static key for each source.',
    [PO, 'const key = request.initiatorStatic.toHex();', 'const key = `${request.initiatorStatic.toHex()} ${peer.source}`;']],
  'share-of-all-places': ['SRV-31 SRV-27 SRV-28', 'server', 'However many come from where a session was confirmed, none of them gives way to others.',
    [AD, '> this.#limits.halfOpen * share) return inScope;', '> Infinity) return inScope;']],
  'octets-bound-has-to-be-passed': ['SRV-20', 'server', 'A key of N octets is used up at N + 1.',
    [SS, 'sent.octets >= octets || received.octets >= octets', 'sent.octets > octets || received.octets > octets']],
  'key-of-0x01xx-never-used-up': ['SRV-20', 'server', 'Of the keys of 0x0101 and 0x0102 neither frames nor octets are looked at.',
    [SS, '    const [sent, received, frames, octets] = [', '    if (aeadOf(this.#transform) === undefined) return false;\n    const [sent, received, frames, octets] = [']],
  'cbc-padding-uncounted': ['SRV-20', 'server', 'The padding of 0x0102 that comes is not counted.',
    [DF, 'counter.advance(plaintext.length);', 'counter.advance(decryption.digestLength === 32 ? datagramLength : plaintext.length);']],
  'end-waits-for-a-slow-reader': ['CLOSE-08 SRV-05 SRV-10 SRV-11', 'server', 'Having sent CLOSE, it waits until the peer has taken all, however long that takes.',
    [CV, 'abort: !this.#peerEnded || this.#disconnecting', 'abort: false']],
  'three-clients-wait-for-the-full-one': ['ADP-32', 'server', 'With three clients or more the others wait for the one that reads nothing.',
    [SA, 'if (full && this.#clients.size === 1) this.#adapter?.pause();', 'if (full && this.#clients.size !== 2) this.#adapter?.pause();'],
    [SA, 'if (this.#clients.size > 1 && this.#ports.isFull(client.tunnel))', 'if (this.#clients.size === 2 && this.#ports.isFull(client.tunnel))']],
  'read-on-when-left-alone': ['ADP-14', 'server', 'When the others have left, what is for the one client that reads nothing is kept without a bound.',
    [SA, '    if (only !== undefined && this.#ports.isFull(only)) this.pressure(true);\n', '']],
  'thread-drops-when-left-alone': ['ADP-14', 'server', 'When the others have left, the thread reads on, and drops what is for the one client that reads nothing.',
    ['reference/datapath/outward.ts', '    if (!this.#routes.shared) this.#waiting ??= [...tunnels].find(({ full }) => full);\n    else if', '    if (!this.#routes.shared) return;\n    if']],
  'refusal-delay-since-first-octet': ['SRV-07', 'server', 'The time of a refusal counts from the first octets of the REQUEST.',
    [SN, '  #ending = false;', '  #ending = false;\n  begun: number | undefined;'],
    [SN, '    const effects = this.#machine.begin(now);', "    if (input.type === 'octets' && this.state === 'Connect Wait') this.begun ??= now;\n    const effects = this.#machine.begin(now);"],
    [SN, "this.#machine.after(options.timers.refusalDelay, 'refusal')", "this.#machine.after(Math.max(0, options.timers.refusalDelay - (this.#machine.now - (this.begun ?? this.#machine.now))), 'refusal')"]],
  'key-that-the-group-can-read': ['SEC-06', 'client server', 'A private key is taken from a file that its group can read.',
    [CF, 'if ((mode & 0o077) === 0) return;', 'if ((mode & 0o007) === 0) return;']],
});
