/** To whom each vector is sent on the wire or on the device, and the reason for each that is not sent to a role. */
import type { Role } from '../../steps/support/peers/declaration.ts';
import type { Vector } from '../../vectors/load.ts';

interface Receivers {
  readonly roles: readonly Role[];
  /** Why no other role gets it, where that isn't plain: a role that never receives such a frame. */
  readonly why?: string;
}

const both: Receivers = { roles: ['client', 'server'] };
const transform: Readonly<Record<string, Receivers>> = { Direction: both, DirectionFrom: both, LongDirection: both };

/** By file, then by type of group. A type that has no entry fails played.test.ts. */
export const receivers: Readonly<Record<string, Readonly<Record<string, Receivers>>>> = {
  names: {
    Name: { roles: ['server', 'relay'], why: 'an initiator receives no names' },
    Position: { roles: ['server', 'relay'] },
  },
  relay: { Frame: { roles: ['server', 'relay'], why: 'an initiator receives no RELAY' } },
  'key-exchange-data': { KeyExchangeData: both },
  'client-data': {
    ClientData: both,
    Settings: { roles: ['client'], why: 'a server ignores the client data of REQUEST (REQ-10)' },
  },
  request: {
    OpenedFrame: { roles: ['server'] },
    SameHeader: { roles: ['server'] },
    Frame: { roles: ['server'] },
  },
  response: {
    OpenedFrame: { roles: ['client'] },
    SameHeader: { roles: ['client'] },
    Frame: { roles: ['client'] },
    Answer: { roles: ['client'] },
  },
  data: { Frame: both },
  close: { Frame: both },
  deframing: { Stream: both },
  handshake: { Handshake: both, Received: both },
  'key-schedule': {
    KeySchedule: {
      roles: [],
      why: 'keys have no octets on the wire: every conversation, DATA frame and keyed CLOSE is sealed with them',
    },
  },
  'transform-aes256gcm': transform,
  'transform-chacha20poly1305': transform,
  'transform-aes256ctr-hmacsha256': transform,
  'transform-aes256cbc-hmacsha256': transform,
  'keyed-close': { KeyedClose: both },
  arp: { Emulator: { roles: ['client'] } },
  dhcp: { Emulator: { roles: ['client'] } },
  neighbour: { Emulator: { roles: ['client'] }, EmulatorAtServer: { roles: ['server'] } },
  conversation: { Conversation: both },
  authorized: { Authorized: both },
  bundles: { Bundles: both },
  offload: { Offload: both },
};

interface Exception {
  readonly subject: string;
  readonly type: string;
  readonly which: (vector: Vector) => boolean;
  readonly roles: readonly Role[];
  readonly why: string;
}

const flagged =
  (...flags: readonly string[]) =>
  (vector: Vector): boolean =>
    vector.flags.some((flag) => flags.includes(flag));
const numbered =
  (...tcIds: readonly number[]) =>
  ({ tcId }: Vector): boolean =>
    tcIds.includes(tcId);
const everyone: readonly Role[] = ['client', 'server', 'relay'];

/** Frames that no connection reaches in a run: 0xfe is the highest start that is sent. */
const startsBeyond = 0x100;

const ofTransforms = Object.keys(receivers).filter((subject) => subject.startsWith('transform-'));
const beyond: readonly Exception[] = ofTransforms.map((subject) => ({
  subject,
  type: 'DirectionFrom',
  which: ({ n }) => Number(n) > startsBeyond,
  roles: everyone,
  why: 'so many frames cannot be sent before each; up to 65,600 are in features/transforms/streams.feature',
}));
const nextFrames: readonly Exception[] = ofTransforms.map((subject) => ({
  subject,
  type: 'Direction',
  which: ({ comment }) => comment === 'an octet more, the length as it was',
  roles: everyone,
  why: 'in a stream the octet belongs to the next frame',
}));

