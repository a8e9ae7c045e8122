/** RELAY frames (RELAY; [EP] fig. 6): what is sent, what is accepted, and who finds itself on the path. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const relayFrame = faultsIn('reference/wire/relay.ts');
const names = faultsIn('reference/wire/names.ts');
const serverNode = faultsIn('reference/nodes/server.ts');
const relayNode = faultsIn('reference/nodes/relay.ts');
const initiatorNode = faultsIn('reference/nodes/initiator.ts');

const sentPath = 'path: options.path });';
const character = '/^[a-z0-9_.-]*$/';
const emptyLabel =
  "if (host.startsWith('.') || host.endsWith('.') || host.includes('..')) return 'has an empty label';";
const portCheck = '(!/^[1-9][0-9]{0,4}$/.test(port) || Number(port) > 65_535)';
const lengthCheck = 'host.length < 1 || host.length > 253';
const indexCheck = '    if (index !== expected)\n';
const found = 'return positions.length === 1 ? positions[0] : undefined;';
const both = 'server relay';
const serverSelf = 'if (findSelf(path, this.#options.names) === path.length - 1) {';
const relayDecoded = '    const { path } = decodeRelay(octets);\n    const position';
const serverDecoded = '    const { path } = decodeRelay(octets);\n    if (findSelf';
const forwarded = "octets: this.#relay.octets, side: 'downstream' });";

// biome-ignore format: a table
export const relayFrames: readonly Fault[] = [
  serverNode('request-without-relay', 'RELAY-01 SRV-02', 'server', 'REQUEST may come first: it is read as if RELAY had named this server alone.',
    "    else throw new Unexpected(`${type} in ${this.state}`);",
    "    else if (type === 'REQUEST' && this.state === 'Receive Relay') {\n      this.#relay = { octets: new Uint8Array(0), path: this.#options.names.slice(0, 1) };\n      this.#machine.step('relay');\n      this.#receiveRequest(octets);\n    } else throw new Unexpected(`${type} in ${this.state}`);"),
  initiatorNode('request-first', 'RELAY-01', 'client', 'REQUEST is sent, and no RELAY before it.', "      'send RELAY': () => this.#send(this.#relay, 'relay sent'),", "      'send RELAY': () => this.#send(new Uint8Array(0), 'relay sent'),"),
  relayNode('relay-ignores-other-first-frames', 'RELAY-01 RLY-01', 'relay', 'Frames before RELAY are ignored.', '      else throw new Unexpected(`${frame.type} in ${this.state}`);', '      else this.#receiveRelay(new Uint8Array(0));'),
  // RELAY-02
  initiatorNode('path-without-ports', 'RELAY-02', 'client', 'The names of the path are sent without their ports.', sentPath, 'path: options.path.map(hostOf) });'),
  initiatorNode('path-reversed', 'RELAY-02', 'client', 'The path is sent with the server first.', sentPath, 'path: options.path.toReversed() });'),
  initiatorNode('path-without-first', 'RELAY-02', 'client', 'The first node is left out of the path where there are several.', sentPath, 'path: options.path.length > 1 ? options.path.slice(1) : options.path });'),
  initiatorNode('path-of-first-and-last', 'RELAY-02', 'client', 'Of the path only the first and the last node are sent.', sentPath, 'path: options.path.length > 2 ? [options.path[0]!, options.path.at(-1)!] : options.path });'),
  initiatorNode('path-begins-with-origin', 'RELAY-02', 'client', 'The origin is the first name of the path too.', sentPath, 'path: [options.origin ?? defaultOrigin, ...options.path] });'),
  // RELAY-03, RELAY-04, RELAY-06
  relayFrame('last-name-without-nul', 'RELAY-03 RELAY-05', both, 'The last name may end with the frame.', '  if (end < 0) throw new Malformed(`RELAY ${field}: no NUL within ${maximumNameLength + 1} octets`);\n  const name = fromAscii(window.subarray(0, end));', '  const name = fromAscii(window.subarray(0, end < 0 ? window.length : end));', [
    { file: 'reference/wire/relay.ts', change: ['  if (expected !== buffer.length) {', '  if (expected !== buffer.length && expected !== buffer.length + 1) {'] },
  ]),
  relayFrame('octets-after-last-name', 'RELAY-03 FRAME-12', both, 'Octets after the last name are not looked at.', '  if (expected !== buffer.length) {', '  if (expected > buffer.length) {'),
  relayFrame('no-hop-accepted', 'RELAY-04', both, 'A RELAY of no hop is not a protocol error.', 'if (hopCount < 1 ||', 'if (hopCount < 0 ||'),
  relayFrame('hops-17-accepted', 'RELAY-04', both, 'A RELAY of 17 hops is accepted.', 'hopCount > maximumHops) {\n    throw new Malformed', 'hopCount > maximumHops + 1) {\n    throw new Malformed'),
  relayFrame('hops-16-refused', 'RELAY-04', both, 'A RELAY of 16 hops is refused.', 'hopCount > maximumHops) {\n    throw new Malformed', 'hopCount >= maximumHops) {\n    throw new Malformed'),
  relayFrame('indexes-unread', 'RELAY-06 RELAY-03 FRAME-12', both, 'The indexes are not looked at: names are read one after the other.', indexCheck, '    if (index > 0xffff)\n', [
    { file: 'reference/wire/relay.ts', change: ['readName(buffer, index, field)', 'readName(buffer, expected, field)'] },
  ]),
  relayFrame('origin-index-unread', 'RELAY-06 FRAME-12', both, 'The origin index is not looked at.', indexCheck, '    if (index !== expected && position > 0)\n', [
    { file: 'reference/wire/relay.ts', change: ['readName(buffer, index, field)', 'readName(buffer, expected, field)'] },
  ]),
  relayFrame('gaps-accepted', 'RELAY-03 RELAY-06 FRAME-12', both, 'There may be octets between the names.', indexCheck, '    if (index < expected)\n', [
    { file: 'reference/wire/relay.ts', change: ['    expected += name.length + 1;', '    expected = index + name.length + 1;'] },
  ]),
  relayFrame('overlaps-accepted', 'RELAY-03 RELAY-06 FRAME-12', both, 'An index may name a string that another names too.', indexCheck, '    if (index > expected)\n', [
    { file: 'reference/wire/relay.ts', change: ['    expected += name.length + 1;', '    expected = Math.max(expected, index + name.length + 1);'] },
  ]),
  // RELAY-05: each rule of the grammar
  names('name-upper-case', 'RELAY-05', both, 'Upper-case letters are accepted in a name.', character, '/^[A-Za-z0-9_.-]*$/'),
  names('name-any-printable', 'RELAY-05', both, 'Any printable character but a space is accepted in a name.', character, '/^[\\x21-\\x7e]*$/'),
  names('name-space', 'RELAY-05', both, 'A space is accepted in a name.', character, '/^[a-z0-9_. -]*$/'),
  names('name-control', 'RELAY-05', both, 'Control characters are accepted in a name.', character, '/^[a-z0-9_.\\x01-\\x1f-]*$/'),
  names('name-above-127', 'RELAY-05', both, 'Octets above 127 are accepted in a name.', character, '/^[a-z0-9_.\\x80-\\uffff-]*$/'),
  names('name-without-underscore', 'RELAY-05 RELAY-02', both, 'An underscore is refused in a name.', character, '/^[a-z0-9.-]*$/'),
  names('name-without-hyphen-at-ends', 'RELAY-05 RELAY-02', both, 'A hyphen at the end of a label is refused.', emptyLabel, `${emptyLabel}\n  if (/(^|\\.)-|-(\\.|$)/.test(host)) return 'has a hyphen at the end of a label';`),
  names('name-label-of-64-refused', 'RELAY-05 RELAY-02', both, 'A label of more than 63 octets is refused.', emptyLabel, `${emptyLabel}\n  if (host.split('.').some((label) => label.length > 63)) return 'has a label that is too long';`),
  names('name-254', 'RELAY-05', both, 'A name of 254 octets is accepted.', lengthCheck, 'host.length < 1 || host.length > 254'),
  names('name-252', 'RELAY-05 RELAY-02', both, 'A name of 253 octets is refused.', lengthCheck, 'host.length < 1 || host.length > 252'),
  names('name-253-with-port', 'RELAY-05 RELAY-02', both, 'The 253 octets of a name count its port.', lengthCheck, 'host.length < 1 || name.length > 253'),
  names('name-empty', 'RELAY-05', both, 'A name may be empty.', lengthCheck, 'host.length > 253'),
  names('name-trailing-dot', 'RELAY-05', both, 'A name may end in a dot.', "host.endsWith('.') || ", ''),
  names('name-leading-dot', 'RELAY-05', both, 'A name may begin with a dot.', "host.startsWith('.') || ", ''),
  names('name-empty-label', 'RELAY-05', both, 'A label within a name may be empty.', " || host.includes('..')", ''),
  names('port-0', 'RELAY-05', both, 'Port 0 is accepted.', portCheck, '(!/^(0|[1-9][0-9]{0,4})$/.test(port) || Number(port) > 65_535)'),
  names('port-65536', 'RELAY-05', both, 'A port above 65535 is accepted.', portCheck, '!/^[1-9][0-9]{0,4}$/.test(port)'),
  names('port-65535-refused', 'RELAY-05 RELAY-02', both, 'Port 65535 is refused.', portCheck, '(!/^[1-9][0-9]{0,4}$/.test(port) || Number(port) >= 65_535)'),
  names('port-leading-zero', 'RELAY-05', both, 'Leading zeros of a port are accepted.', portCheck, '(!/^[0-9]{1,5}$/.test(port) || Number(port) > 65_535 || Number(port) === 0)'),
  names('port-empty', 'RELAY-05', both, 'A colon without a port is accepted.', 'if (port !== undefined && (', "if (port !== undefined && port !== '' && ("),
  names('port-twice', 'RELAY-05', both, 'What follows a second colon is not looked at.', "  if (more.length > 0) return 'has more than one colon';\n", '  void more;\n'),
  relayFrame('origin-of-any-name', 'RELAY-05', both, 'The origin may be any text.', 'const name = readName(buffer, index, field);', 'const name = position > 0 ? readName(buffer, index, field) : fromAscii(buffer.subarray(0, buffer.indexOf(0)));'),
  // RELAY-07 to RELAY-11
  relayFrame('self-with-port', 'RELAY-07', both, 'A node does not find itself where its name has a port.', 'hosts.has(hostOf(name)) ?', 'hosts.has(name) ?'),
  relayFrame('self-first-name-only', 'RELAY-07', both, 'A node of several names finds itself by the first alone.', 'new Set(own.map(hostOf))', 'new Set(own.slice(0, 1).map(hostOf))'),
  relayFrame('self-by-suffix', 'RELAY-07 RELAY-08', both, 'A node takes a name that ends like its own for its own.', 'hosts.has(hostOf(name)) ?', '[...hosts].some((host) => hostOf(name).endsWith(host)) ?'),
  relayFrame('self-by-prefix', 'RELAY-07 RELAY-08', both, 'A node takes a name that begins like its own for its own.', 'hosts.has(hostOf(name)) ?', '[...hosts].some((host) => hostOf(name).startsWith(host)) ?'),
  serverNode('not-on-path-as-protocol-error', 'RELAY-08', 'server', 'A server that is not on the path answers "protocol error".', "this.#refuse('relay refused', Status.notOnPath)", "this.#refuse('relay refused', Status.protocolError)"),
  relayNode('relay-not-on-path-as-unreachable', 'RELAY-08', 'relay', 'A relay that is not on the path answers "next node unreachable".', "this.#refuse('relay refused', Status.notOnPath)", "this.#refuse('relay refused', Status.nextNodeUnreachable)"),
  serverNode('server-not-on-path-served', 'RELAY-08', 'server', 'A server that is not on the path serves nevertheless.', serverSelf, 'if ((findSelf(path, this.#options.names) ?? path.length - 1) === path.length - 1) {'),
  relayFrame('self-last-of-two', 'RELAY-09', both, 'A node that is more than once on the path takes its last place.', found, 'return positions.at(-1);'),
  // A server that takes its first place is not the last node: its answer is the same.
  relayFrame('self-first-of-two', 'RELAY-09', 'relay', 'A node that is more than once on the path takes its first place.', found, 'return positions[0];'),
  relayFrame('self-twice-by-two-names', 'RELAY-09', both, 'Two places on the path count as one where a node stands there by two of its names.', found, 'return new Set(positions.map((at) => hostOf(path[at]!))).size === positions.length ? positions.at(-1) : undefined;'),
  relayFrame('self-twice-with-ports', 'RELAY-09', both, 'Two places on the path count as one where their ports differ.', found, 'return new Set(positions.map((at) => path[at])).size === positions.length && new Set(positions.map((at) => hostOf(path[at]!))).size === 1 ? positions.at(-1) : positions.length === 1 ? positions[0] : undefined;'),
  serverNode('server-anywhere', 'RELAY-10', 'server', 'A server serves wherever on the path it is.', serverSelf, 'if (findSelf(path, this.#options.names) !== undefined) {'),
  relayNode('relay-last', 'RELAY-11', 'relay', 'A relay that is the last node of the path answers "next node unreachable".', 'if (position === undefined || position === path.length - 1) {', 'if (position === undefined) {'),
  // RELAY-12 to RELAY-14
  relayNode('relay-hides-origin', 'RELAY-12', 'relay', 'A relay forwards origin.invalid as the origin.', forwarded, "octets: encodeRelay({ ...decodeRelay(this.#relay.octets), origin: 'origin.invalid' }), side: 'downstream' });", [
    { file: 'reference/nodes/relay.ts', change: ['import { decodeRelay, findSelf }', 'import { decodeRelay, encodeRelay, findSelf }'] },
  ]),
  relayNode('relay-names-itself-origin', 'RELAY-12', 'relay', 'A relay forwards its own name as the origin.', forwarded, "octets: encodeRelay({ ...decodeRelay(this.#relay.octets), origin: this.#options.names[0] ?? 'relay.invalid' }), side: 'downstream' });", [
    { file: 'reference/nodes/relay.ts', change: ['import { decodeRelay, findSelf }', 'import { decodeRelay, encodeRelay, findSelf }'] },
  ]),
  relayNode('relay-drops-default-port', 'RELAY-12', 'relay', 'A relay forwards names without the port 3265.', forwarded, "octets: encodeRelay({ ...decodeRelay(this.#relay.octets), path: this.#relay.path.map((name) => name.replace(/:3265$/, '')) }), side: 'downstream' });", [
    { file: 'reference/nodes/relay.ts', change: ['import { decodeRelay, findSelf }', 'import { decodeRelay, encodeRelay, findSelf }'] },
  ]),
  relayNode('relay-drops-itself', 'RELAY-12', 'relay', 'A relay forwards the path that is left.', forwarded, "octets: encodeRelay({ ...decodeRelay(this.#relay.octets), path: this.#relay.path.slice(this.#relay.position + 1) }), side: 'downstream' });", [
    { file: 'reference/nodes/relay.ts', change: ['import { decodeRelay, findSelf }', 'import { decodeRelay, encodeRelay, findSelf }'] },
  ]),
  faultsIn('reference/tunnel/config/client-file.ts')('origin-tells-host', 'RELAY-13', 'client', 'The origin is the name of this machine.', "'origin.invalid'", "'client.test'"),
  serverNode('server-refuses-own-name-as-origin', 'RELAY-14', 'server', 'A RELAY whose origin is the server itself is refused.', serverDecoded, "    const { path, origin } = decodeRelay(octets);\n    if (this.#options.names.includes(hostOf(origin))) this.#refuse('relay refused', Status.notOnPath);\n    else if (findSelf"),
  serverNode('server-refuses-origin-on-path', 'RELAY-14', 'server', 'A RELAY whose origin stands on its path is refused.', serverDecoded, "    const { path, origin } = decodeRelay(octets);\n    if (path.map(hostOf).includes(hostOf(origin))) this.#refuse('relay refused', Status.notOnPath);\n    else if (findSelf"),
  serverNode('server-wants-invalid-origin', 'RELAY-14', 'server', 'Only origins that end in .invalid or .test are served.', serverDecoded, "    const { path, origin } = decodeRelay(octets);\n    if (!/\\.(invalid|test)$/.test(origin)) this.#refuse('relay refused', Status.notAuthorized);\n    else if (findSelf"),
  relayNode('relay-refuses-own-name-as-origin', 'RELAY-14', 'relay', 'A relay counts the origin among the names of the path.', relayDecoded, "    const { path, origin } = decodeRelay(octets);\n    if (findSelf([origin], this.#options.names) === 0) {\n      this.#refuse('relay refused', Status.notOnPath);\n      return;\n    }\n    const position"),
  relayNode('relay-wants-invalid-origin', 'RELAY-14', 'relay', 'Only origins that end in .invalid are forwarded.', relayDecoded, "    const { path, origin } = decodeRelay(octets);\n    if (!origin.endsWith('.invalid')) {\n      this.#refuse('relay refused', Status.notOnPath);\n      return;\n    }\n    const position"),
];
