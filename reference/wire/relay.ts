/** [EP] fig. 6: the relay frame, which names every node of the tunnel path in order. */
import { Malformed, Misuse } from '../errors.ts';
import { ascii, concat, fromAscii, u16, viewOf } from '../octets.ts';
import { FrameType, protocolVersion } from './identifiers.ts';
import { field8, field16, field32, layout } from './layout.ts';
import { hostOf, maximumNameLength, nodeNameFault } from './names.ts';

export interface RelayFrame {
  readonly type: 'RELAY';
  /** Name of the originating node (106); never used for policy. */
  readonly origin: string;
  /** The nodes in order (108, 110 …), 1 to 16, the tunnel server last, the origin not among them. */
  readonly path: readonly string[];
}

/** The origin that a tunnel initiator sends unless another is configured: the frame is not encrypted on any hop. */
export const defaultOrigin = 'origin.invalid';

const maximumHops = 16;

/** The path indexes (2 octets each) and the string buffer 112 follow. */
const relayLayout = layout('RELAY', {
  length: field32(100),
  type: field8(102),
  version: field8(104),
  originIndex: field16(106),
  hopCount: field8(),
  reserved: field8(),
});

/**
 * Header 10 ‖ an index of 2 octets for each name of the path ‖ names, each with an octet 0 behind it.
 * @throws Misuse unless the path has 1 to 16 names, each a node name
 */
export function encodeRelay(frame: RelayFrame): Uint8Array {
  const names = [frame.origin, ...frame.path];
  if (frame.path.length < 1 || frame.path.length > maximumHops) {
    throw new Misuse(`RELAY path: ${frame.path.length} names, 1 to ${maximumHops}`);
  }
  for (const name of names) {
    const fault = nodeNameFault(name);
    if (fault !== undefined) throw new Misuse(`RELAY name ${JSON.stringify(name)} ${fault}`);
  }
  let end = 0;
  const [originIndex = 0, ...pathIndexes] = names.map(({ length }) => {
    const index = end;
    end += length + 1;
    return index;
  });
  const buffer = ascii(names.map((name) => `${name}\0`).join(''));
  const octets = concat(new Uint8Array(relayLayout.size), u16(...pathIndexes), buffer);
  const [length, hopCount] = [octets.length, frame.path.length];
  const { RELAY: type } = FrameType;
  relayLayout.encode({ length, type, version: protocolVersion, originIndex, hopCount, reserved: 0 }, octets);
  return octets;
}

/** @throws Malformed unless the octets are the one valid encoding of a relay frame */
export function decodeRelay(octets: Uint8Array): RelayFrame {
  const { originIndex, hopCount, reserved } = relayLayout.decode(octets);
  if (reserved !== 0) throw new Malformed(`${relayLayout.describe('reserved')}: ${reserved}, not 0`);
  if (hopCount < 1 || hopCount > maximumHops) {
    throw new Malformed(`${relayLayout.describe('hopCount')}: ${hopCount}, not 1 to ${maximumHops}`);
  }
  const start = relayLayout.size + 2 * hopCount;
  if (octets.length < start) throw new Malformed(`RELAY: ${octets.length} octets, too short for ${hopCount} indexes`);
  const view = viewOf(octets);
  const buffer = octets.subarray(start);
  const names: string[] = [];
  let expected = 0;
  for (let position = 0; position <= hopCount; position++) {
    const index = position === 0 ? originIndex : view.getUint16(relayLayout.size + 2 * (position - 1));
    const field = position === 0 ? 'origin index (106)' : `path index ${position - 1} (${position === 1 ? 108 : 110})`;
    if (index !== expected)
      throw new Malformed(`RELAY ${field}: ${index}, not ${expected}: names lie in order, no gaps`);
    const name = readName(buffer, index, field);
    names.push(name);
    expected += name.length + 1;
  }
  if (expected !== buffer.length) {
    throw new Malformed(`RELAY string buffer (112): ${buffer.length - expected} octets after the last name`);
  }
  const [origin = '', ...path] = names;
  return { type: 'RELAY', origin, path };
}

/**
 * Where a node stands on the path.
 * @param own the node's names; ports are ignored on both sides
 * @returns the position, 0 for the first node; undefined when absent or there more than once
 */
export function findSelf(path: readonly string[], own: readonly string[]): number | undefined {
  const hosts = new Set(own.map(hostOf));
  const positions = path.flatMap((name, position) => (hosts.has(hostOf(name)) ? [position] : []));
  return positions.length === 1 ? positions[0] : undefined;
}

function readName(buffer: Uint8Array, index: number, field: string): string {
  const window = buffer.subarray(index, index + maximumNameLength + 1);
  const end = window.indexOf(0);
  if (end < 0) throw new Malformed(`RELAY ${field}: no NUL within ${maximumNameLength + 1} octets`);
  const name = fromAscii(window.subarray(0, end));
  const fault = nodeNameFault(name);
  if (fault !== undefined) throw new Malformed(`RELAY ${field}: the name ${fault}`);
  return name;
}
