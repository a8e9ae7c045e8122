import type { Lifetimes } from '../../wire/key-exchange-data.ts';
import type { ServerFile } from './schemas.ts';

/** The bounds of a key as the file has them. */
export function lifetimes({ lifetime }: Pick<ServerFile, 'lifetime'>): Lifetimes {
  return { seconds: lifetime.seconds, frames: BigInt(lifetime.frames), octets: BigInt(lifetime.octets) };
}
