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
import type { Who } from './initiator.ts';
import { known } from './known.ts';
import type { Family } from './lab/networks/kernel-tables.ts';
import { type NodeName, wireAddresses } from './lab/networks/namespace.ts';
import type { WireRole } from './peers.ts';

const statuses = Object.fromEntries(Object.values(Status).map((status) => [statusName(status), status]));

/** "protocol error" → 5; the names are those of docs/protocol.md. @throws LabFailure for another name */
export function statusOf(name: string): number {
  return known(statuses, name);
}

const literally = (words: readonly string[]) =>
  // Longest first: of two names the one that begins with the other must be tried before it.
  new RegExp(words.toSorted((a, b) => b.length - a.length).join('|'));

/** `protocol error` → its number. */
defineParameterType({
  name: 'status',
  regexp: literally(Object.keys(statuses)),
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

/** `Order, Unknown`: flags of vectors. */
defineParameterType({
  name: 'flags',
  regexp: /[A-Z]\w+(?:, [A-Z]\w+)*/,
  transformer: (words: string) => words.split(', '),
});

/** `initiator`, `server`, `relay`: a role of the protocol. */
defineParameterType({
  name: 'role',
  regexp: /initiator|server|relay/,
  transformer: (name: string) => name as WireRole,
});

/** `CLOSE`, `a keyed CLOSE` → whether it is keyed. */
defineParameterType({
  name: 'close',
  regexp: /CLOSE|a keyed CLOSE/,
  transformer: (words: string) => words !== 'CLOSE',
});

const initiators: Readonly<Record<string, Who>> = {
  'an initiator': { node: 'client', another: false },
  'an initiator at another address': { node: 'others', another: false },
  'another initiator': { node: 'client', another: true },
  'another initiator of the same name': { node: 'client', another: true },
};

defineParameterType({
  name: 'initiator',
  regexp: literally(Object.keys(initiators)),
  transformer: (words: string) => known(initiators, words),
});
