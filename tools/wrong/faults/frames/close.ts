/** CLOSE frames ([EP] fig. 10) and the belief in them. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source, not templates
import type { Fault } from '../../fault.ts';

const conversation = 'reference/nodes/conversation.ts';
const session = 'reference/nodes/session.ts';
const close10 = 'reference/crypto/close.ts';
const wire = 'reference/wire/close.ts';
const keyedOrNot = `const octets = this.#session?.close(status) ?? (this.closeKey ? keyedClose(this.closeKey, status, 0) : unkeyed());`;
const status0 = "  if (status === 0) throw new Malformed(`${closeLayout.describe('status')}: 0 is not a reason`);";
const judged = `      const status = session.verifyClose(octets);`;
const digestless = `    if (digest === undefined) return undefined;`;
const compared = `  return constantTimeEqual(closeDigest(key, header, n), digest);`;

export const close: readonly Fault[] = [
  {
    id: 'close-never-keyed',
    breaks: ['CLOSE-01'],
    roles: ['client', 'server'],
    does: 'Every CLOSE has 8 octets.',
    file: conversation,
    change: [keyedOrNot, 'const octets = unkeyed();'],
  },
  {
    id: 'close-keyed-too-late',
    breaks: ['CLOSE-01'],
    roles: ['client'],
    does: 'An initiator that refuses what an opened RESPONSE says does not key its CLOSE.',
    file: conversation,
    change: [keyedOrNot, 'const octets = this.#session?.close(status) ?? unkeyed();'],
  },
  {
    id: 'close-keyed-too-early',
    breaks: ['CLOSE-01'],
    roles: ['server'],
    does: 'A server that refuses a REQUEST has 32 zeros behind its CLOSE.',
    file: conversation,
    change: [
      keyedOrNot,
      `const octets = this.#session?.close(status) ?? encodeClose({ type: 'CLOSE', status, digest: new Uint8Array(32) });`,
    ],
  },
  {
    id: 'close-digest-of-zeros',
    breaks: ['CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE is zeros.',
    file: session,
    change: [`digest: closeDigest(key, header, n) });`, `digest: closeDigest(key, header, n).fill(0) });`],
  },
  {
    id: 'close-digest-without-counter',
    breaks: ['CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE has n = 0 whatever was sent.',
    file: session,
    change: [
      `return keyedClose(this.#own.close, status, this.#sealer.frames);`,
      `return keyedClose(this.#own.close, status, 0);`,
    ],
  },
  {
    id: 'close-digest-of-the-other-counter',
    breaks: ['CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE has the number of DATA frames that were received.',
    file: session,
    change: [
      `return keyedClose(this.#own.close, status, this.#sealer.frames);`,
      `return keyedClose(this.#own.close, status, this.#opener.frames);`,
    ],
  },
  {
    id: 'close-digest-of-the-last-frame',
    breaks: ['CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE has the n of the last DATA frame, not the number of all.',
    file: session,
    change: [
      `return keyedClose(this.#own.close, status, this.#sealer.frames);`,
      `return keyedClose(this.#own.close, status, Math.max(0, this.#sealer.frames - 1));`,
    ],
  },
  {
    id: 'close-digest-with-the-key-of-the-peer',
    breaks: ['CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE is keyed with the key of the other direction.',
    file: session,
    change: [`return keyedClose(this.#own.close, status,`, `return keyedClose(this.#peer.close, status,`],
  },
  {
    id: 'close-digest-without-status',
    breaks: ['CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE covers the first 6 octets and n.',
    file: close10,
    change: [`  return hmacSha256(key, header, counter);`, `  return hmacSha256(key, header.subarray(0, 6), counter);`],
  },
  {
    id: 'close-status-0-accepted',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'A CLOSE of status 0 ends the connection like any other.',
    file: wire,
    change: [status0, ''],
  },
  {
    id: 'close-status-0-accepted-keyed',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'A keyed CLOSE of status 0 ends the session like any other.',
    file: wire,
    change: [status0, status0.replace('status === 0', 'status === 0 && octets.length === 8')],
  },
  {
    id: 'close-status-0-accepted-unkeyed',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'An unkeyed CLOSE of status 0 is taken for one.',
    file: wire,
    change: [status0, status0.replace('status === 0', 'status === 0 && octets.length === 40')],
  },
  {
    id: 'close-of-any-length',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'A CLOSE of 9 to 39 octets is taken for an unkeyed one.',
    file: wire,
    change: [
      `  if (octets.length === closeLayout.size) return { type: 'CLOSE', status };`,
      `  if (octets.length < 40) return { type: 'CLOSE', status };`,
    ],
  },
  {
    id: 'close-with-a-digest-of-16-octets',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'A CLOSE of 24 octets is taken for one with a digest of 16.',
    file: wire,
    change: [
      `  if (octets.length !== closeLayout.size + closeDigestLength) {`,
      `  if (octets.length !== closeLayout.size + closeDigestLength && octets.length !== 24) {`,
    ],
  },
  {
    id: 'close-of-9-octets',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'A CLOSE of 9 octets is taken for one of 8.',
    file: wire,
    change: [
      `  if (octets.length === closeLayout.size) return { type: 'CLOSE', status };`,
      `  if (octets.length <= 9) return { type: 'CLOSE', status };`,
    ],
  },
  {
    id: 'close-of-39-octets',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'A CLOSE of 39 octets is taken for one that does not verify.',
    file: wire,
    change: [
      `  if (octets.length !== closeLayout.size + closeDigestLength) {`,
      `  if (octets.length < closeLayout.size + closeDigestLength - 1) {`,
    ],
  },
  {
    id: 'close-of-wrong-form-is-truncation',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'Once keyed, a CLOSE whose form is wrong ends the connection like one that does not verify.',
    file: conversation,
    change: [
      judged,
      `      if (octets.length !== 40 || (octets[6]! | octets[7]!) === 0) {
        this.#broken('truncation');
        return;
      }
      const status = session.verifyClose(octets);`,
    ],
  },
  {
    id: 'close-status-without-name-refused',
    breaks: ['ID-06'],
    roles: ['client', 'server'],
    does: 'A CLOSE whose status has no name is a protocol error.',
    file: wire,
    change: [status0, status0.replace('status === 0', 'status === 0 || status > 14')],
  },
  {
    id: 'close-unkeyed-accepted',
    breaks: ['CLOSE-04'],
    roles: ['client', 'server'],
    does: 'Once keyed, an unkeyed CLOSE ends the session.',
    file: session,
    change: [digestless, `    if (digest === undefined) return status;`],
  },
  {
    id: 'close-unverified',
    breaks: ['CLOSE-04', 'CLOSE-10'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE is not verified.',
    file: close10,
    change: [compared, `  return closeDigest(key, header, n).length === digest.length;`],
  },
  {
    id: 'close-digest-compared-over-16-octets',
    breaks: ['CLOSE-04', 'CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The first 16 octets of the digest of CLOSE are compared.',
    file: close10,
    change: [
      compared,
      `  return constantTimeEqual(closeDigest(key, header, n).subarray(0, 16), digest.subarray(0, 16));`,
    ],
  },
  {
    id: 'close-digest-last-octet-ignored',
    breaks: ['CLOSE-04', 'CLOSE-02'],
    roles: ['client', 'server'],
    does: 'All octets of the digest of CLOSE but the last are compared.',
    file: close10,
    change: [
      compared,
      `  return constantTimeEqual(closeDigest(key, header, n).subarray(0, 31), digest.subarray(0, 31));`,
    ],
  },
  {
    id: 'close-digest-first-octet-ignored',
    breaks: ['CLOSE-04', 'CLOSE-02'],
    roles: ['client', 'server'],
    does: 'All octets of the digest of CLOSE but the first are compared.',
    file: close10,
    change: [compared, `  return constantTimeEqual(closeDigest(key, header, n).subarray(1), digest.subarray(1));`],
  },
  {
    id: 'close-of-any-counter',
    breaks: ['CLOSE-04', 'CLOSE-10'],
    roles: ['client', 'server'],
    does: 'A CLOSE verifies with the number of frames that came, or up to 3 more.',
    file: session,
    change: [
      `return verifyClose(this.#peer.close, header, this.#opener.frames, digest) ? status : undefined;`,
      `return [0, 1, 2, 3].some((more) => verifyClose(this.#peer.close, header, this.#opener.frames + more, digest))
      ? status
      : undefined;`,
    ],
  },
  {
    id: 'close-of-an-earlier-counter',
    breaks: ['CLOSE-04'],
    roles: ['client', 'server'],
    does: 'A CLOSE verifies with the number of frames that came, or up to 3 fewer.',
    file: session,
    change: [
      `return verifyClose(this.#peer.close, header, this.#opener.frames, digest) ? status : undefined;`,
      `return [0, 1, 2, 3].some((less) => verifyClose(this.#peer.close, header, Math.max(0, this.#opener.frames - less), digest))
      ? status
      : undefined;`,
    ],
  },
  {
    id: 'close-of-ones-own',
    breaks: ['CLOSE-04'],
    roles: ['client', 'server'],
    does: 'A CLOSE that is keyed with the key of the other direction verifies.',
    file: session,
    change: [
      `return verifyClose(this.#peer.close, header, this.#opener.frames, digest) ? status : undefined;`,
      `return [this.#peer, this.#own].some((keys) => verifyClose(keys.close, header, this.#opener.frames, digest))
      ? status
      : undefined;`,
    ],
  },
  {
    id: 'close-that-fails-answered',
    breaks: ['CLOSE-04', 'CLOSE-07'],
    roles: ['client', 'server'],
    does: 'A CLOSE that does not verify is answered with CLOSE "integrity failure".',
    file: conversation,
    change: [
      `      this.#broken('truncation: the connection ended without a CLOSE frame of the peer');`,
      `      throw new IntegrityFailure('CLOSE');`,
    ],
  },
  {
    id: 'close-that-fails-ignored',
    breaks: ['CLOSE-04'],
    roles: ['client', 'server'],
    does: 'A CLOSE that does not verify is ignored, and the session goes on.',
    file: conversation,
    change: [`      this.#broken('truncation: the connection ended without a CLOSE frame of the peer');`, ''],
  },
  {
    id: 'reset-taken-for-close',
    breaks: ['CLOSE-05'],
    // At a server nothing on the wire tells one from the other.
    roles: ['client'],
    does: 'A reset is taken for CLOSE "end session".',
    file: conversation,
    change: [
      `      case 'tcp failed':
      case 'network error':
        this.#broken(input.reason);`,
      `      case 'tcp failed':
      case 'network error':
        this.closeVerified = true;
        if (this.#machine.phase !== 'authorized') this.#broken(input.reason);
        else this.#closed(Status.endSession);`,
    ],
  },
];
