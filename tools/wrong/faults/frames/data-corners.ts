/** DATA frames ([EP] fig. 9) in their least usual forms: lengths, tags, former keys, bundles, what lacks something. */
import { type Fault, ofSeveral } from '../../fault.ts';

const BU = 'reference/wire/bundle.ts';
const WO = 'reference/wire/offload.ts';
const PO = 'reference/packets/offload.ts';
const AE = 'reference/crypto/aead.ts';
const CB = 'reference/crypto/cbc-hmac.ts';
const CT = 'reference/crypto/ctr-hmac.ts';
const CO = 'reference/crypto/counter.ts';
const DF = 'reference/crypto/data-frame.ts';
const PR = 'reference/crypto/primitives.ts';
const CV = 'reference/nodes/conversation.ts';
const SE = 'reference/nodes/session.ts';
const CN = 'reference/tunnel/connection.ts';
const EV = 'reference/libc/evp.ts';
const IW = 'reference/datapath/inward.ts';
const TH = 'reference/datapath/thread.ts';
const RC = 'reference/datapath/record.ts';
const SH = 'reference/datapath/shared.ts';

/** The body of a function that returns a stream of AES-256-CTR. */
const narrowCounter = `  const [own, first] = [key.slice(), iv.slice()];
  let cipher = createCipheriv('aes-256-ctr', own, first);
  let left = 16 * (0x10000 - ((first[14]! << 8) | first[15]!));
  return (octets) => {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < octets.length; ) {
      const part = octets.subarray(at, at + left);
      parts.push(cipher.update(part));
      at += part.length;
      left -= part.length;
      if (left > 0) continue;
      cipher = createCipheriv('aes-256-ctr', own, first.slice().fill(0, 14));
      left = 16 * 0x10000;
    }
    return view(Buffer.concat(parts));
  };`;

