/** Framing (FRAME): how frames are cut, and how their first 6 octets are judged. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const frame = faultsIn('reference/wire/frame-start.ts');
const deframer = faultsIn('reference/wire/deframer.ts');
const conversation = faultsIn('reference/nodes/conversation.ts');
const serverNode = faultsIn('reference/nodes/server.ts');
const initiatorNode = faultsIn('reference/nodes/initiator.ts');
const flow = faultsIn('reference/nodes/flow.ts');
const versionCheck = `  if (version !== protocolVersion) {
    throw new Malformed(\`frame version: \${version}, not \${protocolVersion}\`, Status.unsupportedVersion);
  }
`;
const lowestCheck =
  '  if (length < start.size) throw new Malformed(`frame length: ${length}, at least ${start.size}`);\n';
const typeCheck = '  if (name === undefined) throw new Malformed(`frame type: ${type} is not known`);\n';
const boundsCheck =
  '  if (length < min || length > max) throw new Malformed(`${name} length: ${length}, ${min} to ${max}`);\n';
const judged = '      this.#judged = judgeStart(this.#peek(frameStartLength));';
const skipped = (which: string): string => `      const head = this.#peek(frameStartLength);
      if (head[5] === 1 && ${which}) {
        const whole = new DataView(head.buffer, head.byteOffset).getUint32(0);
        if (this.#available < whole) return undefined;
        this.#drop(whole);
        return this.next();
      }
      this.#judged = judgeStart(head);`;
const lastTurn = '        else this.#owner.opening(frame);\n';

/** FRAME-07: both sides of each bound. */
// biome-ignore format: a table
const lengths: readonly Fault[] = [
  frame('length-relay-15', 'FRAME-07', 'server relay', 'RELAY of 15 octets is in bounds.', 'RELAY: { min: 16,', 'RELAY: { min: 15,'),
  frame('length-relay-17', 'FRAME-07 RELAY-03', 'server relay', 'RELAY of 16 octets is refused.', 'RELAY: { min: 16,', 'RELAY: { min: 17,'),
  frame('length-relay-4609', 'FRAME-07', 'server relay', 'RELAY of 4,609 octets is in bounds.', 'max: 4_608', 'max: 4_609'),
  frame('length-relay-4607', 'FRAME-07', 'server relay', 'RELAY of 4,608 octets is refused.', 'max: 4_608', 'max: 4_607'),
  frame('length-request-259', 'FRAME-07', 'server', 'REQUEST of 259 octets is in bounds.', 'REQUEST: { min: 18 +', 'REQUEST: { min: 17 +'),
  frame('length-request-261', 'FRAME-07', 'server', 'REQUEST of 260 octets is refused.', 'REQUEST: { min: 18 +', 'REQUEST: { min: 19 +'),
  frame('length-request-4097', 'FRAME-07', 'server', 'REQUEST of 4,097 octets is in bounds.', 'max: 4_096', 'max: 4_097'),
  frame('length-request-4095', 'FRAME-07', 'server', 'REQUEST of 4,096 octets is refused.', 'max: 4_096', 'max: 4_095'),
  frame('length-response-203', 'FRAME-07', 'client', 'RESPONSE of 203 octets is in bounds.', 'RESPONSE: { min: 14 +', 'RESPONSE: { min: 13 +'),
  frame('length-response-205', 'FRAME-07', 'client', 'RESPONSE of 204 octets is refused.', 'RESPONSE: { min: 14 +', 'RESPONSE: { min: 15 +'),
  frame('length-response-16385', 'FRAME-07', 'client', 'RESPONSE of 16,385 octets is in bounds.', 'max: 16_384', 'max: 16_385'),
  frame('length-response-16383', 'FRAME-07', 'client', 'RESPONSE of 16,384 octets is refused.', 'max: 16_384', 'max: 16_383'),
  frame('length-data-15', 'FRAME-07', 'client server', 'DATA of 15 octets is in bounds.', 'DATA: { min: 16,', 'DATA: { min: 15,'),
  frame('length-data-131073', 'FRAME-07', 'client server', 'DATA of 131,073 octets is in bounds.', 'max: 131_072', 'max: 131_073'),
  frame('length-data-65535', 'FRAME-07 DATA-01', 'client server', 'DATA of more than 65,535 octets is refused.', 'max: 131_072', 'max: 65_535'),
  frame('length-close-7', 'FRAME-07', 'client server relay', 'CLOSE of 7 octets is in bounds.', 'CLOSE: { min: 8,', 'CLOSE: { min: 7,'),
  frame('length-close-41', 'FRAME-07', 'client server relay', 'CLOSE of 41 octets is in bounds.', 'CLOSE: { min: 8, max: 40', 'CLOSE: { min: 8, max: 41'),
];

