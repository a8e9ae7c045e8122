/** What programs of some languages do to octets, numbers and names: compared as strings, signed, cut at a zero. */
import { type Fault, ofSeveral } from '../../fault.ts';

const AE = 'reference/crypto/aead.ts';
const RE = 'reference/tunnel/client/reception.ts';
const VA = 'reference/tunnel/config/values.ts';

const asStrings = (right: string, digest: string): string =>
  `((right, digest) => {\n        const end = right.indexOf(0) < 0 ? right.length : right.indexOf(0) + 1;\n        return constantTimeEqual(right.subarray(0, end), digest.subarray(0, end));\n      })(${right}, ${digest})`;
const compared = 'constantTimeEqual(digest, frame.subarray(dataHeaderLength, start))';
const ownOf = `    const own = [hostPrefix(address),`;
const permits = `      lengthOf(here, destination) >= 0 &&`;

// biome-ignore format: a table
export const comparedAsStrings: readonly Fault[] = ofSeveral({
  'close-digest-as-a-string': ['CLOSE-04', 'client server', 'The digest of CLOSE is compared as a string: what stands behind its first octet of zero is not.',
    ['reference/crypto/close.ts', 'constantTimeEqual(closeDigest(key, header, n), digest)', asStrings('closeDigest(key, header, n)', 'digest')]],
  'ctr-digest-as-a-string': ['DATA-10 TRF-05 DATA-07', 'client server', 'The digest of 0x0101 is compared as a string: what stands behind its first octet of zero is not.',
    ['reference/crypto/ctr-hmac.ts', compared, asStrings('digest', 'frame.subarray(dataHeaderLength, start)')]],
  'cbc-digest-as-a-string': ['DATA-10 TRF-05 DATA-07', 'client server', 'The digest of 0x0102 is compared as a string: what stands behind its first octet of zero is not.',
    ['reference/crypto/cbc-hmac.ts', compared, asStrings('digest', 'frame.subarray(dataHeaderLength, start)')]],
  'aead-tag-as-a-string': ['DATA-10 TRF-01 TRF-02', 'client server', 'The tag of an AEAD is compared as a string: what stands behind its first octet of zero is not.',
    [AE, '      const plaintext = aeadOpen(aead, key, nonceOf(nonce, iv, n), header, body, tag);', `      let plaintext = aeadOpen(aead, key, nonceOf(nonce, iv, n), header, body, tag);\n      if (plaintext === undefined) {\n        const none = new Uint8Array(0);\n        const stream = aeadSeal(aead, key, nonceOf(nonce, iv, n), header, new Uint8Array(body.length), none).ciphertext[0];\n        const guess = body.map((octet, index) => octet ^ stream[index]);\n        const right = aeadSeal(aead, key, nonceOf(nonce, iv, n), header, guess, none).tag;\n        const end = right.indexOf(0) + 1;\n        if (end > 0 && right.subarray(0, end).every((octet, index) => octet === tag[index])) plaintext = guess;\n      }`]],
  'client-name-trimmed': ['REQ-07', 'client', 'Spaces at the ends of the initiator’s name are not sent.',
    ['reference/nodes/initiator.ts', 'initiatorName: name,', 'initiatorName: name.trim(),']],
  'underscores-in-names-refused': ['RELAY-02 FRAME-16', 'client relay', 'A name of the path or of the allow-list with an underscore is a fault of the configuration.',
    [VA, `[a-z0-9_-]+(?:\\\\.[a-z0-9_-]+)*';`, `[a-z0-9-]+(?:\\\\.[a-z0-9-]+)*';`]],
  'names-of-253-refused': ['RELAY-02', 'client', 'A name of the path that has 253 octets is a fault of the configuration.',
    [VA, `(?=[^:]{1,253}(?::|$))`, `(?=[^:]{1,252}(?::|$))`]],
  'ports-signed': ['FRAME-16', 'client relay', 'The port of a name is a signed integer of 16 bits: above 32,767 none is connected to.',
    ['reference/wire/names.ts', `{ host, port: Number(port) }`, `{ host, port: (Number(port) << 16) >> 16 }`]],
  'relay-of-4096-octets-at-most': ['RELAY-02', 'client', 'A RELAY frame of more than 4,096 octets is cut.',
    ['reference/wire/relay.ts', `hopCount, reserved: 0 }, octets);\n  return octets;`, `hopCount, reserved: 0 }, octets);\n  return octets.subarray(0, 4_096);`]],
  'path-indexes-of-8-bits': ['RELAY-02 FRAME-01 FRAME-16', 'client', 'Of a path index that it sends the high octet is 0.',
    ['reference/wire/relay.ts', `u16(...pathIndexes)`, `u16(...pathIndexes.map((index) => index & 255))`]],
  'ipv4-addresses-signed': ['ADP-34 ADP-33 ADP-24 ADP-08 ADP-31', 'client server', 'Addresses of IPv4 are signed integers where they are compared with a prefix: from 128.0.0.0 on none is in any.',
    ['reference/tunnel/lan.ts', '    if ((wordAt(octets, offset) & this.#mask) >>> 0 !== this.#word) return false;', '    const word = wordAt(octets, offset) & this.#mask;\n    if ((this.first.length === 4 ? word : word >>> 0) !== this.#word) return false;']],
  'arp-below-128-alone': ['ARP-02', 'client', 'Addresses are signed integers to its ARP emulator: in a virtual LAN above 128.0.0.0 it answers for the server alone.',
    ['reference/emulators/resolution.ts', `    return contains(lan, hostPrefix(asked)) && !unanswered`, `    return Number(asked.split('.')[0]) < 128 && contains(lan, hostPrefix(asked)) && !unanswered`]],
  'own-prefix-compared-as-text': ['ADP-33', 'client', 'Datagrams come in for whatever address begins with the text of its own /64: of fd00:8:0:ab::/64 where it has fd00:8:0:a::/64.',
    [RE, `import { isIpv6 } from '../../packets/addresses.ts';`, `import { ipv6Text, isIpv6 } from '../../packets/addresses.ts';`],
    [RE, ownOf, `    this.beginning = ipv6?.prefix.replace(/::$/, '');\n${ownOf}`],
    [RE, permits, `      (lengthOf(here, destination) >= 0 || (this.beginning !== undefined && destination.length === 16 && ipv6Text(destination).startsWith(this.beginning))) &&`]],
  'own-address-compared-as-text': ['ADP-34 ADP-35', 'client', 'A source whose text begins with that of its own address counts as its own: 10.8.0.100 where it has 10.8.0.10.',
    [RE, ownOf, `    this.beginning = address;\n${ownOf}`],
    [RE, permits, `${permits}\n      !(source.length === 4 && source.join('.').startsWith(this.beginning)) &&`]],
});
