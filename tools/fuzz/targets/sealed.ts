/** What an authorised peer may send: the input is what it seals, and the node that opens it has to bear it. */
import { InitiatorHandshake, ResponderHandshake } from '../../../reference/crypto/handshake.ts';
import { deterministicRandomness } from '../../../reference/crypto/randomness.ts';
import { Misuse } from '../../../reference/errors.ts';
import type { Effect, Node } from '../../../reference/nodes/effect.ts';
import { prologueOf } from '../../../reference/nodes/exchange.ts';
import { concat, u16, u32 } from '../../../reference/octets.ts';
import { datagram, initiatorKeys, MemoryTunnel, serverKeys } from '../../../reference/testing/memory-tunnel.ts';
import { FrameType, Transform } from '../../../reference/wire/identifiers.ts';
import { encodeRelay } from '../../../reference/wire/relay.ts';
import { requestHeaderLength } from '../../../reference/wire/request.ts';
import { responseHeaderLength } from '../../../reference/wire/response.ts';
import { type Target, vectorField } from './target.ts';

const randomness = deterministicRandomness({});
const relay = encodeRelay({ type: 'RELAY', origin: 'origin.invalid', path: ['server.test'] });
const prologue = prologueOf(relay);
/** Suite 1: the cost of the other one would be that of ML-KEM. */
const suite = 1;
const transforms = Object.values(Transform);

/** The frame that carries O, with the header that is sealed. */
function frameOf(opened: Uint8Array, headerLength: number, message: Uint8Array): Uint8Array {
  const frame = concat(
    opened.slice(0, headerLength),
    new Uint8Array(Math.max(0, headerLength - opened.length)),
    message,
  );
  frame.set(u32(frame.length));
  return frame;
}

/** Nothing but CLOSE leaves a node for a peer that it does not take for authorised. */
function judge(effects: readonly Effect[]): void {
  const authorized = effects.some(({ type }) => type === 'authorized');
  const sent = effects.flatMap((effect) => (effect.type === 'send' ? [effect.octets[4] ?? 0] : []));
  if (!authorized && sent.some((type) => type !== FrameType.CLOSE)) throw new Error(`it sent frames of types ${sent}`);
  if (effects.some(({ type }) => type === 'deliver')) throw new Error('it delivered a datagram');
}

/** A server that has got RELAY. */
function waitingServer(): Node {
  const node = new MemoryTunnel().newServer();
  node.handle({ type: 'tcp accepted' }, 0);
  node.handle({ type: 'octets', octets: relay.slice() }, 0);
  return node;
}

const opened = (subject: 'request' | 'response'): Uint8Array[] =>
  vectorField(subject, 'opened').filter((octets) => octets[0] !== undefined && octets.length < 1_500);

export const sealedTargets: readonly Target[] = [
  {
    name: 'sealed-request',
    does: 'a REQUEST that holds the input, sealed rightly, at a server',
    covers: ['reference/nodes/server.ts', 'reference/nodes/exchange.ts', 'reference/wire/request.ts'],
    longest: 1_500,
    seeds: () => opened('request').map((octets) => withSuite(octets, 14)),
    run: (input) => {
      const handshake = new InitiatorHandshake({
        suite,
        prologue,
        staticPrivate: initiatorKeys.privateKey,
        serverPublic: serverKeys.publicKey,
        randomness,
      });
      const node = waitingServer();
      const octets = frameOf(input, requestHeaderLength, handshake.writeRequest(input));
      judge(node.handle({ type: 'octets', octets }, 1));
    },
  },
  {
    name: 'sealed-response',
    does: 'a RESPONSE that holds the input, sealed rightly, at an initiator',
    covers: ['reference/nodes/initiator.ts', 'reference/nodes/exchange.ts', 'reference/wire/response.ts'],
    longest: 1_500,
    seeds: () => opened('response').map((octets) => withSuite(octets, 10)),
    run: (input) => {
      const { node } = new MemoryTunnel({ initiator: { path: ['server.test'] } }).initiator;
      node.handle({ type: 'command', command: 'connect' }, 0);
      const sent = node
        .handle({ type: 'tcp established' }, 0)
        .flatMap((effect) => (effect.type === 'send' ? [effect.octets] : []));
      const stream = concat(...sent);
      const relayLength = Number(`0x${stream.subarray(0, 4).toHex()}`);
      const handshake = new ResponderHandshake({
        suite,
        prologue: prologueOf(stream.slice(0, relayLength)),
        staticPrivate: serverKeys.privateKey,
        randomness,
      });
      handshake.readRequest(stream.slice(relayLength + requestHeaderLength));
      const octets = frameOf(input, responseHeaderLength, handshake.writeResponse(input));
      judge(node.handle({ type: 'octets', octets }, 1));
    },
  },
  {
    name: 'sealed-data',
    does: 'datagrams that a peer seals, one after the other, and the frames that carry them, cut anywhere',
    covers: ['reference/nodes/conversation.ts', 'reference/nodes/session.ts', 'reference/crypto/data-frame.ts'],
    longest: 600,
    seeds: () => [datagram(60), datagram(20, 7)].map((one) => concat(u16(one.length), one, u16(20), datagram(20))),
    run: (input) => {
      const tunnel = new MemoryTunnel({ transforms: [transforms[(input[0] ?? 0) % transforms.length] ?? 0] }).connect();
      tunnel.readLength = 1 + (input[1] ?? 0);
      for (let at = 2; at + 1 < input.length; ) {
        const length = (input[at] ?? 0) + 1;
        const one = input.slice(at + 1, at + 1 + length);
        at += 1 + length;
        const before = tunnel.server.all('deliver').length;
        try {
          tunnel.send(tunnel.initiator, one);
        } catch (error) {
          if (error instanceof Misuse) continue;
          throw error;
        }
        const [delivered] = tunnel.server.all('deliver').slice(before);
        if (delivered !== undefined && delivered.datagram.toHex() !== one.toHex())
          throw new Error(`${delivered.datagram.toHex()} was delivered, not ${one.toHex()}`);
      }
    },
  },
];

/** @param flags the offset of the flags, of which the first octet is the suite */
function withSuite(octets: Uint8Array, flags: number): Uint8Array {
  const changed = octets.slice();
  if (changed.length > flags) changed[flags] = suite;
  return changed;
}
