/** Names of nodes on a tunnel path and of initiators ([EP] fig. 6, 112; fig. 7, 126 and 128). */
import { Malformed } from '../errors.ts';

/** A node's name: the host to look up, and the port if the name has one. */
export interface NodeName {
  /** 1 to 253 octets: lower-case letters, digits, hyphens, underscores and dots, no dot at the end. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port?: number;
}

/** TCP port of a node whose name has none: registered for the AltaVista Tunnel. */
export const defaultPort = 3265;

/** Longest name with a port, in octets: 253 + ":65535". */
export const maximumNameLength = 259;

/** What is wrong with the name of a node, or undefined. */
export function nodeNameFault(name: string): string | undefined {
  const [host = '', port, ...more] = name.split(':');
  if (more.length > 0) return 'has more than one colon';
  if (host.length < 1 || host.length > 253) return `has ${host.length} octets before the port: 1 to 253 are allowed`;
  if (!/^[a-z0-9_.-]*$/.test(host)) {
    return 'has a character other than lower-case letters, digits, hyphens, underscores and dots';
  }
  if (host.startsWith('.') || host.endsWith('.') || host.includes('..')) return 'has an empty label';
  if (port !== undefined && (!/^[1-9][0-9]{0,4}$/.test(port) || Number(port) > 65_535)) {
    return 'has a port that is not 1 to 65535 without leading zeros';
  }
  return undefined;
}

/** @throws Malformed naming the fault; the name itself is quoted only when it is printable */
export function parseNodeName(name: string): NodeName {
  const fault = nodeNameFault(name);
  if (fault !== undefined) throw new Malformed(`node name ${quote(name)} ${fault}`);
  const [host = '', port] = name.split(':');
  return port === undefined ? { host } : { host, port: Number(port) };
}

/** The name without its port: what a node finds itself by. */
export const hostOf = (name: string): string => name.split(':', 1)[0] ?? '';

/** What is wrong with the name of an initiator (1 to 255 printable ASCII characters, space included), or undefined. */
export function initiatorNameFault(name: string): string | undefined {
  if (name.length < 1 || name.length > 255) return `has ${name.length} octets: 1 to 255 are allowed`;
  if (!/^[\x20-\x7e]*$/.test(name)) return 'has a character that is not printable ASCII';
  return undefined;
}

/** At most 40 characters, control characters as dots, for a message that goes to a log. */
const quote = (name: string): string => JSON.stringify(name.slice(0, 40).replace(/[^\x20-\x7e]/g, '.'));
