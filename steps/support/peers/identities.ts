/** Static keys of the cast: the same in every run, so that captures and key logs can be compared. */
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { NotApplicable } from '../lab/failure.ts';

/** The scenarios speak of these; an implementation elsewhere may know them by other names and keys. */
export type CastMember = 'alice' | 'bob' | 'server.test';

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

let givenParts: ReadonlyMap<string, Identity> = new Map();

/** From now on others play these parts: by their names here, with names and keys of their own. */
export function assignParts(parts: ReadonlyMap<CastMember, Identity>): void {
  givenParts = parts;
}

/** The name under which a node of the scenarios is known, with its port if it has one. */
export const nameOf = (name: string): string => name.replace(/^[^:]+/, (host) => givenParts.get(host)?.name ?? host);

/** Octets that are sent as they are have the names of the scenarios in them. @throws NotApplicable if there are others */
export function insistOnName(name: CastMember): void {
  if (nameOf(name) !== name) throw new NotApplicable(`needs a node named ${name}: its octets are sent as they are`);
}

/**
 * The key pair that belongs to a name. `alice` is the tunnel initiator, `server.test` the server or every member of its
 * group, `mallory` nobody's friend.
 */
export function identityOf(name: string): Identity {
  return givenParts.get(name) ?? keyPair(name, new Uint8Array(ownKey(name)));
}

const ownKey = (name: string): Uint8Array => createHash('sha256').update(`conformance identity ${name}`).digest();

/** @param staticPrivate 32 octets */
export function keyPair(name: string, staticPrivate: Uint8Array): Identity {
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
