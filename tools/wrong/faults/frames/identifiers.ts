/** Identifiers (ID): suites, transforms, statuses and GREASE. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const policy = faultsIn('reference/tunnel/server/policy.ts');
const initiatorNode = faultsIn('reference/nodes/initiator.ts');
const randomness = faultsIn('reference/crypto/randomness.ts');
const close = faultsIn('reference/wire/close.ts');

const choice = 'request.transforms.find((wanted) => offered.includes(wanted));';
const without = (id: string): string =>
  `request.transforms.find((wanted) => offered.includes(wanted) && wanted !== ${id});`;
const suites = 'if (!entry.suites.some((suite) => suite === request.suite))';
const offering = '...propose(transforms, lifetimes, randomness.grease(), freshness(), dataOptions),';
const offered = (list: string): string =>
  `...propose(${list}, lifetimes, randomness.grease(), freshness(), dataOptions),`;
const greaseTransform = '      transform: { id: greaseIdentifier(a % 15), index: b % 4 },\n';
const greaseEntry = '      tlv: { id: greaseIdentifier(c % 8), value: randomOctets(length % 16) },\n';
const unknown = (
  which: string,
): string => `if (request.transforms.some((id) => ![1, 2, 0x101, 0x102].includes(id) && ${which})) return refusal('not authorized');
    const transform = ${choice}`;

// biome-ignore format: a table
export const identifiers: readonly Fault[] = [
  policy('server-without-suite-1', 'ID-01', 'server', 'Nobody is authorized by suite 1.', suites, "if (request.suite === 1 || !entry.suites.some((suite) => suite === request.suite))"),
  policy('server-without-0002', 'ID-01', 'server', 'Transform 0x0002 is never selected.', choice, without('2')),
  initiatorNode('client-without-0002', 'ID-01', 'client', 'Transform 0x0002 is never offered, though configured.', offering, offered('transforms.filter((id) => id !== 2).concat(transforms.length === 1 ? [1] : [])')),
  policy('server-without-suite-2', 'ID-02', 'server', 'Nobody is authorized by suite 2.', suites, "if (request.suite === 2 || !entry.suites.some((suite) => suite === request.suite))"),
  faultsIn('reference/tunnel/config/client-file.ts')('client-prefers-suite-1', 'ID-02', 'client', 'Without a word of the configuration REQUEST goes by suite 1.', "v.optional(suite, 'hybrid')", "v.optional(suite, 'x25519')"),
  policy('server-without-0001', 'ID-03', 'server', 'Transform 0x0001 is never selected.', choice, without('1')),
  initiatorNode('client-without-0001', 'ID-03', 'client', 'Transform 0x0001 is never offered, though configured.', offering, offered('transforms.filter((id) => id !== 1).concat(transforms.length === 1 ? [2] : [])')),
  policy('server-without-0101', 'ID-04', 'server', 'Transform 0x0101 is never selected.', choice, without('0x0101')),
  initiatorNode('client-without-0101', 'ID-04', 'client', 'Transform 0x0101 is never offered, though configured.', offering, offered('transforms.filter((id) => id !== 0x0101).concat(transforms.length === 1 ? [2] : [])')),
  policy('server-selects-0102', 'ID-05', 'server', 'Transform 0x0102 is selected though not configured.', choice, 'request.transforms.find((wanted) => offered.includes(wanted) || wanted === 0x0102);'),
  policy('server-prefers-0102-last', 'ID-05', 'server', 'Transform 0x0102 is selected, though not configured, where nothing else is common.', choice, 'request.transforms.find((wanted) => offered.includes(wanted)) ?? request.transforms.find((wanted) => wanted === 0x0102);'),
  initiatorNode('client-offers-0102', 'ID-05', 'client', 'Transform 0x0102 is offered though not configured.', offering, offered('[...new Set([...transforms, 0x0102])]')),
  policy('server-selects-0101', 'ID-05', 'server', 'Transform 0x0101 is selected though not configured.', choice, 'request.transforms.find((wanted) => offered.includes(wanted) || wanted === 0x0101);'),
  initiatorNode('client-offers-0101', 'ID-05', 'client', 'Transform 0x0101 is offered though not configured.', offering, offered('[...new Set([...transforms, 0x0101])]')),
  close('close-of-unnamed-status-refused', 'ID-06', 'client server', 'A CLOSE whose status has no name is a protocol error.', 'if (status === 0) throw new Malformed', 'if (status === 0 || status > 14) throw new Malformed'),
  close('close-of-private-status-refused', 'ID-06', 'client server', 'A CLOSE whose status is for private use is a protocol error.', 'if (status === 0) throw new Malformed', 'if (status === 0 || status >= 0xf000) throw new Malformed'),
  faultsIn('reference/nodes/conversation.ts')('keyed-close-of-unnamed-status-ignored', 'ID-06', 'client server', 'In Authorized a CLOSE whose status has no name is ignored.', '      if (status !== undefined) {\n', '      if (status !== undefined && status > 14) return;\n      if (status !== undefined) {\n'),
  randomness('no-grease', 'ID-07', 'client', 'No GREASE is sent.', greaseTransform + greaseEntry, ''),
  randomness('no-grease-transform', 'ID-07', 'client', 'No GREASE is sent among the transforms.', greaseTransform, ''),
  randomness('no-grease-entry', 'ID-07', 'client', 'No GREASE is sent among the key exchange data.', greaseEntry, ''),
  randomness('grease-not-of-its-pattern', 'ID-07', 'client', 'What is sent as GREASE is not of its pattern.', 'return (nibble << 12) | (nibble << 4) | 0x0a0a;', 'return (((nibble + 1) & 7) << 12) | (nibble << 4) | 0x0a0a;'),
  policy('unknown-transform-refused', 'ID-08', 'server', 'A REQUEST with a transform that is not known is not authorized.', `const transform = ${choice}`, unknown('true')),
  policy('unknown-transform-refused-but-grease', 'ID-08', 'server', 'Of the transforms that are not known only GREASE is skipped.', `const transform = ${choice}`, unknown('(id & 0x0f0f) !== 0x0a0a')),
  policy('private-transform-refused', 'ID-08', 'server', 'A REQUEST with a transform for private use is not authorized.', `const transform = ${choice}`, unknown('id >= 0xf000')),
  policy('first-transform-only', 'ID-08 RESP-07', 'server', 'Only the first transform is looked at.', choice, 'request.transforms.slice(0, 1).find((wanted) => offered.includes(wanted));'),
  policy('grease-selected', 'ID-09', 'server', 'A GREASE value among the transforms is selected.', choice, 'request.transforms.find((wanted) => offered.includes(wanted) || (wanted & 0x0f0f) === 0x0a0a);'),
  policy('grease-fafa-selected', 'ID-09', 'server', 'The GREASE value 0xFAFA is taken for a transform of private use and selected.', choice, 'request.transforms.find((wanted) => offered.includes(wanted) || wanted === 0xfafa);'),
];
