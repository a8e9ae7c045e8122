/** The words of the domain that step texts may have in them. */
import { defineParameterType } from '@cucumber/cucumber';
import {
  FrameType,
  type FrameTypeName,
  Status,
  Suite,
  type SuiteName,
  statusName,
  Transform,
  type TransformName,
} from '../../reference/wire/identifiers.ts';
import type { Family } from './lab/kernel-tables.ts';
import { type NodeName, wireAddresses } from './lab/namespace.ts';

/** "protocol error" → 5; the names are those of docs/protocol.md. */
export function statusOf(name: string): number {
  const found = Object.values(Status).find((status) => statusName(status) === name);
  if (found === undefined) throw new RangeError(`no CLOSE status is named ${name}`);
  return found;
}

const literally = (words: readonly string[]) =>
  // Longest first: of two names the one that begins with the other must be tried before it.
  new RegExp(words.toSorted((a, b) => b.length - a.length).join('|'));

/** `protocol error` → its number. */
defineParameterType({
  name: 'status',
  regexp: literally(Object.values(Status).map(statusName)),
  transformer: statusOf,
});

/** `aes256gcm` → the name. */
defineParameterType({
  name: 'transform',
  regexp: literally(Object.keys(Transform)),
  transformer: (name: string) => name as TransformName,
});

/** `hybrid`, `x25519` → the name. */
defineParameterType({
  name: 'suite',
  regexp: literally(Object.keys(Suite)),
  transformer: (name: string) => name as SuiteName,
});

/** `RELAY`, `REQUEST` … → the name. */
defineParameterType({
  name: 'frame',
  regexp: literally(Object.keys(FrameType)),
  transformer: (name: string) => name as FrameTypeName,
});

/** A node of the laboratory. */
defineParameterType({
  name: 'node',
  regexp: literally(Object.keys(wireAddresses)),
  transformer: (name: string) => name as NodeName,
});

/** The family of addresses. */
defineParameterType({ name: 'family', regexp: /IPv4|IPv6/, transformer: (name: string) => name as Family });

/** `250 ms`, `2 s` → milliseconds. */
defineParameterType({
  name: 'duration',
  regexp: /(\d+) (ms|s)/,
  transformer: (count: string, unit: string) => Number(count) * (unit === 's' ? 1000 : 1),
});

/** `00 0b 1c`, `000b1c` → octets. */
defineParameterType({
  name: 'octets',
  regexp: /[0-9a-f]{2}(?: ?[0-9a-f]{2})*/,
  transformer: (hexadecimal: string) => Uint8Array.fromHex(hexadecimal.replaceAll(' ', '')),
});