export const frames: readonly Fault[] = [
  // FRAME-01, FRAME-02, FRAME-04
  initiatorNode(
    'relay-and-request-aligned',
    'FRAME-01',
    'client',
    'RELAY and REQUEST are filled up with zeros to a multiple of 4 octets that their length does not count.',
    "    this.#machine.emit({ type: 'send', octets });\n    this.#machine.raise(sent);",
    "    const aligned = new Uint8Array((octets.length + 7) & ~3);\n    aligned.set(octets);\n    this.#machine.emit({ type: 'send', octets: aligned });\n    this.#machine.raise(sent);",
  ),
  serverNode(
    'response-followed-by-octet',
    'FRAME-01',
    'server',
    'An octet follows RESPONSE before the next frame.',
    "this.#machine.emit({ type: 'send', octets: this.#accepted.response });",
    "this.#machine.emit({ type: 'send', octets: new Uint8Array([...this.#accepted.response, 0]) });",
  ),
  faultsIn('reference/wire/names.ts')(
    'default-port-3256',
    'FRAME-02',
    'client relay',
    'A node whose name says no port is reached at port 3256.',
    'defaultPort = 3265',
    'defaultPort = 3256',
  ),
  faultsIn('reference/wire/data.ts')(
    'data-length-without-itself',
    'FRAME-04 DATA-03',
    'client server',
    'The length of a DATA frame does not count its own four octets.',
    '  view.setUint32(0, octets.length);',
    '  view.setUint32(0, octets.length - 4);',
  ),
  // FRAME-05
  deframer(
    'first-octets-in-one-piece',
    'FRAME-05',
    'client server relay',
    'A frame whose first 6 octets do not come in one segment is a protocol error.',
    'if (this.#available < frameStartLength) return undefined;\n      this.#judged',
    `if (this.#available === 0) return undefined;
      if (this.#available < frameStartLength) judgeStart(new Uint8Array(6));
      this.#judged`,
  ),
  conversation(
    'one-frame-for-each-segment',
    'FRAME-05 FRAME-01',
    'client server',
    'Of several frames in one segment only the first is looked at until more octets come.',
    lastTurn,
    `${lastTurn}        break;\n`,
  ),
  deframer(
    'rest-of-segment-lost',
    'FRAME-05 FRAME-01',
    'client server',
    'What stands behind a frame in the same segment is lost.',
    '    this.#drop(length);\n    this.#judged = undefined;\n    return { type, octets };',
    '    this.#drop(this.#available);\n    this.#judged = undefined;\n    return { type, octets };',
  ),
  deframer(
    'second-segment-misread',
    'FRAME-05',
    'client server',
    'A frame that begins within one segment and ends in the next is put together wrongly.',
    '      offset = 0;\n',
    '',
  ),
  conversation(
    'data-in-one-segment',
    'FRAME-05',
    'client server',
    'A DATA frame that does not come in one segment is an integrity failure.',
    "    if (machine.phase !== 'authorized') return;\n",
    "    if (machine.phase !== 'authorized') return;\n    if (this.#deframer.begun !== undefined) machine.end(integrityFailure());\n",
  ),
  flow(
    'relay-start-misplaced',
    'FRAME-05',
    'relay',
    'In Forward the first octets of a frame that come in pieces are put together wrongly.',
    'this.#start.set(part, held);',
    'this.#start.set(part, 0);',
  ),
  flow(
    'relay-start-lost',
    'FRAME-05',
    'relay',
    'In Forward the first octets of a frame that come in pieces are lost.',
    '          if (held > 0) pass(this.#start.slice(0, held));\n',
    '',
  ),
  // FRAME-06
  deframer(
    'judged-once-whole',
    'FRAME-06',
    'client server relay',
    'The first 6 octets are judged only once the whole frame has come, if its length is not above 1 MiB.',
    judged,
    `      const head = this.#peek(frameStartLength);
      const whole = new DataView(head.buffer, head.byteOffset).getUint32(0);
      if (whole <= 2 ** 20 && this.#available < whole) return undefined;
      this.#judged = judgeStart(head);`,
  ),
  deframer(
    'judged-at-8-octets',
    'FRAME-06',
    'client server relay',
    'A frame is judged only once 8 octets have come, those of the shortest CLOSE.',
    'if (this.#available < frameStartLength) return undefined;\n      this.#judged',
    'if (this.#available < 8) return undefined;\n      this.#judged',
  ),
  ...lengths,
  // FRAME-08
  frame(
    'version-above',
    'FRAME-08',
    'client server relay',
    'Versions above 1 are taken for version 1.',
    'version !== protocolVersion',
    'version < protocolVersion',
  ),
  frame(
    'version-0',
    'FRAME-08',
    'client server relay',
    'Version 0 is taken for version 1.',
    'version !== protocolVersion',
    'version > protocolVersion',
  ),
  frame(
    'version-as-protocol-error',
    'FRAME-08',
    'client server relay',
    'Another version is answered "protocol error".',
    ', Status.unsupportedVersion)',
    ')',
  ),
  conversation(
    'version-of-data-as-integrity-failure',
    'FRAME-08',
    'client server',
    'In Authorized another version of a DATA frame is answered "integrity failure".',
    "return error instanceof Malformed && fault.event === 'protocol error' && inData",
    'return error instanceof Malformed && inData',
  ),
  // FRAME-09
  deframer(
    'unknown-type-skipped',
    'FRAME-09',
    'client server',
    'Frames of unknown type are skipped.',
    judged,
    skipped('(head[4]! > 5 || head[4] === 0)'),
  ),
  deframer(
    'private-type-skipped',
    'FRAME-09',
    'client server',
    'Frames whose type is for private use are skipped.',
    judged,
    skipped('head[4]! >= 0xf0'),
  ),
  frame(
    'unknown-type-as-version',
    'FRAME-09',
    'client server',
    'A frame of unknown type is answered "unsupported version".',
    'is not known`);\n',
    'is not known`, Status.unsupportedVersion);\n',
  ),
  conversation(
    'unknown-type-as-integrity-failure',
    'FRAME-09',
    'client server',
    'In Authorized a frame of unknown type is answered "integrity failure".',
    "this.#machine.phase === 'authorized' && this.#deframer.start?.[4] === FrameType.DATA;",
    "this.#machine.phase === 'authorized';",
  ),
  // FRAME-10
  frame(
    'version-before-length',
    'FRAME-10',
    'client server relay',
    'The version is judged before a length below 6.',
    lowestCheck + versionCheck,
    versionCheck + lowestCheck,
  ),
  frame(
    'type-before-version',
    'FRAME-10',
    'client server relay',
    'The type is judged before the version.',
    `${versionCheck}  const name = typeNames.get(type);\n${typeCheck}`,
    `  const name = typeNames.get(type);\n${typeCheck}${versionCheck}`,
  ),
  frame(
    'most-before-version',
    'FRAME-10',
    'client server relay',
    'A length above that of every frame is judged before the version.',
    'if (length < start.size) throw',
    'if (length < start.size || length > 131_072) throw',
  ),
  frame(
    'bounds-before-version',
    'FRAME-10',
    'client server relay',
    'The bounds of the type are judged before the version.',
    `${versionCheck}  const name = typeNames.get(type);\n${typeCheck}  const { min, max } = bounds[name];\n${boundsCheck}`,
    `  const name = typeNames.get(type);\n  const { min, max } = bounds[name ?? 'CLOSE'];\n${boundsCheck.replace('if (', 'if (name !== undefined && (').replace(') throw', ')) throw')}${versionCheck}${typeCheck}`,
  ),
];
