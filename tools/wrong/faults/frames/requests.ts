/** REQUEST, RESPONSE and key exchange data ([EP] figs. 5, 7 and 8): REQ, RESP. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const request = faultsIn('reference/wire/request.ts');
const response = faultsIn('reference/wire/response.ts');
const opened = faultsIn('reference/wire/opened.ts');
const names = faultsIn('reference/wire/names.ts');
const keyData = faultsIn('reference/wire/key-exchange-data.ts');
const exchange = faultsIn('reference/nodes/exchange.ts');
const serverNode = faultsIn('reference/nodes/server.ts');
const initiatorNode = faultsIn('reference/nodes/initiator.ts');
const policy = faultsIn('reference/tunnel/server/policy.ts');

const sameDestination = "if (request.destinationName !== hostOf(path.at(-1) ?? '')) return Status.notAuthorized;";
const notCompared = 'if (opened.length >= length && sameHeader(frame, opened, length)) return undefined;';
const offsetCheck = 'before === undefined ? offset !== headerLength : offset <= before;';
const nonzero = 'if (padding.some((octet) => octet !== 0)) throw';
const known = 'const refused = entries.find(({ id }) => id >= firstCriticalTlv && !known.includes(id));';
const ascending = 'if (id <= previous) throw';
const refusedRequest =
  'if (error instanceof Malformed || error instanceof IntegrityFailure) return Status.notAuthorized;';
const chosen = 'makeKeyExchangeData({ lifetimes: grant.lifetimes, options: dataOptions });';
const ends = 'client server';
const decodedBy = 'REQ-12 RESP-10';

// biome-ignore format: a table
export const requests: readonly Fault[] = [
  // REQ-01 to REQ-06
  initiatorNode('request-after-a-second', 'REQ-01', 'client', 'REQUEST follows RELAY only when the server has been silent for a time.', "      'send REQUEST': () => this.#send(this.#request(), 'request sent'),", "      'send REQUEST': () => this.#machine.after(1000, 'expiry'),", [
    { file: 'reference/nodes/initiator.ts', change: ["    if (deadline === 'expiry') this.#keyUsedUp();", "    if (deadline === 'expiry' && this.state === 'Connect') {}\n    else if (deadline === 'expiry' && this.state === 'Send Relay') this.#send(this.#request(), 'request sent');\n    else if (deadline === 'expiry') this.#keyUsedUp();"] },
  ]),
  exchange('header-not-compared', 'REQ-03 REQ-04 RESP-02', ends, 'The header in the clear is not compared with the sealed one.', notCompared, 'if (opened.length >= length) return undefined;'),
  exchange('header-compared-to-octet-12', 'REQ-03 REQ-04 RESP-02', ends, 'Of the two headers only the first 12 octets are compared.', notCompared, 'if (opened.length >= length && sameHeader(frame, opened, 12)) return undefined;'),
  exchange('header-compared-but-offsets', 'REQ-03 REQ-04 RESP-02', ends, 'Of the two headers only length, type, version and flags are compared.', notCompared, 'const flags = length === 18 ? 14 : 10;\n  if (opened.length >= length && sameHeader(frame, opened, 6) && sameHeader(frame.subarray(flags), opened.subarray(flags), 2)) return undefined;'),
  serverNode('header-difference-told', 'REQ-04', 'server', 'A header in the clear that is not the sealed one is answered "integrity failure".', refusedRequest, `if (error instanceof IntegrityFailure && error.message.includes('in the clear')) return Status.integrityFailure;\n      ${refusedRequest}`),
  request('request-sections-in-other-order', 'REQ-05', 'client', 'Transforms come before key exchange data in REQUEST.', "  'keyExchangeDataOffset',\n  'transformsOffset',\n  'destinationNameOffset',", "  'transformsOffset',\n  'keyExchangeDataOffset',\n  'destinationNameOffset',"),
  opened('gap-before-first-section', 'FRAME-12 REQ-05 RESP-10', ends, 'There may be octets between the header and the first section.', offsetCheck, 'before === undefined ? offset < headerLength : offset <= before;'),
  opened('sections-in-any-order', 'FRAME-12 REQ-05 RESP-10', ends, 'Key exchange data and transforms may come in either order.', offsetCheck, 'false;', [
    { file: 'reference/wire/opened.ts', change: ['opened.subarray(offset, offsets[index + 1])', 'opened.subarray(offset, [...offsets].sort((a, b) => a - b).find((other) => other > offset))'] },
  ]),
  request('octets-after-destination', 'FRAME-12 REQ-05', 'server', 'Octets after the NUL of the destination name are not looked at.', "if (destination.after.length > 0) throw", 'if (destination.after.length > 9_999) throw'),
  request('octets-after-client-data-of-request', 'FRAME-12 REQ-05 REQ-17', 'server', 'Octets after the client data of REQUEST are not looked at.', 'clientData: decodeClientData(sections.clientDataOffset),', 'clientData: decodeClientData(sections.clientDataOffset.subarray(0, clientDataLength(sections.clientDataOffset))),', [
    { file: 'reference/wire/request.ts', change: ['import { type ClientData, decodeClientData,', 'import { type ClientData, clientDataLength, decodeClientData,'] },
  ]),
  opened('padding-to-64-sent', 'REQ-06 RESP-06', ends, 'The opened string buffer is padded to a multiple of 64 octets.', 'openedBlock = 128', 'openedBlock = 64'),
  opened('padding-of-a-whole-block-sent', 'REQ-06 RESP-06', ends, 'A block is added where the opened string buffer needs no padding.', 'new Uint8Array(-(end - layout.size) & (openedBlock - 1))', 'new Uint8Array(openedBlock - ((end - layout.size) & (openedBlock - 1)))'),
  opened('padding-random-sent', 'REQ-06 RESP-06', ends, 'The padding of the opened string buffer is not zeros.', 'const padding = new Uint8Array(-(end - layout.size) & (openedBlock - 1));', 'const padding = new Uint8Array(-(end - layout.size) & (openedBlock - 1)).fill(0x2a);'),
  opened('padding-unread', 'REQ-06 RESP-06 RESP-10', ends, 'The octets of the padding are not looked at.', nonzero, 'if (padding.length > 9_999) throw'),
  opened('padding-last-octet-read', 'REQ-06 RESP-06 RESP-10', ends, 'Of the padding only the last octet is looked at.', nonzero, 'if ((padding.at(-1) ?? 0) !== 0) throw'),
  opened('padding-first-octet-read', 'REQ-06 RESP-06 RESP-10', ends, 'Of the padding only the first octet is looked at.', nonzero, 'if ((padding[0] ?? 0) !== 0) throw'),
  opened('padding-of-any-length', 'REQ-06 RESP-06 RESP-10', ends, 'Blocks of padding beyond what is needed are accepted.', 'if (padding.length >= openedBlock) throw', 'if (padding.length >= 99_999) throw'),
  opened('padding-of-a-block-accepted', 'REQ-06 RESP-06 RESP-10', ends, 'A whole block of padding is accepted.', 'if (padding.length >= openedBlock) throw', 'if (padding.length > openedBlock) throw'),
  opened('padding-to-any-multiple', 'REQ-06 RESP-06 RESP-10', ends, 'The opened string buffer need not be a multiple of 128 octets.', '  if ((opened.length - headerLength) % openedBlock !== 0)', '  if (opened.length < headerLength)'),
  // REQ-07 to REQ-11
  names('initiator-name-254', 'REQ-07', 'server', 'An initiator name of 255 octets is refused.', 'name.length < 1 || name.length > 255', 'name.length < 1 || name.length > 254'),
  names('initiator-name-256', 'REQ-07', 'server', 'An initiator name of 256 octets is not refused.', 'name.length < 1 || name.length > 255', 'name.length < 1 || name.length > 256', [
    { file: 'reference/tunnel/server/policy.ts', change: ['const entry = this.#initiators.get(identifier(request.initiatorName, request.initiatorStatic));', 'const entry = this.#initiators.get(identifier(request.initiatorName.slice(0, 255), request.initiatorStatic));'] },
  ]),
  names('initiator-name-empty', 'REQ-07', 'server', 'An empty initiator name stands for whoever has the key.', 'name.length < 1 || name.length > 255', 'name.length > 255', [
    { file: 'reference/tunnel/server/policy.ts', change: ['const entry = this.#initiators.get(identifier(request.initiatorName, request.initiatorStatic));', "const entry = request.initiatorName === '' ? [...this.#initiators.values()][0] : this.#initiators.get(identifier(request.initiatorName, request.initiatorStatic));"] },
  ]),
  names('initiator-name-without-space', 'REQ-07', 'server', 'A space is refused in an initiator name.', '/^[\\x20-\\x7e]*$/', '/^[\\x21-\\x7e]*$/'),
  names('initiator-name-a-host', 'REQ-07', 'server', 'An initiator name has to be one of a host.', '/^[\\x20-\\x7e]*$/', '/^[A-Za-z0-9._@-]*$/'),
  names('initiator-name-cut-at-control', 'REQ-07', 'server', 'Control characters of an initiator name are left out.', '/^[\\x20-\\x7e]*$/', '/^[\\x01-\\x7f]*$/', [
    { file: 'reference/wire/request.ts', change: ['    initiatorName: initiator.name,', "    initiatorName: initiator.name.replace(/[^ -~]/g, ''),"] },
  ]),
  initiatorNode('initiator-name-of-64-sent', 'REQ-07', 'client', 'The initiator name is sent in 64 octets.', 'initiatorName: name,', 'initiatorName: name.slice(0, 64),'),
  initiatorNode('initiator-name-in-lower-case', 'REQ-07', 'client', 'The initiator name is sent in lower case.', 'initiatorName: name,', 'initiatorName: name.toLowerCase(),'),
  serverNode('destination-not-compared', 'REQ-08', 'server', 'Any of the names of the server is a destination, whatever RELAY names.', sameDestination, ''),
  serverNode('destination-anywhere-on-path', 'REQ-08', 'server', 'Any name of the path is a destination.', sameDestination, 'if (!path.map(hostOf).includes(request.destinationName)) return Status.notAuthorized;', [
    { file: 'reference/tunnel/server/policy.ts', change: ['if (!this.#config.names.includes(request.destinationName))', 'if (false)'] },
  ]),
  serverNode('destination-with-port', 'REQ-08', 'server', 'A destination may have a port.', sameDestination, sameDestination.replace('request.destinationName', 'hostOf(request.destinationName)'), [
    { file: 'reference/tunnel/server/policy.ts', change: ['includes(request.destinationName)', "includes(request.destinationName.split(':')[0]!)"] },
  ]),
  serverNode('destination-with-port-of-path', 'REQ-08', 'server', 'A destination may be written as the last name of the path, port included.', sameDestination, "if (request.destinationName !== path.at(-1) && request.destinationName !== hostOf(path.at(-1) ?? '')) return Status.notAuthorized;", [
    { file: 'reference/tunnel/server/policy.ts', change: ['includes(request.destinationName)', "includes(request.destinationName.split(':')[0]!)"] },
  ]),
  initiatorNode('destination-sent-with-port', 'REQ-08', 'client', 'The destination is sent with its port.', "destinationName: hostOf(path.at(-1) ?? ''),", "destinationName: path.at(-1) ?? '',"),
  initiatorNode('destination-is-first-node', 'REQ-08', 'client', 'The destination is the first name of the path.', "destinationName: hostOf(path.at(-1) ?? ''),", "destinationName: hostOf(path[0] ?? ''),"),
  initiatorNode('request-asks-for-address', 'REQ-09', 'client', 'Client data of REQUEST asks for an address.', 'clientData: noClientData,', 'clientData: { dhcp: [{ code: 50, value: Uint8Array.of(0, 0, 0, 0) }], neighbour: [] },'),
  request('client-data-of-request-refused', 'REQ-10', 'server', 'A REQUEST whose client data are not empty is not authorized.', '  checkPadding(\'REQUEST\', initiator.after);', "  checkPadding('REQUEST', initiator.after);\n  if (sections.clientDataOffset.length > 4) throw new Malformed('client data');"),
  request('client-data-of-request-obeyed', 'REQ-10', 'server', 'The client gets the address that its REQUEST asks for.', 'clientData: decodeClientData(sections.clientDataOffset),', "clientData: ((globalThis as unknown as { asked: unknown }).asked = decodeClientData(sections.clientDataOffset)) as ClientData,", [
    { file: 'reference/tunnel/server/policy.ts', change: ["      address: this.#pool.lan.nth(number).address,\n      prefixLength,", "      address: (globalThis as unknown as { asked: ClientData }).asked.dhcp.find(({ code }) => code === 50)?.value.join('.') ?? this.#pool.lan.nth(number).address,\n      prefixLength,"] },
  ]),
  serverNode('unknown-suite-as-protocol-error', 'REQ-16', 'server', 'A suite that is not known is a protocol error.', 'if (!Object.values<number>(Suite).includes(suite)) return Status.notAuthorized;', 'if (!Object.values<number>(Suite).includes(suite)) return Status.protocolError;'),
  serverNode('unknown-suite-at-once', 'REQ-16', 'server', 'A suite that is not known is a protocol error at once.', 'if (!Object.values<number>(Suite).includes(suite)) return Status.notAuthorized;', "if (!Object.values<number>(Suite).includes(suite)) throw new Unexpected('suite');"),
  serverNode('suite-0-is-1', 'REQ-16', 'server', 'Suite 0 stands for suite 1.', 'const suite = suiteOf(decodeRequest(octets));', 'const suite = suiteOf(decodeRequest(octets)) || 1;', [
    { file: 'reference/wire/opened.ts', change: ['sealedBy ?? suiteOf(header));', 'sealedBy ?? (suiteOf(header) || 1));'] },
  ]),
  request('client-data-of-request-unread', 'REQ-17', 'server', 'Client data of REQUEST are not decoded at all.', 'clientData: decodeClientData(sections.clientDataOffset),', 'clientData: { dhcp: [], neighbour: [] },'),
  request('client-data-of-request-lengths-only', 'REQ-17', 'server', 'Of the client data of REQUEST only the two lengths are read.', 'clientData: decodeClientData(sections.clientDataOffset),', "clientData: clientDataLength(sections.clientDataOffset) === sections.clientDataOffset.length ? { dhcp: [], neighbour: [] } : decodeClientData(new Uint8Array(0)),", [
    { file: 'reference/wire/request.ts', change: ['import { type ClientData, decodeClientData,', 'import { type ClientData, clientDataLength, decodeClientData,'] },
  ]),
  initiatorNode('transforms-by-number', 'REQ-11', 'client', 'Transforms are offered by their number, not by preference.', '...propose(transforms, lifetimes,', '...propose(transforms.toSorted((one, other) => one - other), lifetimes,'),
  initiatorNode('transforms-reversed', 'REQ-11', 'client', 'The least preferred transform is offered first.', '...propose(transforms, lifetimes,', '...propose(transforms.toReversed(), lifetimes,'),
  // REQ-12 to REQ-15
  ...(['seconds === 0', 'frames === 0n', 'octets === 0n'] as const).map((bound) =>
    keyData(`bound-of-0-${bound.split(' ')[0]}`, decodedBy, ends, `A bound of 0 ${bound.split(' ')[0]} is accepted.`, `lifetimes.${bound}`, 'false')),
  keyData('no-lifetimes-accepted', decodedBy, ends, 'Key exchange data without lifetimes has the longest ones.', "if (lifetimes === undefined) throw new Malformed('key exchange data: no lifetimes (1)');", '', [
    { file: 'reference/wire/key-exchange-data.ts', change: ['lifetimes: decodeLifetimes(lifetimes),', 'lifetimes: lifetimes === undefined ? { seconds: 3600, frames: 2n ** 32n, octets: 2n ** 40n } : decodeLifetimes(lifetimes),'] },
  ]),
  keyData('lifetimes-of-21-accepted', 'REQ-12 RESP-10', ends, 'Octets behind the 20 of lifetimes are not looked at.', 'if (value.length !== lifetimesLength)', 'if (value.length < lifetimesLength)'),
  keyData('compression-of-any-length', decodedBy, ends, 'Half a compression id is not looked at.', 'if (value.length === 0 || value.length % 2 !== 0) {', 'if (value.length === 0) {', [
    { file: 'reference/wire/key-exchange-data.ts', change: ['  return readU16s(value);', '  return readU16s(value.subarray(0, value.length & ~1));'] },
  ]),
  keyData('ids-in-any-order', 'REQ-13 RESP-10', ends, 'Entries of key exchange data may come in any order.', ascending, 'if (id < 0) throw'),
  keyData('ids-twice', 'REQ-13 RESP-10', ends, 'An entry of key exchange data may stand twice.', ascending, 'if (id < previous) throw'),
  keyData('ids-descend-sent', 'REQ-13', 'client', 'Entries of key exchange data are sent in descending order.', 'left.id - right.id', 'right.id - left.id'),
  keyData('unknown-entry-refused', 'REQ-14', 'server', 'An entry that is not known is refused, whatever its id.', known, 'const refused = entries.find(({ id }) => !known.includes(id));'),
  keyData('unknown-entry-refused-but-grease', 'REQ-14', 'server', 'Of the entries that are not known only GREASE is skipped.', known, 'const refused = entries.find(({ id }) => !known.includes(id) && (id & 0x8f0f) !== 0x0a0a);'),
  keyData('entry-7fff-refused', 'REQ-14', 'server', 'The entry 0x7FFF is refused.', known, known.replace('>= firstCriticalTlv', '>= firstCriticalTlv - 1')),
  keyData('unknown-entry-of-response-refused', 'RESP-10 REQ-14', 'client', 'A RESPONSE with an entry that is not known is refused.', known, 'const refused = entries.find(({ id }) => !known.includes(id));'),
  keyData('entry-8000-skipped', 'REQ-15 RESP-10', ends, 'The entry 0x8000 is skipped.', known, known.replace('>= firstCriticalTlv', '> firstCriticalTlv')),
  keyData('critical-entries-skipped', 'REQ-15 RESP-10', ends, 'Every entry that is not known is skipped.', known, 'const refused = entries.find(({ id }) => id > 0xffff && !known.includes(id));'),
  keyData('private-entries-skipped', 'REQ-15 RESP-10', ends, 'Entries for private use are skipped.', known, known.replace('>= firstCriticalTlv', '>= firstCriticalTlv && id < 0xf000')),
  // RESPONSE as it is made
  opened('response-names-suite-2', 'RESP-01', 'server', 'RESPONSE names suite 2, whatever REQUEST names.', 'flags: suite << 8,', "flags: (type === 'RESPONSE' ? 2 : suite) << 8,"),
  opened('response-names-no-suite', 'RESP-01', 'server', 'RESPONSE names no suite.', 'flags: suite << 8,', "flags: (type === 'RESPONSE' ? 0 : suite) << 8,"),
  response('response-with-two-transforms', 'RESP-03', 'server', 'RESPONSE has the transform twice.', 'transformsOffset: encodeTransforms([response.transform]),', 'transformsOffset: encodeTransforms([response.transform, response.transform]),'),
  policy('transform-not-offered', 'RESP-03', 'server', 'The first transform of the server is selected, offered or not.', 'request.transforms.find((wanted) => offered.includes(wanted));', 'offered[0];'),
  policy('transform-by-own-preference', 'RESP-07', 'server', 'Of the common transforms the one that the server prefers is selected.', 'request.transforms.find((wanted) => offered.includes(wanted));', 'offered.find((own) => request.transforms.includes(own));'),
  policy('seconds-not-lowered', 'RESP-05', 'server', 'RESPONSE allows more seconds than REQUEST.', 'seconds: Math.min(own.seconds, asked.seconds),', 'seconds: own.seconds,'),
  policy('frames-not-lowered', 'RESP-05', 'server', 'RESPONSE allows more frames than REQUEST.', 'frames: own.frames < asked.frames ? own.frames : asked.frames,', 'frames: own.frames,'),
  policy('octets-not-lowered', 'RESP-05', 'server', 'RESPONSE allows more octets than REQUEST.', 'octets: own.octets < asked.octets ? own.octets : asked.octets,', 'octets: own.octets,'),
  serverNode('options-not-asked-for', 'RESP-09', 'server', 'RESPONSE has options that REQUEST does not ask for.', chosen, 'makeKeyExchangeData({ lifetimes: grant.lifetimes, options: 1 });'),
  serverNode('compression-not-asked-for', 'RESP-09', 'server', 'RESPONSE selects a compression that REQUEST does not ask for.', chosen, 'makeKeyExchangeData({ lifetimes: grant.lifetimes, options: dataOptions, compression: [1] });'),
  serverNode('options-beyond-asked', 'RESP-09', 'server', 'RESPONSE allows every option as soon as REQUEST asks for one.', chosen, 'makeKeyExchangeData({ lifetimes: grant.lifetimes, options: keyExchangeData.options === 0 ? 0 : 0x1f });'),
  keyData('unknown-option-bits-refused', 'RESP-09', 'server', 'A REQUEST with option bits that mean nothing yet is refused.', "if (more.length > 0) throw new Malformed('key exchange data options (3)", "if (more.length > 0 || options > 0x1f) throw new Malformed('key exchange data options (3)"),
  // RESPONSE as an initiator reads it
  exchange('response-of-another-suite', 'RESP-01 RESP-02', 'client', 'The suite that RESPONSE names is not looked at.', "if (response.suite !== proposed.suite) throw", 'if (response.suite < 0) throw'),
  initiatorNode('header-difference-as-protocol-error', 'RESP-02', 'client', 'A header in the clear that is not the sealed one is a protocol error.', 'if (fault !== undefined) throw fault;', "if (fault !== undefined) throw new Unexpected('header');"),
  initiatorNode('header-difference-unkeyed', 'RESP-02', 'client', 'A header in the clear that is not the sealed one is answered unkeyed.', 'if (fault !== undefined) throw fault;', 'if (fault !== undefined) {\n      this.#conversation.closeKey = undefined;\n      throw fault;\n    }'),
  response('two-transforms-accepted', 'RESP-10', 'client', 'Of several transforms in RESPONSE the first counts.', 'if (transform === undefined || others.length > 0) throw', 'if (transform === undefined) throw'),
  exchange('undecoded-as-integrity-failure', 'RESP-10', 'client', 'A RESPONSE that opens to what does not decode is an integrity failure.', 'throw fault ?? error;', "throw fault ?? new IntegrityFailure(String(error));"),
  initiatorNode('undecoded-keyed', 'RESP-10', 'client', 'A RESPONSE that opens to what does not decode is answered keyed.', '    const { response, fault } = readResponse(this.#handshake, octets, server.suite);\n', "    let read: ReturnType<typeof readResponse>;\n    try {\n      read = readResponse(this.#handshake, octets, server.suite);\n    } catch (error) {\n      if (!(error instanceof IntegrityFailure)) this.#conversation.closeKey = new Uint8Array(32);\n      throw error;\n    }\n    const { response, fault } = read;\n", [
    { file: 'reference/nodes/initiator.ts', change: ["import { Unexpected } from '../errors.ts';", "import { IntegrityFailure, Unexpected } from '../errors.ts';"] },
  ]),
  exchange('any-transform-of-response', 'RESP-04', 'client', 'A transform that was not offered is taken.', '!proposed.transforms.includes(response.transform)', 'response.transform === 0'),
  exchange('0102-of-response', 'RESP-04 ID-05', 'client', 'Transform 0x0102 is taken though it was not offered.', '!proposed.transforms.includes(response.transform)', '!proposed.transforms.includes(response.transform) && response.transform !== 0x0102'),
  exchange('grease-of-response-as-integrity-failure', 'RESP-04', 'client', 'A GREASE value that RESPONSE selects is an integrity failure.', '  if (!proposed.transforms', "  if ((response.transform & 0x0f0f) === 0x0a0a) throw new IntegrityFailure('GREASE');\n  if (!proposed.transforms"),
  exchange('grease-of-response-taken', 'RESP-04', 'client', 'A GREASE value that RESPONSE selects stands for the transform that is offered first.', '  const { lifetimes, options, compression } = response.keyExchangeData;', '  if ((response.transform & 0x0f0f) === 0x0a0a) (response as { transform: number }).transform = proposed.transforms[0]!;\n  const { lifetimes, options, compression } = response.keyExchangeData;'),
  exchange('unknown-transform-of-response-unkeyed', 'RESP-04', 'client', 'A transform that is not known is ignored: RESPONSE is awaited further.', '!proposed.transforms.includes(response.transform)', 'response.transform < 0x0200 && !proposed.transforms.includes(response.transform)', [
    { file: 'reference/nodes/initiator.ts', change: ['    toNetworkSettings(clientData);', '    if (transform >= 0x0200) return;\n    toNetworkSettings(clientData);'] },
  ]),
  ...(['seconds', 'frames', 'octets'] as const).map((bound) =>
    exchange(`more-${bound}-accepted`, 'RESP-05', 'client', `RESPONSE may allow more ${bound} than REQUEST.`, `lifetimes.${bound} <= proposed.lifetimes.${bound}`, `lifetimes.${bound} > 0`)),
  ...(['seconds', 'frames', 'octets'] as const).map((bound) =>
    exchange(`equal-${bound}-refused`, 'RESP-05', 'client', `RESPONSE may not allow as many ${bound} as REQUEST.`, `lifetimes.${bound} <= proposed.lifetimes.${bound}`, `lifetimes.${bound} < proposed.lifetimes.${bound}`)),
  exchange('options-accepted', 'RESP-09', 'client', 'Options that were not asked for are taken.', 'if ((options & ~proposed.dataOptions) !== 0 ||', 'if ('),
  exchange('compression-accepted', 'RESP-09', 'client', 'Compression that was not asked for is taken.', '(options & ~proposed.dataOptions) !== 0 || compression.length > 0', '(options & ~proposed.dataOptions) !== 0'),
];
