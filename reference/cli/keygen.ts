/** `pna keygen`: an X25519 key pair; the private key into a file for its owner alone, the public one on stdout. */
import { encodeKey, generateKeyPair } from '../crypto/identity.ts';
import { exitCode } from './output.ts';

const { closeSync, fsyncSync, openSync, writeSync } = process.getBuiltinModule('node:fs');

/** @param output without it the private key goes to stdout too, on the first line. */
export function keygen(output: string | undefined): number {
  const { privateKey, publicKey } = generateKeyPair();
  if (output === undefined) {
    process.stdout.write(`${JSON.stringify({ privateKey: encodeKey(privateKey), publicKey: encodeKey(publicKey) })}\n`);
    return exitCode.done;
  }
  try {
    const file = openSync(output, 'wx', 0o600);
    writeSync(file, `${encodeKey(privateKey)}\n`);
    fsyncSync(file);
    closeSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const fault = code === 'EEXIST' ? 'exists already: a key is never overwritten' : `cannot be written (${code})`;
    process.stderr.write(`${output} ${fault}\n`);
    return exitCode.error;
  }
  process.stdout.write(`${encodeKey(publicKey)}\n`);
  return exitCode.done;
}
