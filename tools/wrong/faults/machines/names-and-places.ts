/** Servers that mix up names and keys, or count places and freshness wrongly in rare cases (sections 10.3 and 10.4). */
import { type Fault, ofSeveral } from '../../fault.ts';

const PO = 'reference/tunnel/server/policy.ts';
const UC = 'reference/tunnel/server/unconfirmed.ts';
const AD = 'reference/tunnel/admission.ts';
const PL = 'reference/tunnel/server/pool.ts';
const SV = 'reference/tunnel/server/server.ts';
const SN = 'reference/nodes/server.ts';
const CV = 'reference/nodes/conversation.ts';

const firstOfKey = (key: string): string =>
  `this.#numberOf(this.#config.initiators.find(({ publicKey }) => publicKey.toHex() === ${key})!.name)`;
const nameAndKey = (session: string): string => `\`\${${session}.name}\\0\${${session}.peerKey.toHex()}\``;

// biome-ignore format: a table, one line for each change
export const namesAndPlaces: readonly Fault[] = ofSeveral({
  'address-by-the-key': ['SRV-19 CD-10', 'server', 'Two names with one static key have one address.',
    [PO, 'this.#numberOf(entry.name)', firstOfKey('key')],
    [PO, 'this.#numberOf(session.name)', firstOfKey('session.peerKey.toHex()')]],
  'superseded-by-name-and-key': ['SRV-18', 'server', 'A session of a name is not superseded by one of the same name with another key.',
    [SV, 'this.#confirmed.get(session.name)', `this.#confirmed.get(${nameAndKey('session')})`],
    [SV, 'this.#confirmed.set(session.name, tunnel)', `this.#confirmed.set(${nameAndKey('session')}, tunnel)`],
    [SV, '    const name = tunnel.session?.name;', `    const name = tunnel.session && ${nameAndKey('tunnel.session')};`]],
  'address-by-name-and-key': ['SRV-19 CD-10', 'server', 'One name with two static keys has two addresses.',
    [PO, 'this.#numberOf(entry.name)', 'this.#numberOf(identifier(entry.name, entry.publicKey))'],
    [PO, 'this.#numberOf(session.name)', 'this.#numberOf(identifier(session.name, session.peerKey))'],
    [PL, 'this.#inOrder(initiators.map(({ name }) => name))', 'this.#inOrder(initiators.map(({ name, publicKey }) => `${name}\\0${publicKey.toHex()}`))'],
    [PL, 'return this.#fixed.get(name) ??', "return this.#fixed.get(name.split('\\0')[0]!) ??"],
    [PL, 'if (this.#fixed.has(name) ||', "if (this.#fixed.has(name.split('\\0')[0]!) ||"]],
  'end-session-of-one-key': ['SRV-34', 'server', 'The operator’s End Session of a name ends the sessions of one of its static keys.',
    [SV, '    for (const tunnel of this.#tunnels.open)\n      if (name === undefined || tunnel.session?.name === name)', "    const key = [...this.#tunnels.open].find(({ session }) => session?.name === name)?.session?.peerKey.toHex();\n    for (const tunnel of this.#tunnels.open)\n      if (name === undefined || (tunnel.session?.name === name && tunnel.session.peerKey.toHex() === key))"]],
  'origin-that-is-an-initiator': ['RELAY-14', 'server', 'A REQUEST is not authorized where the origin of RELAY is the name of another initiator.',
    [SN, '    const { path } = decodeRelay(octets);', '    const { path, origin } = decodeRelay(octets);\n    this.origin = origin;'],
    [SN, '  #ending = false;', "  #ending = false;\n  origin = '';"],
    [SN, "      if (request.destinationName !== hostOf(path.at(-1) ?? '')) return Status.notAuthorized;\n", "      if (request.destinationName !== hostOf(path.at(-1) ?? '')) return Status.notAuthorized;\n      const { initiators } = this.#options as any;\n      if (this.origin !== request.initiatorName && initiators?.some(({ name }: { name: string }) => name === this.origin)) return Status.notAuthorized;\n"]],
  'relays-share-their-places': ['SRV-32', 'server', 'All relays that the operator names have the places of one.',
    [AD, 'return this.#relays.has(exact.name) ? exact : sourceOf(address);', "return this.#relays.has(exact.name) ? { name: 'relays', block: 'relays' } : sourceOf(address);"],
    [AD, 'const ofSource = this.#relays.has(name) ?', "const ofSource = name === 'relays' ?"]],
  'relay-in-the-block-of-its-neighbours': ['SRV-29', 'server', 'A relay that the operator names is in the network block of the other addresses of its /24.',
    [AD, "  return { name, block: name };", '  return { name, block: sourceOf(address).block };']],
  'relays-beyond-all-places': ['SRV-27', 'server', 'What comes through a relay that the operator names is let in, however many are half-open in all.',
    [AD, '(half.total < halfOpen ||', '(half.total < halfOpen || this.#relays.has(name) ||']],
  'refused-newcomers-counted': ['SRV-27', 'server', 'A newcomer that is refused at once counts as half-open for ever.',
    [AD, '    if (!this.#makeRoom(source)) return undefined;', '    if (!this.#makeRoom(source)) {\n      this.#halfOpen.add(source.name);\n      return undefined;\n    }']],
  'confirmed-and-over-is-half-open': ['SRV-27 CLOSE-08', 'server', 'A session that was confirmed counts as half-open again once it ends.',
    [AD, "        if (stage === 'ending' && entry.state !== 'over') this.#passing.add(entry);", "        if (stage === 'ending' && entry.state !== 'over') this.#passing.add(entry);\n        if (stage === 'ending' && entry.state === 'open') {\n          entry.state = 'half-open';\n          this.#halfOpen.add(entry.name);\n        }"]],
  'newcomer-displaces-unkeyed': ['SRV-28 CLOSE-01', 'server', 'What is keyed and gives way to a newcomer gets an unkeyed CLOSE.',
    [PO, 'peer.source, () => this.#displace(peer))', 'peer.source, () => {\n      Object.assign(peer, { newcomer: true });\n      this.#displace(peer);\n    })'],
    [SN, "'send CLOSE and disconnect': () => this.#conversation.closeAtOnce(),", "'send CLOSE and disconnect': () => this.#conversation.closeAtOnce('newcomer' in this.peer),"],
    [CV, '  closeAtOnce(): void {', '  closeAtOnce(unkeyed = false): void {\n    if (unkeyed) this.#forgetKeys();']],
  'freshness-of-a-wrong-name': ['SRV-25 SRV-26', 'server', 'The freshness of a REQUEST counts also where its name does not belong to its key.',
    [UC, '  /**\n   * @param key of an initiator that the policy authorises', '  note(key: string, value: bigint | undefined): void {\n    const { greatest, sessions } = this.#keys.get(key) ?? { greatest: -1n, sessions: new Set<Session>() };\n    if (value !== undefined && value > greatest) this.#keys.set(key, { greatest: value, sessions });\n  }\n\n  /**\n   * @param key of an initiator that the policy authorises'],
    [PO, "    if (entry === undefined) return refusal('not authorized');", "    if (entry === undefined) {\n      this.#unconfirmed.note(key, request.freshness);\n      return refusal('not authorized');\n    }"]],
  'no-address-displaces': ['SRV-25 SRV-08', 'server', 'A fresh REQUEST for whose name no address is left displaces a session of its key, and is refused.',
    [PO, "    const number = this.#numberOf(entry.name);\n    if (typeof number !== 'number') return number;\n    connected.unconfirmed = take(() => this.#displace(peer));", "    connected.unconfirmed = take(() => this.#displace(peer));\n    const number = this.#numberOf(entry.name);\n    if (typeof number !== 'number') return number;"]],
  'no-address-left-counts-freshness': ['SRV-25 SRV-26', 'server', 'The freshness of a REQUEST counts also where no address is left for its name.',
    [UC, '  /**\n   * @param key of an initiator that the policy authorises', '  note(key: string, value: bigint | undefined): void {\n    const { greatest, sessions } = this.#keys.get(key) ?? { greatest: -1n, sessions: new Set<Session>() };\n    if (value !== undefined && value > greatest) this.#keys.set(key, { greatest: value, sessions });\n  }\n\n  /**\n   * @param key of an initiator that the policy authorises'],
    [PO, "    if (typeof number !== 'number') return number;\n", "    if (typeof number !== 'number') {\n      this.#unconfirmed.note(key, request.freshness);\n      return number;\n    }\n"]],
  'stale-keeps-its-place': ['SRV-26', 'server', 'A stale connection keeps its place among those of its key once it is confirmed or over.',
    [UC, 'release: () => sessions.delete(session)', 'release: () => fresh && sessions.delete(session)']],
  'first-freshness-of-0-is-stale': ['SRV-25 SRV-26', 'server', 'The first REQUEST of a key is stale where its freshness is 0.',
    [UC, '?? { greatest: -1n,', '?? { greatest: 0n,']],
  'map-fault-falls-back-to-the-order': ['PATH-14', 'server', 'Where the map that its group shares cannot be used, a member gives addresses in the order of its configuration.',
    [PL, '      this.#numberOf = (name) => map.of(name);', '      const numbers = this.#inOrder(initiators.map(({ name }) => name));\n      this.#numberOf = (name) => {\n        try {\n          return map.of(name);\n        } catch {\n          return numbers.get(name);\n        }\n      };']],
  'fixed-clients-of-other-members-reached': ['ADP-09', 'server', 'A member of a group passes on what its clients send to clients of other members whose fixed address is outside the pool.',
    [PL, 'return (number >= this.#first && number <= this.#last) || this.#fixedNumbers.has(number);', 'return number >= this.#first && number <= this.#last;']],
  'refused-requests-kept': ['SRV-23', 'server', 'It keeps 32 KB of each REQUEST that it has refused.',
    [SN, "    if (typeof verdict === 'number') this.#refuse('request refused', verdict);", "    if (typeof verdict === 'number') kept.push(new Uint8Array(32_768).fill(1));\n    if (typeof verdict === 'number') this.#refuse('request refused', verdict);"],
    [SN, 'const refusals: ', 'const kept: Uint8Array[] = [];\nconst refusals: ']],
  'broken-before-relay-kept': ['SRV-23', 'server', 'It keeps 32 KB of each connection that has broken before RELAY.',
    [SN, '    this.#conversation.queue.dropAll();', '    if (this.#relay.octets.length === 0) kept.push(new Uint8Array(32_768).fill(1));\n    this.#conversation.queue.dropAll();'],
    [SN, 'const refusals: ', 'const kept: Uint8Array[] = [];\nconst refusals: ']],
  'event-for-each-stranger': ['SEC-04', 'server', 'It reports the end of every connection of strangers on stdout.',
    [SV, '    } else if (this.#strangers.info(cause.reason, line)) listener(endedEvent(cause));', '    } else {\n      this.#strangers.info(cause.reason, line);\n      listener(endedEvent(cause));\n    }']],
});
