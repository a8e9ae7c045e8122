/** The part of docs/vectors.md that lists every file, type, field and flag: made from the same objects as the files. */
import type { z } from 'zod';
import { files, type Subject } from './model.ts';

/** What a type of group asks of whoever has an implementation. */
const types: Readonly<Record<string, { readonly valid: string; readonly invalid: string }>> = {
  Frame: {
    valid: '`frame` decodes to `fields`, and `fields` encode to the same octets',
    invalid: '`frame` is refused with `status`',
  },
  OpenedFrame: { valid: '`opened` decodes to `fields` and back', invalid: '`opened` is refused with `status`' },
  SameHeader: {
    valid: '`header`, in the clear, is that of `opened`',
    invalid: '`header` is another, and is refused with `status`',
  },
  Answer: { valid: 'the initiator that sent `request` takes `opened`', invalid: 'it closes with `status`, keyed' },
  KeyExchangeData: {
    valid: '`keyExchangeData` decodes to `fields` and back',
    invalid: '`keyExchangeData` is refused with `status`',
  },
  ClientData: { valid: '`clientData` decodes to `fields` and back', invalid: '`clientData` is refused with `status`' },
  Settings: {
    valid: 'the client data mean `settings`',
    invalid: 'the initiator closes with `status`, keyed, and makes no adapter',
  },
  Name: { valid: '`name` is `host` and `port`', invalid: '`name` is refused with `status`' },
  Position: { valid: 'a node that has `names` finds itself at `index` of `path`', invalid: 'it answers with `status`' },
  Stream: {
    valid: 'fed one by one, `pieces` give `frames`',
    invalid: 'they give `frames`, then the refusal, whatever comes after',
  },
  Authorized: {
    valid: '`octets` are not yet a frame, and are not answered',
    invalid: '`octets` are answered by a keyed CLOSE of `status`, or (`truncation`) by none and a broken connection',
  },
  Handshake: {
    valid: 'the fields of the group give both messages, h, k_i and k_r',
    invalid: '`message`, in place of the request or the response, is refused',
  },
  Received: { valid: '`message` opens to `payload` at its receiver', invalid: '`message` is refused' },
  KeySchedule: {
    valid: '`k`, the transform and `h` give `keys`',
    invalid: 'they do not; an implementation that gets `keys` has made the mistake that `comment` names',
  },
  Direction: {
    valid: 'in order of `n`, `datagram` seals to `frame` and `frame` opens to `datagram`',
    invalid: 'open the valid frames of lower `n` first; then `frame` is refused',
  },
  DirectionFrom: {
    valid: 'as `Direction`, after `start` empty frames: set the counter, nothing else',
    invalid: 'as `Direction`',
  },
  LongDirection: {
    valid: 'seal the datagrams of `lengths`: SHA-256 of the first `frames` is `sha256`',
    invalid: 'after `after` valid frames, `frame`, or the next one with a bit spoilt, is refused',
  },
  Bundles: {
    valid: 'in order of `n`, `datagrams` seal to `frame` and `frame` opens to `datagrams`',
    invalid: 'open the valid frames of lower `n` first; then `frame` is refused, and none of its datagrams is used',
  },
  Offload: {
    valid: 'in order of `n`, `datagram` seals to `frame` and `frame` opens to `datagram`, which becomes `whole`',
    invalid:
      'open the valid frames of lower `n` first; then `frame` is refused, or opens and its datagram is dropped: `verdict` says which',
  },
  KeyedClose: { valid: 'after `n` DATA frames the digest verifies', invalid: 'it does not: truncation' },
  Emulator: { valid: 'the adapter answers `packet` by `reply`', invalid: 'it does not answer' },
  EmulatorAtServer: { valid: "the server's adapter answers `packet` by `reply`", invalid: 'it does not answer' },
  Conversation: {
    valid: '`configuration` gives the octets of `steps` and `closes`',
    invalid: 'after the first `after` steps, `instead` is answered by `answer`',
  },
};

