/** [EP] fig. 16, 304; fig. 17, 324 and 326: the ARP server emulator. A frame in, its reply or nothing out. */
import { unspecifiedIpv4 } from '../packets/addresses.ts';
import { ArpOperation, type ArpPacket, decodeArp, encodeArp } from '../packets/arp.ts';
import { decodeEthernet, EtherType, encodeEthernet, etherTypeOf } from '../packets/ethernet.ts';
import type { Resolve } from './resolution.ts';
import { unlessMalformed } from './unless-malformed.ts';

/** 324: whether an Ethernet frame carries ARP; none of it ever leaves through the tunnel. */
export const concernsArp = (frame: Uint8Array): boolean => etherTypeOf(frame) === EtherType.arp;

/**
 * 326: the reply to an ARP request, as an Ethernet frame to the one who asked.
 * @param frame Ethernet, padded or not
 * @param resolve knows nothing of the asking stack's own address, so that probes and announcements (RFC 5227 §2.1.1,
 * §2.3) go unanswered
 */
export function answerArp(frame: Uint8Array, resolve: Resolve): Uint8Array | undefined {
  const request = unlessMalformed(() => {
    const { etherType, payload } = decodeEthernet(frame);
    return etherType === EtherType.arp ? decodeArp(payload) : undefined;
  });
  if (!request || !isQuestion(request)) return undefined;
  const physical = resolve(request.targetAddress);
  if (!physical) return undefined;
  const reply = encodeArp({
    operation: ArpOperation.reply,
    senderPhysical: physical,
    senderAddress: request.targetAddress,
    targetPhysical: request.senderPhysical,
    targetAddress: request.senderAddress,
  });
  return encodeEthernet({
    destination: request.senderPhysical,
    source: physical,
    etherType: EtherType.arp,
    payload: reply,
  });
}

/** A request by a station about another's address. An announcement asks for its own sender's. */
function isQuestion({ operation, senderPhysical, senderAddress, targetAddress }: ArpPacket): boolean {
  const isStation = (senderPhysical[0]! & 1) === 0 && senderPhysical.some((octet) => octet !== 0);
  const isAboutAnother = senderAddress !== targetAddress && targetAddress !== unspecifiedIpv4;
  return operation === ArpOperation.request && isStation && isAboutAnother;
}
