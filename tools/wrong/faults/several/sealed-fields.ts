/** What the handshake seals, in unusual forms and lengths; refusals and the first CLOSE ([EP] figs. 7, 8 and 10). */
import { type Fault, ofSeveral } from '../../fault.ts';

const KX = 'reference/wire/key-exchange-data.ts';
const OP = 'reference/wire/opened.ts';
const RQ = 'reference/wire/request.ts';
const SY = 'reference/crypto/symmetric-state.ts';
const EX = 'reference/nodes/exchange.ts';
const CV = 'reference/nodes/conversation.ts';
const IN = 'reference/nodes/initiator.ts';
const SV = 'reference/nodes/server.ts';
const MS = 'reference/machines/server.ts';

// biome-ignore format: a table, one line for each change
const fields = ofSeveral({
  'options-of-4-octets-accepted': ['REQ-12 RESP-10', 'client server', 'Of the entry `options` it reads the first two octets.',
    [KX, "    if (more.length > 0) throw new Malformed('key exchange data options (3): more than 2 octets');".trim(), '']],
  'entries-of-no-octets-accepted': ['REQ-12 RESP-10', 'client server', 'An entry `options` or `compression` without a value stands for none.',
    [KX, 'if (value.length === 0 || value.length % 2 !== 0) {', 'if (value.length % 2 !== 0) {']],
  'unknown-entry-of-257-octets-refused': ['REQ-14 RESP-10', 'client server', 'An entry of key exchange data of more than 256 octets is refused.',
    [KX, 'if (end > octets.length) throw', 'if (end > octets.length || end - offset > 260) throw']],
  'half-a-transform-ignored': ['FRAME-12 REQ-05 RESP-10', 'client server', 'Half a transform behind the last one is not looked at.',
    [OP, 'if (octets.length < 2 || octets.length % 2 !== 0) throw', 'if (octets.length < 2) throw'],
    [OP, '  return readU16s(octets);', '  return readU16s(octets.subarray(0, octets.length & ~1));']],
  'no-transforms-is-none-in-common': ['SRV-06 REQ-05', 'server', 'A REQUEST without a transform is answered with no common transform.',
    [OP, ': offset <= before;', ': offset < before;'],
    [OP, 'if (octets.length < 2 || octets.length % 2 !== 0) throw', 'if (octets.length % 2 !== 0) throw']],
  'destination-of-128-octets-at-most': ['REQ-08', 'server', 'A destination name of more than 128 octets does not decode.',
    [RQ, '  if (destination.after.length > 0) throw', '  if (destination.after.length > 0 || destination.name.length > 128) throw']],
  'request-of-2048-octets-at-most': ['FRAME-07 SRV-04', 'server', 'A REQUEST of more than 2,048 octets is not authorized.',
    [SV, '      const suite = suiteOf(decodeRequest(octets));', '      if (octets.length > 2048) return Status.notAuthorized;\n      const suite = suiteOf(decodeRequest(octets));']],
  'response-of-8192-octets-at-most': ['FRAME-07 INI-03', 'client', 'A RESPONSE of more than 8,192 octets is a protocol error.',
    [EX, '  const payload = handshake.readResponse(decodeResponse(octets).message);', "  if (octets.length > 8192) throw new Malformed('RESPONSE: too long');\n  const payload = handshake.readResponse(decodeResponse(octets).message);"]],
  'client-data-of-request-of-256-octets-at-most': ['REQ-10 REQ-17', 'server', 'A REQUEST with client data of more than 256 octets is not authorized.',
    [RQ, '    clientData: decodeClientData(sections.clientDataOffset),', '    clientData: decodeClientData(sections.clientDataOffset.length > 256 ? new Uint8Array() : sections.clientDataOffset),']],
  'compression-of-request-refused': ['SRV-04 REQ-12', 'server', 'A REQUEST that asks for a compression is not authorized.',
    [KX, '  const fresh = value(Tlv.freshness);', "  if (compression.length > 0) throw new Malformed('compression');\n  const fresh = value(Tlv.freshness);"]],
  'handshake-tag-without-last-octet': ['SRV-05 HS-09', 'client server', 'The last octet of a tag of the handshake is not compared.',
    [SY, "    const plaintext = aeadOpen('chacha20-poly1305', this.#key, this.#encodeNonce(), associated, body, tag);", "    const open = (one: Uint8Array) => aeadOpen('chacha20-poly1305', this.#key!, this.#encodeNonce(), associated, body, one);\n    let plaintext = open(tag);\n    for (let last = 0; last < 256 && plaintext === undefined; last++) plaintext = open(Uint8Array.of(...tag.subarray(0, 15), last));"]],
  'segmentation-alone-allows-both': ['DATA-06 OFF-05', 'client server', 'Where bit 1 alone was negotiated, flags 0 and 1 are taken and sent.',
    [IN, '    const { lifetimes, options: dataOptions } = keyExchangeData;', '    const { lifetimes, options } = keyExchangeData;\n    const dataOptions = (options & 2) === 0 ? options : options | 1;'],
    [SV, '    const { dataOptions } = description;', '    const dataOptions = (description.dataOptions & 2) === 0 ? description.dataOptions : description.dataOptions | 1;']],
  'options-as-it-asked': ['DATA-06 RESP-09', 'client', 'It uses the options that it asked for, whatever RESPONSE selected.',
    [IN, '    const { lifetimes, options: dataOptions } = keyExchangeData;', '    const { lifetimes } = keyExchangeData;\n    const { dataOptions = 0 } = this.#options;']],
});