/** Fields whose shape does not tell what they are. */
const fields: Readonly<Record<string, string>> = {
  answer: 'The CLOSE frame that answers.',
  clientAddress: 'Address of the client (option 50).',
  clientData: 'Client data, section 6: from n4 to its last octet.',
  clientLinkLocal: "Link-local address of the client's adapter.",
  clientPhysical: "Reserved physical address of the client's adapter.",
  closeKey: '`close` of the direction.',
  datagram: 'What is sealed; if it is empty, the frame is a keep-alive.',
  fields: 'The fields of the frame by name; octets in hexadecimal, u64 in decimal text.',
  frame: 'The whole frame, from its length field on.',
  frames: 'Frames that come out: type and octets.',
  h: 'The final handshake hash.',
  handshakeHash: 'h at the end.',
  header: 'The header in the clear.',
  host: 'The name without its port.',
  initiatorEphemeralPrivate: 'e of the initiator.',
  initiatorStaticPrivate: 's of the initiator.',
  initiatorStaticPublic: 'S of the initiator, its public key.',
  keyExchangeData: 'Key exchange data, section 5.2.',
  keys: 'key, iv, mac (0x01xx only) and close of section 7.1.',
  message: 'The Noise message: the string buffer.',
  n: 'DATA frames before it in this direction.',
  name: 'Its octets, without the NUL.',
  names: 'What the node calls itself.',
  opened: 'O of section 5.1.',
  packet: 'The Ethernet packet that the local stack sends.',
  path: 'The path of the RELAY frame.',
  pieces: 'What comes, piece by piece.',
  port: 'The port, where the name has one.',
  prefixLength: 'Prefix length of the virtual LAN.',
  prefixes: 'The /64s and networks behind confirmed clients.',
  prologue: '"PNA/1" and the RELAY frame.',
  reply: 'The answer: octets, or what must be in it.',
  request: 'Message 1, or O of the REQUEST.',
  requestPayload: 'What message 1 seals.',
  response: 'Message 2.',
  responsePayload: 'What message 2 seals.',
  role: 'relay or server.',
  secrets: 'Payloads, h, k_i and k_r, to find where a run departs.',
  serverAddress: "Address of the server's adapter (option 54).",
  serverEphemeralPrivate: 'e of the server.',
  serverLinkLocal: "Link-local address of the server's adapter.",
  serverPhysical: "Reserved physical address of the server's adapter.",
  serverStaticPrivate: 's of the server.',
  serverStaticPublic: 'S of the server, its public key.',
  settings: 'What an adapter is set to.',
  status: 'Status of the CLOSE frame, section 3.4.',
  steps: 'Frames in order, with the datagrams in them.',
  suite: '1 or 2, section 3.2.',
  transform: 'Its name, section 3.3.',
  transformId: 'Its identifier.',
  verdict: 'How it must be refused: a word that stands at the head of this document.',
};

const generic = /^(?:Octets in|A whole number|Status number)/;
function meaning(name: string, type: z.ZodType): string {
  const own = type.description ?? '';
  const told = own === '' || generic.test(own) ? (fields[name] ?? own) : own;
  if (told === '') throw new Error(`field ${name} is not explained`);
  return told.replaceAll('|', '\\|');
}

function rows(subject: Subject): string[] {
  return Object.entries(subject.shapes).flatMap(([type, { group = {}, valid, invalid }]) => {
    const asked = types[type];
    if (asked === undefined) throw new Error(`type ${type} is not explained`);
    const of = (where: string, shape: z.ZodRawShape): [name: string, where: string, text: string][] =>
      Object.entries(shape).map(([name, one]) => [name, where, meaning(name, one as z.ZodType)]);
    const all = [...of('group', group), ...of('valid', valid), ...of('invalid', invalid)];
    const places = Map.groupBy(all, ([name, , text]) => `| \`${name}\` | ${text} |`);
    return [
      '',
      `**\`${type}\`** Valid: ${asked.valid}. Invalid: ${asked.invalid}.`,
      '',
      '| field | means | in |',
      '| --- | --- | --- |',
      ...[...places].map(([row, each]) => `${row} ${[...new Set(each.map(([, where]) => where))].join(', ')} |`),
    ];
  });
}

const introduction = `
Each file has a section: how many tests it has, what it is taken from, and the requirements that it is about. Then, for each type
of its groups, what a valid and an invalid test ask of an implementation, and the fields. The last column says where a field
stands: in the group, in its valid tests, or in its invalid ones. At the end stand the flags. Sections by number are those of
[the protocol](protocol.md).`;

/** @returns Markdown: how to read the sections, and a section for each file */
export function listing(subjects: readonly Subject[]): string {
  let last = '';
  const sections = subjects.flatMap((subject) => {
    const [text = ''] = files(subject).values();
    const { numberOfTests, groups } = JSON.parse(text) as {
      numberOfTests: number;
      groups: { tests: { result: string }[] }[];
    };
    const invalid = groups.flatMap(({ tests }) => tests).filter(({ result }) => result === 'invalid').length;
    // Files of one kind have the same types.
    const types = rows(subject);
    const same = types.join('\n') === last;
    last = types.join('\n');
    return [
      '',
      `### ${subject.subject}.json`,
      '',
      `${numberOfTests} tests, ${invalid} of them invalid. ${subject.source.join('; ')}. ${subject.requirements.join(', ')}.`,
      ...(same ? ['', 'Types and fields as in the file before.'] : types),
      '',
      '| flag | means |',
      '| --- | --- |',
      ...Object.entries(subject.notes).map(([flag, note]) => `| \`${flag}\` | ${note.replaceAll('|', '\\|')} |`),
    ];
  });
  return `${[introduction, ...sections].join('\n')}\n`;
}