// biome-ignore format: a table, one line for each change
const ciphers = ofSeveral({
  'aead-tag-without-last-octet': ['DATA-07 DATA-10 TRF-01 TRF-02', 'client server', 'The last octet of the tag of an AEAD is not compared.',
    [AE, '      const plaintext = aeadOpen(aead, key, nonceOf(nonce, iv, n), header, body, tag);', '      const open = (one: Uint8Array) => aeadOpen(aead, key, nonceOf(nonce, iv, n), header, body, one);\n      let plaintext = open(tag);\n      for (let last = 0; last < 256 && plaintext === undefined; last++) plaintext = open(Uint8Array.of(...tag.subarray(0, 15), last));']],
  'thread-tag-without-last-octet': ['DATA-07 DATA-10', 'client server', 'The thread does not compare the last octet of the tag.',
    [EV, 'control(context, EVP_CTRL_AEAD_SET_TAG, tagLength, tag)', 'control(context, EVP_CTRL_AEAD_SET_TAG, tagLength - 1, tag)']],
  'ctr-digest-without-last-octet': ['DATA-07 DATA-10 TRF-05', 'client server', 'The last octet of the digest of 0x0101 is not compared.',
    [CT, 'constantTimeEqual(digest, frame.subarray(dataHeaderLength, start))', 'constantTimeEqual(digest.subarray(0, 31), frame.subarray(dataHeaderLength, start - 1))']],
  'cbc-digest-without-last-octet': ['DATA-07 DATA-10 TRF-05', 'client server', 'The last octet of the digest of 0x0102 is not compared.',
    [CB, 'constantTimeEqual(digest, frame.subarray(dataHeaderLength, start))', 'constantTimeEqual(digest.subarray(0, 31), frame.subarray(dataHeaderLength, start - 1))']],
  'cbc-chain-without-single-blocks': ['TRF-09', 'client server', 'A frame of 0x0102 that has one block is left out of the chain.',
    [CB, '  const stream = cbcDecryptStream(key, iv);', '  let previous = iv;'],
    [CB, '      const plaintext = stream(frame.subarray(start));', '      const body = frame.slice(start);\n      const plaintext = cbcDecryptStream(key, previous)(body);\n      if (body.length > 16) previous = body.slice(-16);']],
  'cbc-padding-of-15-refused': ['TRF-08', 'client server', 'A frame of 0x0102 with 15 octets of padding is refused.',
    [CB, '=> paddingLength === toBlock(datagramLength),', '=> paddingLength === toBlock(datagramLength) && paddingLength < 15,']],
  'ctr-counter-carries-within-16-bits': ['TRF-06', 'client server', 'The counter block of 0x0101 is incremented in its last 16 bits alone.',
    [PR, "  const cipher = createCipheriv('aes-256-ctr', key, iv);\n  return (octets) => view(cipher.update(octets));", narrowCounter]],
  'ctr-counter-that-comes-carries-within-16-bits': ['TRF-06', 'client server', 'The counter block by which it opens frames of 0x0101 is incremented in its last 16 bits alone.',
    [PR, 'export function ctrStream(key: Uint8Array, iv: Uint8Array): Stream {\n', `export function narrowStream(key: Uint8Array, iv: Uint8Array): Stream {\n${narrowCounter}\n}\n\nexport function ctrStream(key: Uint8Array, iv: Uint8Array): Stream {\n`],
    [CT, 'constantTimeEqual, ctrStream, hmacSha256', 'constantTimeEqual, ctrStream, hmacSha256, narrowStream'],
    [CT, 'Decryption {\n  const stream = ctrStream(key, iv);', 'Decryption {\n  const stream = narrowStream(key, iv);']],
  'third-connection-counts-from-1': ['KEY-02', 'client server', 'From the third tunnel connection of the program on, both directions begin with n = 1.',
    [CO, '/** DATA frames under one key. */', 'let made = 0;\n'],
    [CO, '  constructor(frames = 0, octets = 0) {', '  constructor(frames = ++made > 4 ? 1 : 0, octets = 0) {']],
  'share-of-0-is-no-bound': ['INI-09', 'client', 'Where 90 % of a bound, rounded down, are 0, there is no bound.',
    [SE, 'Math.floor((Math.min(Number(agreed), hard) * percent) / 100);', 'Math.floor((Math.min(Number(agreed), hard) * percent) / 100) || Number.POSITIVE_INFINITY;']],
  'former-key-opens-too': ['KEY-01 DATA-07 DATA-10', 'client server', 'What the present key does not open is tried with that of the tunnel connection before.',
    [SE, 'const empty = new Uint8Array(0);', 'const empty = new Uint8Array(0);\nlet latest: DirectionKeys | undefined;'],
    [SE, '  readonly #dataOptions: number;', '  readonly #dataOptions: number;\n  readonly #former: DirectionKeys | undefined;'],
    [SE, '    this.#transform = transform;', '    this.#transform = transform;\n    this.#former = latest;\n    const { key, iv, mac, close } = this.#peer;\n    latest = { key: key.slice(), iv: iv.slice(), ...(mac && { mac: mac.slice() }), close };'],
    [SE, '    return this.#opener.openAll(frame);', '    try {\n      return this.#opener.openAll(frame);\n    } catch (error) {\n      if (this.#former === undefined) throw error;\n      const { frames, octets } = this.#received;\n      const dataOptions = this.#dataOptions;\n      const opened = createOpener(this.#transform, this.#former, { counter: new Counter(frames, octets), dataOptions }).openAll(frame);\n      this.#received.resume(frames + 1, octets + frame.length - 32);\n      this.#opener = createOpener(this.#transform, this.#peer, { counter: this.#received, dataOptions });\n      return opened;\n    }']],
});

