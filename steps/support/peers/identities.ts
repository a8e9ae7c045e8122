/** Static keys of the cast: the same in every run, so that captures and key logs can be compared. */
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';

export interface Identity {
  readonly name: string;
  /** 32 octets each. */
  readonly staticPrivate: Uint8Array;
  readonly staticPublic: Uint8Array;
  /** The same as configuration files have them: base64. */
  readonly privateKey: string;
  readonly publicKey: string;
}

/** RFC 8410 §7: PKCS #8 wrapping of an X25519 private key, and the SubjectPublicKeyInfo ahead of a public one. */
const pkcs8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicKeyInfoLength = 12;

/**
 * The key pair that belongs to a name. `alice` is the tunnel initiator, `server.test` the server or every member of its
 * group, `mallory` nobody's friend.
 */
export function identityOf(name: string): Identity {
  const staticPrivate = new Uint8Array(createHash('sha256').update(`conformance identity ${name}`).digest());
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, staticPrivate]), format: 'der', type: 'pkcs8' });
  const info = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const staticPublic = new Uint8Array(info.subarray(publicKeyInfoLength));
  return {
    name,
    staticPrivate,
    staticPublic,
    privateKey: staticPrivate.toBase64(),
    publicKey: staticPublic.toBase64(),
  };
}
