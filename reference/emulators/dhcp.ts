/** [EP] fig. 16, 306; fig. 17, 330 and 332; fig. 23, 512: the DHCP server emulator, for the local stack alone. */
import { Malformed } from '../errors.ts';
import { ipv4Octets, ipv4Text } from '../packets/addresses.ts';
import {
  broadcastFlag,
  type DhcpMessage,
  DhcpOperation,
  type DhcpOptionField,
  type DhcpReply,
  decodeDhcp,
  dhcpFixedLength,
  dhcpPort,
  encodeDhcp,
} from '../packets/dhcp.ts';
import { broadcastPhysical, decodeEthernet, EtherType, encodeEthernet } from '../packets/ethernet.ts';
import { decodeIpv4, encodeIpv4, IpProtocol, isFragment } from '../packets/ipv4.ts';
import { decodeUdp, encodeUdp } from '../packets/udp.ts';
import { type Decision, decide, MessageType } from './dhcp-decision.ts';
import { Code, configuration, type DhcpSettings, u32 } from './dhcp-options.ts';
import { numberOf } from './reach.ts';
import { unlessMalformed } from './unless-malformed.ts';

export type { DhcpSettings } from './dhcp-options.ts';

const UNSPECIFIED = '0.0.0.0';
const BROADCAST = '255.255.255.255';
const ETHERNET = 1;

/** Octets of an IP datagram that every client takes (RFC 2131 §2); option 57 may say more. */
const LEAST_DATAGRAM = 576;
const IP_AND_UDP_HEADERS = 28;

/**
 * 330: whether a frame is a DHCP request to this emulator: UDP to port 67, broadcast or to the server's address.
 * A request to another server, beyond the tunnel, is an ordinary datagram.
 */
export function concernsDhcp(frame: Uint8Array, { prefixLength, address, serverAddress }: DhcpSettings): boolean {
  if (frame.length < 34 || ((frame[12]! << 8) | frame[13]!) !== EtherType.ipv4) return false;
  const isFirst = (((frame[20]! & 0x1f) << 8) | frame[21]!) === 0;
  if (frame[23] !== IpProtocol.udp || !isFirst) return false;
  const ports = 14 + (frame[14]! & 0x0f) * 4;
  if (((frame[ports + 2]! << 8) | frame[ports + 3]!) !== dhcpPort.server) return false;
  const destination = ipv4Text(frame.subarray(30, 34));
  const lastOfLan = numberOf(address) | (0xffff_ffff >>> prefixLength);
  return (
    destination === BROADCAST ||
    destination === serverAddress ||
    (prefixLength < 31 && numberOf(destination) === lastOfLan >>> 0)
  );
}

/**
 * 332: the reply to a DHCP request, as an Ethernet frame.
 * The UDP checksum of the request is not judged: a stack that offloads it leaves it unfinished.
 */
export function answerDhcp(frame: Uint8Array, settings: DhcpSettings): Uint8Array | undefined {
  const asked = unlessMalformed(() => requestIn(frame));
  if (!asked) return undefined;
  const { request } = asked;
  const decision = unlessMalformed(() => decisionOn(request, settings));
  return decision && frameFor(replyTo(request, decision, settings), asked, decision, settings);
}

interface Asked {
  readonly request: DhcpMessage;
  /** Of the IP datagram. */
  readonly source: string;
  /** Of the Ethernet frame: the relay agent's, where there is one. */
  readonly physical: Uint8Array;
}

function requestIn(frame: Uint8Array): Asked | undefined {
  const ethernet = decodeEthernet(frame);
  if (ethernet.etherType !== EtherType.ipv4) return undefined;
  const datagram = decodeIpv4(ethernet.payload);
  if (datagram.protocol !== IpProtocol.udp || isFragment(datagram)) return undefined;
  const udp = decodeUdp(datagram.payload);
  if (udp.destinationPort !== dhcpPort.server) return undefined;
  const request = decodeDhcp(udp.payload);
  const { operation, hardwareType, clientHardware } = request;
  const isStation = clientHardware.length === 6 && (clientHardware[0]! & 1) === 0 && (ethernet.source[0]! & 1) === 0;
  if (operation !== DhcpOperation.request || hardwareType !== ETHERNET || !isStation) return undefined;
  return { request, source: datagram.source, physical: ethernet.source };
}

function decisionOn({ options, clientAddress }: DhcpMessage, settings: DhcpSettings): Decision {
  const addressIn = (code: number): string | undefined => {
    const value = options.get(code);
    return value && ipv4Text(sized(value, 4));
  };
  const messageType = options.get(Code.messageType);
  if (messageType?.length !== 1) return undefined;
  const wish = {
    messageType: messageType[0]!,
    ciaddr: clientAddress,
    requested: addressIn(Code.requestedAddress),
    serverIdentifier: addressIn(Code.serverIdentifier),
    rapidCommit: options.has(Code.rapidCommit),
  };
  return decide(wish, settings.address, settings.serverAddress);
}

