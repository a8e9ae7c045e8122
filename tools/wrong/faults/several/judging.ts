/** REQUESTs that are judged by more, by less or in another order than the text has it ([EP] fig. 12, 223). */
import { type Fault, ofSeveral } from '../../fault.ts';

const SN = 'reference/nodes/server.ts';
const CV = 'reference/nodes/conversation.ts';
const PO = 'reference/tunnel/server/policy.ts';
const SV = 'reference/tunnel/server/server.ts';
const UC = 'reference/tunnel/server/unconfirmed.ts';
const PL = 'reference/tunnel/server/pool.ts';
const MS = 'reference/machines/server.ts';
const AD = 'reference/tunnel/admission.ts';

const judged = "      if (request.destinationName !== hostOf(path.at(-1) ?? '')) return Status.notAuthorized;\n";
const suited = "    if (!entry.suites.some((suite) => suite === request.suite)) return refusal('not authorized');\n";
const named = "    if (!this.#config.names.includes(request.destinationName)) return refusal('not authorized');\n";
const transformless = "    if (transform === undefined) return refusal('no common transform');\n";

// biome-ignore format: a table, one line for each change
export const judging: readonly Fault[] = ofSeveral({
  'refused-freshness-kept': ['SRV-25 SRV-26', 'server', 'The freshness of a REQUEST counts also where it is refused for want of a common transform.',
    [UC, '  /**\n   * @param key of an initiator that the policy authorises', '  note(key, value) {\n    const { greatest, sessions } = this.#keys.get(key) ?? { greatest: -1n, sessions: new Set() };\n    if (value !== undefined && value > greatest) this.#keys.set(key, { greatest: value, sessions });\n  }\n\n  /**\n   * @param key of an initiator that the policy authorises'],
    [PO, '    const transform = request', '    this.#unconfirmed.note(key, request.freshness);\n    const transform = request']],
  'refused-displaces': ['SRV-25 SRV-08', 'server', 'A fresh REQUEST without a common transform displaces a session of its key, and is refused.',
    [PO, '    connected.unconfirmed = take(() => this.#displace(peer));\n    connected.admitted', '    connected.admitted'],
    [PO, '    const transform = request', '    connected.unconfirmed = take(() => this.#displace(peer));\n    const transform = request']],
  'suite-judged-after-transform': ['HS-07 SRV-08', 'server', 'Whether the name may use the suite is asked once a transform is found.',
    [PO, suited, ''], [PO, transformless, `${transformless}${suited}`]],
  'destination-judged-last': ['REQ-08 SRV-08', 'server', 'The destination name is judged once all else is.',
    [SN, judged, ''], [SN, '      const { transform, clientData } = grant;', `${judged}      const { transform, clientData } = grant;`],
    [PO, named, '']],
  'suite-judged-after-place': ['HS-07 SRV-08 SRV-26', 'server', 'Whether the name may use the suite is asked once there is a place for the REQUEST.',
    [PO, suited, ''], [PO, '    const offered: readonly', `${suited}    const offered: readonly`]],
  'banned-after-end-session': ['SRV-10 SRV-04 SRV-34', 'server', 'A name whose session the operator ended is not authorised any more.',
    [PO, '  readonly #initiators = new Map<string, Initiator>();', '  readonly #initiators = new Map<string, Initiator>();\n  readonly banned = new Set<string>();'],
    [PO, "    if (entry === undefined) return refusal('not authorized');", "    if (entry === undefined || this.banned.has(entry.name)) return refusal('not authorized');"],
    [SV, "      if (name === undefined || tunnel.session?.name === name)\n        tunnel.connection", "      if ((name === undefined || tunnel.session?.name === name) && (name === undefined || this.#policy.banned.add(name)))\n        tunnel.connection"]],
  'source-banned-after-ten-refusals': ['SRV-04 SRV-24 SRV-05', 'server', 'From a source of ten refused REQUESTs no connection is taken any more.',
    [SV, '  #numbers = 0;', '  #numbers = 0;\n  readonly refused = new Map<string, number>();'],
    [SV, '    const node: ServerNode', '    if ((this.refused.get(source) ?? 0) >= 10) {\n      socket.destroy();\n      return;\n    }\n    const node: ServerNode'],
    [SV, '      const { cause } = effect;', "      const { cause } = effect;\n      const from = name.slice(0, name.lastIndexOf(':'));\n      if (cause.status === 3) this.refused.set(from, (this.refused.get(from) ?? 0) + 1);"]],
  'refusals-take-longer-each-time': ['SRV-07', 'server', 'Each refusal takes 20 ms longer than the one before.',
    [SN, "this.#machine.after(options.timers.refusalDelay, 'refusal')", "this.#machine.after(options.timers.refusalDelay + 20 * (globalThis.refusals = (globalThis.refusals ?? 0) + 1), 'refusal')"]],
  'refusals-leave-at-the-end': ['SRV-07 SRV-11', 'server', 'At the end of the program refusals that are delayed leave at once.',
    [MS, "    ['Close', ['frame'],", "    ['Close', ['end session'], ['send CLOSE'], 'Close', 'binding'],\n    ['Close', ['frame'],"],
    [CV, "const status = command === 'shut down'", "const status = this.#machine.state === 'Close' ? this.#machine.status : command === 'shut down'"]],
  'former-transform-preferred': ['RESP-07', 'server', 'A name gets the transform of its former session where it offers that.',
    [PO, '  readonly #initiators = new Map<string, Initiator>();', '  readonly #initiators = new Map<string, Initiator>();\n  readonly former = new Map<string, number>();'],
    [PO, 'request.transforms.find((wanted) => offered.includes(wanted));', 'request.transforms.find((wanted) => wanted === this.former.get(entry.name)) ?? request.transforms.find((wanted) => offered.includes(wanted));\n    if (transform !== undefined) this.former.set(entry.name, transform);']],
  'former-lifetimes-hold': ['RESP-11', 'server', 'What was granted to a name once bounds all its later keys.',
    [PO, '  readonly #initiators = new Map<string, Initiator>();', '  readonly #initiators = new Map<string, Initiator>();\n  readonly former = new Map<string, Lifetimes>();'],
    [PO, 'lower(this.#config.lifetime, request.lifetimes);', 'lower(this.former.get(entry.name) ?? this.#config.lifetime, request.lifetimes);\n    this.former.set(entry.name, granted);']],
  'former-options-hold': ['RESP-09 RESP-13', 'server', 'A name that asked for options once gets them without asking.',
    [SN, '  #ending = false;', '  #ending = false;\n  static readonly asked = new Map<string, number>();'],
    [SN, 'keyExchangeData.options & own;', '((ServerNode.asked.get(initiatorName) ?? 0) | keyExchangeData.options) & own;\n      ServerNode.asked.set(initiatorName, dataOptions);']],
  'names-of-64-characters': ['HS-08 REQ-07', 'server', 'Names of initiators are compared in their first 64 characters.',
    [PO, '`${name}\\0${key', '`${name.slice(0, 64)}\\0${key']],
  'addresses-by-lower-case': ['SRV-19', 'server', 'Names that differ in case alone have one address.',
    [PL, '(initiators.map(({ name }) => name));', '(initiators.map(({ name }) => name.toLowerCase()));'],
    [PL, '(name) => numbers.get(name);', '(name) => numbers.get(name.toLowerCase());']],
  'supersedes-by-lower-case': ['SRV-18 SRV-10', 'server', 'A session is superseded by one whose name differs in case alone.',
    [SV, 'this.#confirmed.get(session.name)', 'this.#confirmed.get(session.name.toLowerCase())'],
    [SV, 'this.#confirmed.set(session.name, tunnel)', 'this.#confirmed.set(session.name.toLowerCase(), tunnel)'],
    [SV, 'this.#confirmed.get(name) === tunnel) this.#confirmed.delete(name)', 'this.#confirmed.get(name.toLowerCase()) === tunnel) this.#confirmed.delete(name.toLowerCase())']],
  'relays-not-inside-ipv6': ['SRV-32', 'server', 'A relay that the operator names is not known where the server listens in both families.',
    [AD, 'const exact = whole(address);\n    return this.#relays.has(exact.name) ? exact : sourceOf(address);', 'if (this.#relays.has(address)) return whole(address);\n    const source = sourceOf(address);\n    return { ...source, name: `${source.name} ` };']],
  'relay-with-its-64': ['SRV-32', 'server', 'A relay that the operator names by an IPv6 address shares its places with its /64.',
    [AD, 'limits.relays?.map((address) => whole(address).name)', 'limits.relays?.map((address) => sourceOf(address).name)'],
    [AD, 'return this.#relays.has(exact.name) ? exact : sourceOf(address);', 'return sourceOf(exact.name);']],
  'prologue-of-1024-octets': ['HS-01 RELAY-04', 'server', 'Of the RELAY frame the first 1,024 octets are in the prologue.',
    [SN, 'prologueOf(relay)', 'prologueOf(relay.subarray(0, 1_024))']],
  'first-31-routes': ['CD-03 RESP-08', 'server', 'Of the IPv4 routes it sends the first 31, as many as one option holds.',
    [PO, '.filter(({ address }) => !isIpv6(address))\n        .map', '.filter(({ address }) => !isIpv6(address))\n        .slice(0, 31)\n        .map']],
  'response-up-to-4096': ['SRV-04 RESP-08 FRAME-07', 'server', 'A RESPONSE of more than 4,096 octets is not sent.',
    [SN, '      const description = { name', '      if (response.length > 4_096) return Status.resourceLimit;\n      const description = { name']],
  'options-with-0x0102': ['RESP-12', 'server', 'RESPONSE selects options with 0x0102.',
    [SN, 'aeadOf(transform) === undefined ? 0', 'transform === 0x0101 ? 0']],
  'compression-echoed': ['RESP-09 RESP-11 REQ-12', 'server', 'RESPONSE selects the compression that REQUEST asks for.',
    [SN, 'options: dataOptions });', 'options: dataOptions, compression: keyExchangeData.compression });']],
  'freshness-echoed': ['RESP-11 RESP-09', 'server', 'RESPONSE has the freshness of REQUEST.',
    [SN, 'options: dataOptions });', 'options: dataOptions, freshness });']],
  'signed-64-bits': ['RESP-11 KEY-04', 'server', 'A bound of octets of 2^63 and above is a negative number: it is granted.',
    [PO, 'own.octets < asked.octets', 'own.octets < BigInt.asIntN(64, asked.octets)']],
});
