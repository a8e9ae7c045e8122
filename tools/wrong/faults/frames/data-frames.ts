/** DATA frames and how they are counted: keep-alive, silence, bounds of a key, padding, the wait for the rest of a frame. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const conversation = faultsIn('reference/nodes/conversation.ts');
const dataFrame = faultsIn('reference/crypto/data-frame.ts');
const initiatorNode = faultsIn('reference/nodes/initiator.ts');
const session = faultsIn('reference/nodes/session.ts');
const cbcHmac = faultsIn('reference/crypto/cbc-hmac.ts');

const silenceAfterOctets = "machine.after(machine.timers.silence, 'silence');\n    if (this.#deframer";
const fitting = 'const fitting = protocolOf(datagram) === protocol;';
const received = "machine.after(machine.timers.silence, 'silence');\n    if (this.#deframer.partial)";
const usedUp =
  'return sent.frames >= frames || received.frames >= frames || sent.octets >= octets || received.octets >= octets;';

export const dataFrames: readonly Fault[] = [
  conversation(
    'silence-ended-by-whole-frames-alone',
    'DATA-14 FRAME-15',
    'client server',
    'Only the last octet of a frame ends the silence: a long frame that comes slowly breaks the connection.',
    silenceAfterOctets,
    `if (!this.#deframer.partial) ${silenceAfterOctets}`,
  ),
  dataFrame(
    'short-ipv4-header-refused',
    'DATA-16',
    'server client',
    'It takes an IPv4 datagram whose header length is below 5 for an integrity failure.',
    fitting,
    fitting.replace(';', ' && (protocol !== 0x0800 || (datagram[0]! & 15) >= 5);'),
  ),
  dataFrame(
    'datagram-length-signed',
    'DATA-03',
    'server client',
    'It reads the length of the datagram as a signed integer, and refuses one of 32,768 octets or more.',
    'length === dataHeaderLength + digestLength + datagramLength + paddingLength',
    'length === dataHeaderLength + digestLength + ((datagramLength << 16) >> 16) + paddingLength',
  ),
  initiatorNode(
    'no-empty-data-when-datagrams-wait',
    'DATA-08',
    'client',
    'Where datagrams have waited for Reconnect, they confirm the connection, and it sends no empty DATA frame.',
    'this.#conversation.sendKeepAlive();',
    'if (this.queueCounts.waiting === 0) this.#conversation.sendKeepAlive();',
  ),
  conversation(
    'data-of-length-below-6-protocol-error',
    'DATA-10',
    'server client',
    'In Authorized it calls a length below 6 a protocol error also where octet 4 says DATA.',
    'this.#deframer.start?.[4] === FrameType.DATA;',
    'this.#deframer.start?.[4] === FrameType.DATA &&\n      new DataView(this.#deframer.start.slice().buffer).getUint32(0) >= 6;',
  ),
  session(
    'close-unkeyed-until-data-came',
    'CLOSE-01',
    'server client',
    'Until it has received a DATA frame its CLOSE is unkeyed.',
    'return keyedClose(this.#own.close, status, this.#sealer.frames);',
    "if (this.#opener.frames === 0) return encodeClose({ type: 'CLOSE', status });\n    return keyedClose(this.#own.close, status, this.#sealer.frames);",
  ),
  conversation(
    'keep-alive-postponed-by-what-comes',
    'DATA-13',
    'client server',
    'What it receives postpones its keep-alive, too: under traffic one way it is silent.',
    received,
    `if (machine.deadlines.get('keepAlive') !== undefined) machine.after(machine.timers.keepAlive, 'keepAlive');\n    ${received}`,
  ),
  dataFrame(
    'padding-received-uncounted',
    'SRV-20 INI-09',
    'client server',
    'Of what it receives it counts the datagrams, not the padding.',
    'counter.advance(plaintext.length);',
    'counter.advance(datagramLength);',
  ),
  dataFrame(
    'padding-sent-uncounted',
    'INI-09 SRV-20',
    'client server',
    'Of what it sends it counts the datagrams, not the padding.',
    'counter.advance(sealed);',
    'counter.advance(datagram.length);',
  ),
  dataFrame(
    'header-and-digest-counted',
    'INI-09 SRV-20',
    'client server',
    'It counts whole frames towards the bound of octets, header and digest included.',
    'counter.advance(plaintext.length);',
    'counter.advance(frame.length);',
  ),
  session(
    'octets-of-both-directions-together',
    'INI-09 SRV-20',
    'server',
    'It counts the octets of both directions together.',
    usedUp,
    'return sent.frames >= frames || received.frames >= frames || sent.octets + received.octets >= octets;',
  ),
  session(
    'frames-of-both-directions-together',
    'INI-09 SRV-20',
    'server',
    'It counts the frames of both directions together.',
    usedUp,
    'return sent.frames + received.frames >= frames || sent.octets >= octets || received.octets >= octets;',
  ),
  initiatorNode(
    'no-new-key-without-an-order',
    'INI-09',
    'client',
    'Where it is not to connect again after a failure, it does not renew its keys either.',
    "const event = brief && this.#brief ? 'end session' : 'key expired';",
    "const event = (brief && this.#brief) || !this.#options.reconnect ? 'end session' : 'key expired';",
  ),
  dataFrame(
    'padded-empty-datagram-refused',
    'TRF-04 DATA-15',
    'client server',
    'It takes an empty datagram with padding for an integrity failure.',
    fitting,
    fitting.replace(';', ' && (datagramLength > 0 || paddingLength === 0);'),
  ),
  cbcHmac(
    'block-of-padding-for-the-empty-datagram',
    'TRF-08',
    'client server',
    'An empty datagram has a block of padding.',
    'return (16 - (datagramLength % 16)) % 16;',
    'return datagramLength === 0 ? 16 : (16 - (datagramLength % 16)) % 16;',
  ),
];