/** RFC 2131 table 3: the fields of OFFER, ACK and NAK. */
function replyTo(request: DhcpMessage, decision: NonNullable<Decision>, settings: DhcpSettings): DhcpReply {
  const { options, clientAddress, flags, relayAddress } = request;
  const refused = decision === 'NAK';
  const leased = decision === 'OFFER' || decision === 'ACK';
  const byRelay = relayAddress !== UNSPECIFIED;
  const identifier = options.get(Code.clientIdentifier);
  const needed: DhcpOptionField[] = [
    { code: Code.messageType, value: Uint8Array.of(typeOf(decision)) },
    { code: Code.serverIdentifier, value: ipv4Octets(settings.serverAddress) },
    ...(leased ? [{ code: Code.leaseTime, value: u32(settings.leaseSeconds) }] : []),
    ...(identifier && identifier.length <= 255 ? [{ code: Code.clientIdentifier, value: identifier }] : []),
    ...(isRapid(request) ? [{ code: Code.rapidCommit, value: new Uint8Array(0) }] : []),
  ];
  const requestList = [...(options.get(Code.parameterRequestList) ?? [])];
  return {
    operation: DhcpOperation.reply,
    hardwareType: ETHERNET,
    hops: 0,
    transactionId: request.transactionId,
    seconds: 0,
    // §4.3.2: a relay agent is told to broadcast a NAK, since the client may have no usable address.
    flags: refused && byRelay ? flags | broadcastFlag : flags,
    clientAddress: refused || decision === 'OFFER' ? UNSPECIFIED : clientAddress,
    yourAddress: leased ? settings.address : UNSPECIFIED,
    serverAddress: UNSPECIFIED,
    relayAddress,
    clientHardware: request.clientHardware,
    options: refused ? needed : fitting([...needed, ...configuration(settings, requestList)], roomFor(request)),
  };
}

/** RFC 2131 §4.1: to the relay agent, else to the address in use, else broadcast if asked for, else to the new address. */
function frameFor(
  reply: DhcpReply,
  { request, source, physical }: Asked,
  decision: NonNullable<Decision>,
  settings: DhcpSettings,
): Uint8Array {
  const { relayAddress, flags, clientHardware } = request;
  const inUse =
    decision === 'configuration only' && request.clientAddress === UNSPECIFIED ? source : request.clientAddress;
  const byRelay = relayAddress !== UNSPECIFIED;
  const asked = (flags & broadcastFlag) !== 0;
  const destination = byRelay
    ? relayAddress
    : decision === 'NAK'
      ? BROADCAST
      : inUse !== UNSPECIFIED
        ? inUse
        : asked || reply.yourAddress === UNSPECIFIED
          ? BROADCAST
          : reply.yourAddress;
  const { serverAddress, serverPhysical } = settings;
  const udp = encodeUdp(
    {
      sourcePort: dhcpPort.server,
      destinationPort: byRelay ? dhcpPort.server : dhcpPort.client,
      payload: encodeDhcp(reply),
    },
    { source: ipv4Octets(serverAddress), destination: ipv4Octets(destination) },
  );
  const datagram = encodeIpv4({
    typeOfService: 0,
    identification: 0,
    flags: 0,
    fragmentOffset: 0,
    timeToLive: 64,
    protocol: IpProtocol.udp,
    source: serverAddress,
    destination,
    options: new Uint8Array(0),
    payload: udp,
  });
  return encodeEthernet({
    destination: destination === BROADCAST ? broadcastPhysical : byRelay ? physical : clientHardware,
    source: serverPhysical,
    etherType: EtherType.ipv4,
    payload: datagram,
  });
}

function typeOf(decision: NonNullable<Decision>): number {
  return decision === 'configuration only' ? MessageType.ACK : MessageType[decision];
}

/** RFC 4039 §3: the option goes back in the ACK that takes the place of an OFFER. */
function isRapid({ options }: DhcpMessage): boolean {
  return options.get(Code.messageType)?.[0] === MessageType.DISCOVER && options.has(Code.rapidCommit);
}

/** Octets of options that the client takes, the end option left aside. */
function roomFor({ options }: DhcpMessage): number {
  const value = options.get(Code.maximumMessageSize);
  const said = value?.length === 2 ? (value[0]! << 8) | value[1]! : 0;
  return Math.max(said, LEAST_DATAGRAM) - IP_AND_UDP_HEADERS - dhcpFixedLength - 1;
}

/** Whole options only, as many as there is room for; the most needed stand first. Parts of one code are one option (RFC 3396). */
function fitting(options: readonly DhcpOptionField[], room: number): DhcpOptionField[] {
  let left = room;
  return [...Map.groupBy(options, ({ code }) => code).values()].flatMap((parts) => {
    const length = parts.reduce((sum, { value }) => sum + 2 + value.length, 0);
    if (length > left) return [];
    left -= length;
    return parts;
  });
}

function sized(value: Uint8Array, length: number): Uint8Array {
  if (value.length !== length) throw new Malformed(`DHCP: an option of ${value.length} octets, not ${length}`);
  return value;
}