// biome-ignore format: a table, one line for each change
const refusals = ofSeveral({
  'refusal-put-off-by-octets': ['SRV-07', 'server', 'Each octet that comes behind a REQUEST begins the time of its refusal anew.',
    [SV, '      discard: () => {},', "      discard: () => {\n        if (this.state === 'Close') this.#machine.after(options.timers.refusalDelay, 'refusal');\n      },"]],
  'early-close-by-the-first-transform': ['CLOSE-02 RESP-04', 'client', 'Its CLOSE that refuses a RESPONSE is keyed for the transform that it prefers, not for that of RESPONSE.',
    [IN, 'deriveDirection(secrets.initiatorKey.slice(), transform, secrets.handshakeHash);', 'deriveDirection(secrets.initiatorKey.slice(), transforms[0]!, secrets.handshakeHash);']],
  'early-close-counts-one': ['CLOSE-02 RESP-04', 'client', 'Its CLOSE that refuses a RESPONSE counts the empty DATA frame that it never sent.',
    [CV, 'keyedClose(this.closeKey, status, 0)', 'keyedClose(this.closeKey, status, 1)']],
  'close-before-confirmation-answered': ['CLOSE-07 SRV-09', 'server', 'A CLOSE that comes before the session is confirmed is answered with CLOSE.',
    [CV, '        this.#closed(status);\n        return;', '        if (!this.#machine.sends) this.sendClose();\n        this.#closed(status);\n        return;']],
  'what-gives-way-at-a-server-lingers': ['SRV-28 SRV-25', 'server', 'What gives way is not closed before its peer has ended its stream, or 2 s are over.',
    [MS, "['Receive Relay', ['gives way'], ['send CLOSE and disconnect'], 'Dying',", "['Receive Relay', ['gives way'], ['send CLOSE'], 'Close',"],
    [MS, "['Connect Wait', ['gives way'], ['send CLOSE and disconnect'], 'Dying',", "['Connect Wait', ['gives way'], ['send CLOSE'], 'Close',"],
    [MS, "['Authorized', ['gives way'], ['send CLOSE and disconnect'], 'Dying',", "['Authorized', ['gives way'], ['send CLOSE'], 'Close',"]],
});

export const sealedFields: readonly Fault[] = [...fields, ...refusals];
