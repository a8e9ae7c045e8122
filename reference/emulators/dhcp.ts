/** [EP] fig. 16, 306; fig. 17, 330 and 332; fig. 23, 512: the DHCP server emulator. Only the local stack sees it. */
import { u32, viewOf } from '../octets.ts';
import { broadcastIpv4, ipv4Octets, ipv4Text, unspecifiedIpv4 } from '../packets/addresses.ts';
import {
  broadcastFlag,
  type DhcpMessage,
  DhcpOperation,
  type DhcpReply,
  decodeDhcp,
  dhcpFixedLength,
  dhcpPort,
  encodeDhcp,
} from '../packets/dhcp.ts';
import { type DhcpOption, DhcpOptionCode, decodeDhcpAddress, dhcpOptions } from '../packets/dhcp-options.ts';
import { broadcastPhysical, decodeEthernet, EtherType, encodeEthernet, etherTypeOf } from '../packets/ethernet.ts';
import { decodeIpv4, encodeIpv4, IpProtocol, ipv4HeaderLength, isFragment } from '../packets/ipv4.ts';
import { lastAddressOf } from '../packets/prefix.ts';
import { decodeUdp, encodeUdp, udpHeaderLength } from '../packets/udp.ts';
import { configuration, type DhcpSettings } from './dhcp-configuration.ts';
import { type Decision, decide, MessageType } from './dhcp-decision.ts';
import { fitting } from './room.ts';
import { unlessMalformed } from './unless-malformed.ts';

export type { DhcpSettings } from './dhcp-configuration.ts';

/** What a client gets if it gets a reply. */
type Answer = NonNullable<Decision>;

const ETHERNET_HARDWARE = 1;

/** Octets of an IP datagram that every client takes (RFC 2131 §2); option 57 may say more. */
const SMALLEST_DATAGRAM = 576;

/**
 * 330: whether a frame is a DHCP request to this emulator: UDP to port 67, broadcast or to the server's address.
 * A request to another server, beyond the tunnel, is an ordinary datagram.
 */
export function concernsDhcp(frame: Uint8Array, { prefixLength, address, serverAddress }: DhcpSettings): boolean {
  if (frame.length < 34 || etherTypeOf(frame) !== EtherType.ipv4) return false;
  const isFirst = (((frame[20]! & 0x1f) << 8) | frame[21]!) === 0;
  if (frame[23] !== IpProtocol.udp || !isFirst) return false;
  const ports = 14 + (frame[14]! & 0x0f) * 4;
  // Behind the total length there is padding, whatever it looks like.
  if (14 + ((frame[16]! << 8) | frame[17]!) < ports + 4) return false;
  if (((frame[ports + 2]! << 8) | frame[ports + 3]!) !== dhcpPort.server) return false;
  const destination = ipv4Text(frame.subarray(30, 34));
  if (destination === broadcastIpv4 || destination === serverAddress) return true;
  // A LAN of one or two addresses has none for broadcast (RFC 3021).
  return prefixLength < 31 && destination === lastAddressOf({ address, length: prefixLength });
}

/**
 * 332: the reply to a DHCP request, as an Ethernet frame.
 * The UDP checksum of the request is not judged: a stack that offloads it leaves it unfinished.
 */
export function answerDhcp(frame: Uint8Array, settings: DhcpSettings): Uint8Array | undefined {
  const received = unlessMalformed(() => requestIn(frame));
  if (!received) return undefined;
  const { request } = received;
  const answer = unlessMalformed(() => answerTo(request, settings));
  return answer && frameFor(replyTo(request, answer, settings), received, answer, settings);
}

interface Received {
  readonly request: DhcpMessage;
  /** Of the IP datagram. */
  readonly source: string;
  /** Of the Ethernet frame: the relay agent's, where there is one. */
  readonly physical: Uint8Array;
}

function requestIn(frame: Uint8Array): Received | undefined {
  const ethernet = decodeEthernet(frame);
  if (ethernet.etherType !== EtherType.ipv4) return undefined;
  const datagram = decodeIpv4(ethernet.payload);
  if (datagram.protocol !== IpProtocol.udp || isFragment(datagram)) return undefined;
  const udp = decodeUdp(datagram.payload);
  if (udp.destinationPort !== dhcpPort.server) return undefined;
  const request = decodeDhcp(udp.payload);
  const { operation, hardwareType, clientHardware } = request;
  const isStation = clientHardware.length === 6 && (clientHardware[0]! & 1) === 0 && (ethernet.source[0]! & 1) === 0;
  if (operation !== DhcpOperation.request || hardwareType !== ETHERNET_HARDWARE || !isStation) return undefined;
  return { request, source: datagram.source, physical: ethernet.source };
}

function answerTo({ options, clientAddress }: DhcpMessage, settings: DhcpSettings): Decision {
  const addressIn = (code: number): string | undefined => {
    const value = options.get(code);
    return value && decodeDhcpAddress(value);
  };
  const messageType = options.get(DhcpOptionCode.messageType);
  if (messageType?.length !== 1) return undefined;
  const wish = {
    messageType: messageType[0]!,
    ciaddr: clientAddress,
    requested: addressIn(DhcpOptionCode.requestedAddress),
    serverIdentifier: addressIn(DhcpOptionCode.serverIdentifier),
    rapidCommit: options.has(DhcpOptionCode.rapidCommit),
  };
  return decide(wish, settings.address, settings.serverAddress);
}