/** Vectors that a role of their type does not get. */
export const exceptions: readonly Exception[] = [
  ...beyond,
  ...nextFrames,
  {
    subject: 'transform-aes256ctr-hmacsha256',
    type: 'Direction',
    which: ({ flags, comment }) => flags.includes('Carry') || comment.startsWith('the counter block '),
    roles: everyone,
    why: 'nobody chooses the first counter block of a connection',
  },
  {
    subject: 'names',
    type: 'Position',
    which: (vector) => vector['role'] === 'relay',
    roles: ['server'],
    why: 'the vector is about a relay',
  },
  {
    subject: 'names',
    type: 'Position',
    which: (vector) => vector['role'] === 'server',
    roles: ['relay'],
    why: 'the vector is about a server',
  },
  {
    subject: 'relay',
    type: 'Frame',
    which: flagged('Normal'),
    roles: ['relay'],
    why: 'the paths are of other nodes; names.json has frames that a relay forwards',
  },
  {
    subject: 'relay',
    type: 'Frame',
    which: ({ comment }) => comment === 'the length field is one less than the octets',
    roles: ['server', 'relay'],
    why: 'in a stream the octet belongs to the next frame',
  },
  {
    subject: 'close',
    type: 'Frame',
    which: ({ comment }) => comment === 'the length field is 8, the octets are 40',
    roles: ['client', 'server'],
    why: 'in a stream it is a right CLOSE, and octets behind it',
  },
  {
    subject: 'handshake',
    type: 'Handshake',
    which: ({ result }) => result === 'valid',
    roles: ['client', 'server'],
    why: 'payloads of 0, 1, 256 and 1,000 octets that are no opened frames: no REQUEST has one; conversations have right ones',
  },
  {
    subject: 'handshake',
    type: 'Handshake',
    which: ({ refused }) => refused === 'request',
    roles: ['client'],
    why: 'a client receives no REQUEST',
  },
  {
    subject: 'handshake',
    type: 'Handshake',
    which: ({ refused }) => refused === 'response',
    roles: ['server'],
    why: 'a server receives no RESPONSE',
  },
  {
    subject: 'handshake',
    type: 'Received',
    which: (vector) => (vector['refused'] ?? vector['accepted']) === 'request',
    roles: ['client'],
    why: 'a client receives no REQUEST',
  },
  {
    subject: 'handshake',
    type: 'Received',
    which: (vector) => (vector['refused'] ?? vector['accepted']) === 'response',
    roles: ['server'],
    why: 'a server receives no RESPONSE',
  },
  {
    subject: 'handshake',
    type: 'Received',
    which: flagged('Normal'),
    roles: ['client'],
    why: 'right RESPONSEs are in every conversation',
  },
  {
    subject: 'handshake',
    type: 'Received',
    which: flagged('Normal'),
    roles: ['server'],
    why: 'right REQUESTs are in every conversation',
  },
  {
    subject: 'key-exchange-data',
    type: 'KeyExchangeData',
    which: numbered(3, 27),
    roles: ['client'],
    why: 'a key of one frame is used up at once; nothing at all is tried at the server',
  },
  {
    subject: 'client-data',
    type: 'ClientData',
    which: flagged('Normal'),
    roles: ['client'],
    why: 'what is well-formed is judged by what it means: Settings',
  },
  {
    subject: 'request',
    type: 'OpenedFrame',
    which: ({ comment, flags }) =>
      flags.includes('KeyExchangeData') || flags.includes('Length') || comment === 'nothing',
    roles: ['server'],
    why: 'too short for a header in the clear, or the same as in key-exchange-data.json',
  },
  {
    subject: 'request',
    type: 'SameHeader',
    which: () => true,
    roles: ['server'],
    why: 'each octet of the header is tried in features/frames/fig-07-request.feature',
  },
  {
    subject: 'request',
    type: 'Frame',
    which: ({ flags, comment }) =>
      flags.includes('Normal') || comment === 'the length field is one less than the octets',
    roles: ['server'],
    why: 'nobody sealed it, or in a stream the octet belongs to the next frame',
  },
  {
    subject: 'response',
    type: 'OpenedFrame',
    which: ({ comment }) => ['half a header', 'nothing'].includes(comment),
    roles: ['client'],
    why: 'too short for a header in the clear',
  },
  {
    subject: 'response',
    type: 'Answer',
    which: ({ comment }) => comment === '1 in frames' || comment === '1 in octets',
    roles: ['client'],
    why: 'a key of one frame or octet may be used up at once',
  },
  {
    subject: 'keyed-close',
    type: 'KeyedClose',
    which: ({ n }) => Number(n) > 0x100,
    roles: ['client', 'server'],
    why: 'so many DATA frames cannot be sent before each',
  },
  {
    subject: 'arp',
    type: 'Emulator',
    which: ({ tcId }) => tcId >= 53 && tcId <= 59,
    roles: ['client'],
    why: 'an initiator refuses a server that is not in the virtual LAN (section 11), so that there is no adapter',
  },
  {
    subject: 'conversation',
    type: 'Conversation',
    which: ({ comment }) => comment.includes('REQUEST') || comment.includes("initiator's first"),
    roles: ['client'],
    why: 'the altered frame is for the server',
  },
  {
    subject: 'conversation',
    type: 'Conversation',
    which: ({ comment }) => comment.includes('RESPONSE') || comment.includes("server's first"),
    roles: ['server'],
    why: 'the altered frame is for the initiator',
  },
  {
    subject: 'conversation',
    type: 'Conversation',
    which: numbered(73, 78, 79, 84, 85, 90),
    roles: ['client'],
    why: 'it sends keep-alives between datagrams, each after 20 s',
  },
  {
    subject: 'conversation',
    type: 'Conversation',
    which: numbered(73, 79, 85),
    roles: ['server'],
    why: 'it sends keep-alives between datagrams, each after 20 s',
  },
];
