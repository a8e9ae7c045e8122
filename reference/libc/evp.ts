/**
 * OpenSSL's AEAD ciphers, as the runtime itself exports them. A context keeps its key: for each message only the nonce
 * changes, nothing is allocated, and the text is replaced in place. `node:crypto` makes an object for each message.
 */
import { addressOf, exported } from './native.ts';

type Call = (...given: readonly number[]) => number;

interface Calls {
  readonly make: Call;
  readonly free: Call;
  readonly init: Call;
  readonly update: Call;
  readonly final: Call;
  readonly control: Call;
  readonly ciphers: Readonly<Record<AeadName, Call>>;
}

export type AeadName = 'aes-256-gcm' | 'chacha20-poly1305';

/** <openssl/evp.h> */
const EVP_CTRL_AEAD_GET_TAG = 0x10;
const EVP_CTRL_AEAD_SET_TAG = 0x11;
/** `enc`: as it was when the context was made. */
const UNCHANGED = -1;
export const tagLength = 16;

let calls: Calls | false | undefined;

function load(): Calls | false {
  try {
    return {
      make: exported('uintptr_t EVP_CIPHER_CTX_new()'),
      free: exported('void EVP_CIPHER_CTX_free(uintptr_t context)'),
      init: exported('int EVP_CipherInit(uintptr_t context, uintptr_t cipher, uintptr_t key, uintptr_t iv, int enc)'),
      update: exported(
        'int EVP_CipherUpdate(uintptr_t context, uintptr_t to, uintptr_t count, uintptr_t from, int length)',
      ),
      final: exported('int EVP_CipherFinal_ex(uintptr_t context, uintptr_t to, uintptr_t count)'),
      control: exported('int EVP_CIPHER_CTX_ctrl(uintptr_t context, int type, int argument, uintptr_t pointer)'),
      ciphers: {
        'aes-256-gcm': exported('uintptr_t EVP_aes_256_gcm()'),
        'chacha20-poly1305': exported('uintptr_t EVP_chacha20_poly1305()'),
      },
    };
  } catch {
    return false;
  }
}

/** Undefined where the runtime does not export them. */
export function evp(): Evp | undefined {
  calls ??= load();
  return calls === false ? undefined : new Evp(calls);
}

/**
 * A message is begun, takes its text, and ends with its tag. Lengths are octets; everything else is an address of octets that
 * stay where they are. An object for each message would cost as much as a call of OpenSSL.
 * @throws Error where OpenSSL refuses what it never should: nothing that it was to seal may leave then
 */
export class Evp {
  readonly #calls: Calls;
  /** Where OpenSSL writes counts that nobody needs. */
  readonly #count = new Uint8Array(8);
  readonly #countAddress = addressOf(this.#count);

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** @param key 32 octets. @returns a context for one direction; any thread may use it, one at a time */
  context(aead: AeadName, key: Uint8Array, seals: boolean): number {
    const { make, init, ciphers } = this.#calls;
    const context = make();
    if (context === 0) throw refused('EVP_CIPHER_CTX_new');
    succeeded('EVP_CipherInit', init(context, ciphers[aead](), addressOf(key), 0, seals ? 1 : 0));
    return context;
  }

  /** OpenSSL erases the key. */
  free(context: number): void {
    this.#calls.free(context);
  }

  /**
   * @param nonce 12 octets
   * @param header in the clear, and covered by the tag
   */
  begin(context: number, nonce: number, header: number, headerLength: number): void {
    const { init, update } = this.#calls;
    succeeded('EVP_CipherInit', init(context, 0, 0, nonce, UNCHANGED));
    succeeded('EVP_CipherUpdate', update(context, 0, this.#countAddress, header, headerLength));
  }

  /** Encrypts or decrypts in place. */
  replace(context: number, text: number, length: number): void {
    if (length > 0) succeeded('EVP_CipherUpdate', this.#calls.update(context, text, this.#countAddress, text, length));
  }

  /** The end of a message that was encrypted. @param tag is written: `tagLength` octets */
  writeTag(context: number, tag: number): void {
    const { final, control } = this.#calls;
    succeeded('EVP_CipherFinal_ex', final(context, 0, this.#countAddress));
    succeeded('EVP_CIPHER_CTX_ctrl', control(context, EVP_CTRL_AEAD_GET_TAG, tagLength, tag));
  }

  /** The end of a message that was decrypted. @returns whether the tag is the right one; if not, the text is spoilt */
  verifies(context: number, tag: number): boolean {
    const { final, control } = this.#calls;
    succeeded('EVP_CIPHER_CTX_ctrl', control(context, EVP_CTRL_AEAD_SET_TAG, tagLength, tag));
    return final(context, 0, this.#countAddress) > 0;
  }
}

const refused = (call: string): Error => new Error(`${call} failed`);

function succeeded(call: string, result: number): void {
  if (result <= 0) throw refused(call);
}