/** RFC 2131 table 3: the fields of OFFER, ACK and NAK. */
function replyTo(request: DhcpMessage, answer: Answer, settings: DhcpSettings): DhcpReply {
  const { options, clientAddress, flags, relayAddress } = request;
  const refused = answer === 'NAK';
  const leased = answer === 'OFFER' || answer === 'ACK';
  const byRelay = relayAddress !== unspecifiedIpv4;
  const identifier = options.get(DhcpOptionCode.clientIdentifier);
  const known = [
    ...dhcpOptions(DhcpOptionCode.messageType, Uint8Array.of(typeOf(answer))),
    ...dhcpOptions(DhcpOptionCode.serverIdentifier, ipv4Octets(settings.serverAddress)),
    ...dhcpOptions(DhcpOptionCode.leaseTime, leased ? u32(settings.leaseSeconds) : undefined),
    ...dhcpOptions(DhcpOptionCode.clientIdentifier, identifier),
    ...dhcpOptions(DhcpOptionCode.rapidCommit, isRapid(request) ? new Uint8Array(0) : undefined),
  ];
  const needed = whole(known, roomFor(request));
  const requestList = [...(options.get(DhcpOptionCode.parameterRequestList) ?? [])];
  return {
    operation: DhcpOperation.reply,
    hardwareType: ETHERNET_HARDWARE,
    hops: 0,
    transactionId: request.transactionId,
    seconds: 0,
    // §4.3.2: the flag makes a relay agent broadcast the NAK, since the client may have no usable address.
    flags: refused && byRelay ? flags | broadcastFlag : flags,
    clientAddress: refused || answer === 'OFFER' ? unspecifiedIpv4 : clientAddress,
    yourAddress: leased ? settings.address : unspecifiedIpv4,
    serverAddress: unspecifiedIpv4,
    relayAddress,
    clientHardware: request.clientHardware,
    options: refused ? needed : whole([...needed, ...configuration(settings, requestList)], roomFor(request)),
  };
}

function frameFor(
  reply: DhcpReply,
  { request, source, physical }: Received,
  answer: Answer,
  { serverAddress, serverPhysical }: DhcpSettings,
): Uint8Array {
  const byRelay = request.relayAddress !== unspecifiedIpv4;
  const destination = destinationOf(reply, request, source, answer);
  const udp = encodeUdp(
    {
      sourcePort: dhcpPort.server,
      destinationPort: byRelay ? dhcpPort.server : dhcpPort.client,
      payload: encodeDhcp(reply),
    },
    { source: ipv4Octets(serverAddress), destination: ipv4Octets(destination) },
  );
  const payload = encodeIpv4({ protocol: IpProtocol.udp, source: serverAddress, destination, payload: udp });
  return encodeEthernet({
    destination: destination === broadcastIpv4 ? broadcastPhysical : byRelay ? physical : request.clientHardware,
    source: serverPhysical,
    etherType: EtherType.ipv4,
    payload,
  });
}

/** RFC 2131 §4.1: to the relay agent, else to the address in use, else broadcast if asked for, else to the new address. */
function destinationOf(reply: DhcpReply, request: DhcpMessage, source: string, answer: Answer): string {
  const { relayAddress, clientAddress, flags } = request;
  if (relayAddress !== unspecifiedIpv4) return relayAddress;
  if (answer === 'NAK') return broadcastIpv4;
  const inUse = answer === 'configuration only' && clientAddress === unspecifiedIpv4 ? source : clientAddress;
  if (inUse !== unspecifiedIpv4) return inUse;
  const wantsBroadcast = (flags & broadcastFlag) !== 0;
  return wantsBroadcast || reply.yourAddress === unspecifiedIpv4 ? broadcastIpv4 : reply.yourAddress;
}

function typeOf(answer: Answer): number {
  return answer === 'configuration only' ? MessageType.ACK : MessageType[answer];
}

/** RFC 4039 §3: the option goes back in the ACK that takes the place of an OFFER. */
function isRapid({ options }: DhcpMessage): boolean {
  return (
    options.get(DhcpOptionCode.messageType)?.[0] === MessageType.DISCOVER && options.has(DhcpOptionCode.rapidCommit)
  );
}

/** Octets of options that the client takes, without the end option. */
function roomFor({ options }: DhcpMessage): number {
  const value = options.get(DhcpOptionCode.maximumMessageSize);
  const longestDatagram = value?.length === 2 ? viewOf(value).getUint16(0) : 0;
  const headers = ipv4HeaderLength + udpHeaderLength + dhcpFixedLength;
  return Math.max(longestDatagram, SMALLEST_DATAGRAM) - headers - 1;
}

/** The options that fit, in order. Those of one code are one option in parts (RFC 3396): all of them or none. */
function whole(options: readonly DhcpOption[], room: number): DhcpOption[] {
  const byCode = [...Map.groupBy(options, ({ code }) => code).values()];
  return fitting(byCode, room, (parts) => parts.reduce((sum, { value }) => sum + 2 + value.length, 0)).flat();
}
