/**
 * Section 5.4 of docs/protocol.md straight down the page, on node:crypto alone: for keys that no right peer has, and to
 * see what a right one doesn't look at. A DH with a key that isn't right is 32 zeros here: a receiver that takes such a
 * result like any other derives the same keys.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  encapsulate,
  randomBytes,
} from 'node:crypto';
import { ascii, concat } from '../../../reference/octets.ts';
import { Suite } from '../../../reference/wire/identifiers.ts';
import { prologueOf } from './handshake.ts';
import { identityOf } from './identities.ts';

const names = new Map<number, string>([
  [Suite.x25519, 'Noise_IK_25519_ChaChaPoly_SHA256'],
  [Suite.hybrid, 'Noise_IKhfs_25519+MLKEM768_ChaChaPoly_SHA256'],
]);
const zeros = new Uint8Array(32);
const sealedLength = { key: 48, encapsulationKey: 1200 };

const octets = (buffer: Uint8Array): Uint8Array => new Uint8Array(buffer);
const sha256 = (data: Uint8Array) => octets(createHash('sha256').update(data).digest());
const hmac = (key: Uint8Array, data: Uint8Array) => octets(createHmac('sha256', key).update(data).digest());

const privateOf = (key: Uint8Array) => createPrivateKey({ key, format: 'raw-private', asymmetricKeyType: 'x25519' });
const dh = (own: Uint8Array, theirs: Uint8Array): Uint8Array =>
  octets(
    diffieHellman({
      privateKey: privateOf(own),
      publicKey: createPublicKey({ key: theirs, format: 'raw-public', asymmetricKeyType: 'x25519' }),
    }),
  );
const publicOf = (own: Uint8Array) => octets(createPublicKey(privateOf(own)).export({ format: 'raw-public' }));

class Noise {
  #ck: Uint8Array;
  #h: Uint8Array;
  #k: Uint8Array = zeros;
  #c = 0;

  constructor(suite: number, relay: Uint8Array, serverPublic: Uint8Array) {
    const name = ascii(names.get(suite) ?? '');
    this.#h = name.length > 32 ? sha256(name) : name;
    this.#ck = this.#h;
    this.mixHash(prologueOf(relay));
    this.mixHash(serverPublic);
  }

  mixHash(x: Uint8Array): void {
    this.#h = sha256(concat(this.#h, x));
  }

  mixKey(x: Uint8Array): void {
    const t = hmac(this.#ck, x);
    this.#ck = hmac(t, Uint8Array.of(1));
    this.#k = hmac(t, concat(this.#ck, Uint8Array.of(2)));
    this.#c = 0;
  }

  seal(x: Uint8Array): Uint8Array {
    const cipher = createCipheriv('chacha20-poly1305', this.#k, this.#nonce(), { authTagLength: 16 });
    cipher.setAAD(this.#h, { plaintextLength: x.length });
    const y = concat(cipher.update(x), cipher.final(), cipher.getAuthTag());
    this.mixHash(y);
    return y;
  }

  /** Of a frame that has been opened already: a tag that doesn't verify is a fault of the suite. */
  open(y: Uint8Array): Uint8Array {
    const cipher = createDecipheriv('chacha20-poly1305', this.#k, this.#nonce(), { authTagLength: 16 });
    cipher.setAAD(this.#h, { plaintextLength: y.length - 16 });
    cipher.setAuthTag(y.subarray(-16));
    const x = concat(cipher.update(y.subarray(0, -16)), cipher.final());
    this.mixHash(y);
    return x;
  }

  #nonce(): Uint8Array {
    const nonce = new Uint8Array(12);
    nonce[4] = this.#c++;
    return nonce;
  }
}

/** Public keys that are sent in place of right ones, 32 octets each. */
export interface ForgedKeys {
  readonly ephemeral?: Uint8Array;
  readonly static?: Uint8Array;
}

/** The string buffer of a REQUEST of suite 1 by alice. @param relay the RELAY frame */
export function forgedRequest(relay: Uint8Array, opened: Uint8Array, forged: ForgedKeys): Uint8Array {
  const { staticPrivate, staticPublic } = identityOf('alice');
  const server = identityOf('server.test').staticPublic;
  const noise = new Noise(Suite.x25519, relay, server);
  const ephemeral = octets(randomBytes(32));
  const sent = forged.ephemeral ?? publicOf(ephemeral);
  noise.mixHash(sent);
  noise.mixKey(forged.ephemeral ? zeros : dh(ephemeral, server));
  const identity = noise.seal(forged.static ?? staticPublic);
  noise.mixKey(forged.static ? zeros : dh(staticPrivate, server));
  return concat(sent, identity, noise.seal(opened));
}

/** What a REQUEST to server.test holds that its receiver needn't keep. */
interface Revealed {
  readonly noise: Noise;
  readonly ephemeral: Uint8Array;
  /** Suite 2 only. */
  readonly encapsulationKey: Uint8Array | undefined;
}

/** @param message the string buffer of a REQUEST that opens */
export function reveal(suite: number, relay: Uint8Array, message: Uint8Array): Revealed {
  const { staticPrivate, staticPublic } = identityOf('server.test');
  const noise = new Noise(suite, relay, staticPublic);
  let at = 0;
  const take = (length = message.length - at): Uint8Array => {
    at += length;
    return message.slice(at - length, at);
  };
  const ephemeral = take(32);
  noise.mixHash(ephemeral);
  noise.mixKey(dh(staticPrivate, ephemeral));
  const encapsulationKey = suite === Suite.hybrid ? noise.open(take(sealedLength.encapsulationKey)) : undefined;
  const initiator = noise.open(take(sealedLength.key));
  noise.mixKey(dh(staticPrivate, initiator));
  noise.open(take());
  return { noise, ephemeral, encapsulationKey };
}

/** The string buffer of the RESPONSE whose ephemeral key is `forged`: ee and se are zeros. */
export function forgedResponse(
  { noise, encapsulationKey }: Revealed,
  opened: Uint8Array,
  forged: Uint8Array,
): Uint8Array {
  noise.mixHash(forged);
  noise.mixKey(zeros);
  const parts = [forged];
  if (encapsulationKey !== undefined) {
    const key = createPublicKey({ key: encapsulationKey, format: 'raw-public', asymmetricKeyType: 'ml-kem-768' });
    const { ciphertext, sharedKey } = encapsulate(key);
    parts.push(noise.seal(octets(ciphertext)));
    noise.mixKey(octets(sharedKey));
  }
  noise.mixKey(zeros);
  return concat(...parts, noise.seal(opened));
}