// biome-ignore format: a table, one line for each change
const contents = ofSeveral({
  'offload-padding-refused': ['OFF-01', 'client server', 'A frame of a datagram that lacks something is refused if it has padding.',
    [DF, '  const offload = readOffload(header, dataOptions);', '  const offload = paddingLength > 0 ? undefined : readOffload(header, dataOptions);']],
  'offload-udp-in-ipv6-dropped': ['OFF-01', 'client server', 'UDP in IPv6 whose checksum is partial is dropped.',
    [PO, '  const protocol = datagram[six ? 6 : 9]!;', '  const protocol = datagram[six ? 6 : 9]!;\n  if (six && protocol === IpProtocol.udp) return undefined;']],
  'offload-of-two-whole-segments-at-least': ['OFF-01', 'client server', 'What is to be cut is dropped if its second segment is not a whole one.',
    [PO, 'datagram.length - upper.payload > segmentSize;', 'datagram.length - upper.payload >= 2 * segmentSize;']],
  'offload-to-be-cut-in-ipv6-dropped': ['OFF-01', 'client server', 'What is to be cut is dropped in IPv6.',
    [PO, '  return isLong && segmentSize >= leastSegmentSize ?', '  return isLong && segmentSize >= leastSegmentSize && datagram[0]! >> 4 === 4 ?']],
  'offload-segment-size-of-255-taken': ['OFF-02', 'client server', 'A segment size of 255 is no integrity failure.',
    [WO, 'segmentSize >= leastSegmentSize &&', 'segmentSize >= leastSegmentSize - 1 &&']],
  'offload-segment-size-of-the-datagram-taken': ['OFF-02', 'client server', 'A segment size that is the length of the datagram is no integrity failure.',
    [WO, 'segmentSize < datagramLength;', 'segmentSize <= datagramLength;']],
  'bundle-of-ipv6-headers-alone-refused': ['BUN-01', 'client server', 'An IPv6 datagram without a payload is refused in a bundle.',
    [BU, '  return version === 6 && left >= 40 ?', '  return version === 6 && left >= 40 && u16At(octets, at + 4) > 0 ?']],
  'bundle-datagram-of-65535-at-most': ['BUN-01', 'client server', 'A datagram of more than 65,535 octets, which IPv6 can have, is refused in a bundle.',
    [BU, 'if (length === undefined || length > octets.length - at) return undefined;', 'if (length === undefined || length > octets.length - at || length > 0xffff) return undefined;']],
  'offload-delivered-late': ['OFF-01', 'client server', 'A datagram that lacks something is delivered behind those that come with it.',
    [CN, "    else if (effect.type === 'deliver') this.#ports.deliver(effect.datagram, effect.offload);", "    else if (effect.type === 'deliver' && effect.offload !== undefined) {\n      const datagram = effect.datagram.slice();\n      setImmediate(() => this.#ports.deliver(datagram, effect.offload));\n    } else if (effect.type === 'deliver') this.#ports.deliver(effect.datagram, effect.offload);"]],
  'bundle-delivered-late': ['BUN-02', 'client server', 'The datagrams of a bundle are delivered behind those that come with it in other frames.',
    [CV, "this.#machine.emit({ type: 'deliver', datagram, offload });", "this.#machine.emit({ type: 'deliver', datagram, offload, late: this.#received.length > 1 });"],
    [CN, "    else if (effect.type === 'deliver') this.#ports.deliver(effect.datagram, effect.offload);", "    else if (effect.type === 'deliver' && effect.late) {\n      const datagram = effect.datagram.slice();\n      setImmediate(() => this.#ports.deliver(datagram, effect.offload));\n    } else if (effect.type === 'deliver') this.#ports.deliver(effect.datagram, effect.offload);"]],
  'reads-nothing-while-full': ['INI-03 DATA-14 ADP-25', 'client server', 'While its peer takes no more, it reads nothing either.',
    [CN, '      this.#full = full;\n', '      this.#full = full;\n      this.#transports.get(side)?.hold(full);\n']],
  'thread-reads-nothing-while-full': ['INI-03 DATA-14 ADP-25', 'client server', 'While the peer takes no more, the thread reads nothing either.',
    [TH, '(this.#adapter === undefined ? 0 : EPOLLIN) |', '(this.#adapter === undefined || tunnel.full ? 0 : EPOLLIN) |']],
  'thread-frames-of-two-tunnels-lost': ['ADP-40 FRAME-05 SRV-24', 'server', 'The thread loses the beginning of a frame when octets of another tunnel come.',
    [IW, '    this.release();\n    this.#owner = tunnel;', '    const former = this.#owner;\n    this.release();\n    if (former !== undefined) former.unread = new Uint8Array(0);\n    this.#owner = tunnel;']],
});

// biome-ignore format: a table, one line for each change
const inThread = ofSeveral({
  'thread-padded-keep-alive-refused': ['TRF-04 DATA-15', 'client server', 'The thread takes a keep-alive with padding for an integrity failure.',
    [RC, '  const end = at + lead + datagramLength;', '  if (datagramLength === 0 && sealed > 0) return false;\n  const end = at + lead + datagramLength;']],
  'thread-short-datagram-refused': ['DATA-16', 'client server', 'The thread takes a datagram of fewer than 20 octets for an integrity failure.',
    [RC, '  const end = at + lead + datagramLength;', '  if (datagramLength > 0 && datagramLength < 20) return false;\n  const end = at + lead + datagramLength;']],
  'thread-padding-uncounted': ['INI-09 SRV-20', 'client server', 'Of what comes the thread counts the datagrams, not the padding.',
    [RC, '  direction.advance(sealed);', '  direction.advance(datagramLength);']],
  'thread-counter-of-16-bits': ['KEY-02 TRF-01 TRF-02', 'client server', 'In the thread the nonce has the low 16 bits of the counter alone.',
    [SH, 'this.#setWord(8, frames % 2 ** 32);', 'this.#setWord(8, frames % 2 ** 16);']],
});

export const dataCorners: readonly Fault[] = [...ciphers, ...contents, ...inThread];
