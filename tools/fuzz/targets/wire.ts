/** Decoders of frames and of what they hold: what they take has one encoding, and how octets arrive makes no difference. */
import { Flow } from '../../../reference/nodes/flow.ts';
import { ascii, concat, pieces } from '../../../reference/octets.ts';
import { decodeClientData, encodeClientData } from '../../../reference/wire/client-data.ts';
import { Deframer } from '../../../reference/wire/deframer.ts';
import { decodeFrame, encodeFrame } from '../../../reference/wire/frame.ts';
import { bounds } from '../../../reference/wire/frame-start.ts';
import { decodeKeyExchangeData, encodeKeyExchangeData } from '../../../reference/wire/key-exchange-data.ts';
import { initiatorNameFault, nodeNameFault, parseNodeName } from '../../../reference/wire/names.ts';
import { fromNetworkSettings, toNetworkSettings } from '../../../reference/wire/network-settings.ts';
import { decodeOpenedRequest, encodeOpenedRequest } from '../../../reference/wire/request.ts';
import { decodeOpenedResponse, encodeOpenedResponse } from '../../../reference/wire/response.ts';
import { same, type Target, unlessRefused, vectorField } from './target.ts';

const wire = (...files: readonly string[]): string[] => files.map((file) => `reference/wire/${file}.ts`);
const frameSubjects = ['relay', 'request', 'response', 'data', 'close'] as const;
const frames = (): Uint8Array[] => frameSubjects.flatMap((subject) => vectorField(subject, 'frame'));
const cutBefore = (input: Uint8Array): Uint8Array => concat(Uint8Array.of(7), input);

/** All frames of a stream that arrives in such pieces, and why it goes no further. */
function readStream(stream: Uint8Array, size: number): { readonly frames: string[]; readonly refused: boolean } {
  const deframer = new Deframer();
  const found: string[] = [];
  for (const piece of pieces(stream, size)) {
    deframer.push(piece.slice());
    const done = unlessRefused(() => {
      for (let frame = deframer.next(); frame !== undefined; frame = deframer.next()) {
        const { min, max } = bounds[frame.type];
        if (frame.octets.length < min || frame.octets.length > max) throw new Error('a frame beyond its bounds');
        found.push(frame.octets.toHex());
      }
      return true;
    });
    if (done === undefined) return { frames: found, refused: true };
  }
  return { frames: found, refused: false };
}

/** What a relay passes of a stream that arrives in such pieces, and how that ends. */
function passStream(stream: Uint8Array, size: number): readonly [passed: string, outcome: string] {
  const flow = new Flow();
  let passed = '';
  for (const piece of pieces(stream, size)) {
    const admit = ({ length, type }: { readonly length: number; readonly type: number }): boolean =>
      length <= 65_536 && type >= 4 && type <= 5;
    const outcome = flow.take(piece, admit, (octets) => {
      passed += octets.toHex();
    });
    if (outcome !== 'passed') return [passed, outcome];
  }
  return [passed, 'passed'];
}

/** A decoder of which each input that is taken has this encoding. */
const oneEncoding = <T>(
  target: Pick<Target, 'name' | 'does' | 'covers' | 'seeds'>,
  decode: (octets: Uint8Array) => T,
  encode: (value: T) => Uint8Array,
): Target => ({
  longest: 4_096,
  ...target,
  run: (input) => {
    const value = unlessRefused(() => decode(input));
    if (value !== undefined) same('encoded again', encode(value).toHex(), input.toHex());
  },
});

export const wireTargets: readonly Target[] = [
  oneEncoding(
    {
      name: 'frame',
      does: 'a frame of any type, decoded and encoded again',
      covers: wire('frame', 'relay', 'request', 'response', 'data', 'close', 'layout', 'names', 'opened'),
      seeds: frames,
    },
    decodeFrame,
    encodeFrame,
  ),
  {
    name: 'stream',
    does: 'a stream of frames, whole and in pieces',
    covers: wire('deframer', 'frame'),
    longest: 4_096,
    seeds: () => [...frames(), concat(...frames())].map(cutBefore),
    run: (input) => {
      const [first = 0] = input;
      const stream = input.subarray(1);
      same('in pieces', readStream(stream, first + 1), readStream(stream, Math.max(1, stream.length)));
    },
  },
  {
    name: 'relayed',
    does: 'a stream through a relay, whole and in pieces',
    covers: ['reference/nodes/flow.ts'],
    longest: 4_096,
    seeds: () =>
      [concat(...vectorField('data', 'frame').slice(0, 4)), ...vectorField('data', 'frame'), ...frames()].map(
        cutBefore,
      ),
    run: (input) => {
      const [first = 0] = input;
      const stream = input.subarray(1);
      const [passed, outcome] = passStream(stream, first + 1);
      same('in pieces', [passed, outcome], passStream(stream, Math.max(1, stream.length)));
      if (!stream.toHex().startsWith(passed)) throw new Error('other octets passed than came');
    },
  },
  oneEncoding(
    {
      name: 'opened-request',
      does: 'what a REQUEST holds once it is opened',
      covers: wire('request', 'opened', 'key-exchange-data', 'client-data', 'names'),
      seeds: () => vectorField('request', 'opened'),
    },
    decodeOpenedRequest,
    encodeOpenedRequest,
  ),
  oneEncoding(
    {
      name: 'opened-response',
      does: 'what a RESPONSE holds once it is opened',
      covers: wire('response', 'opened', 'key-exchange-data', 'client-data'),
      seeds: () => vectorField('response', 'opened'),
    },
    decodeOpenedResponse,
    encodeOpenedResponse,
  ),
  oneEncoding(
    {
      name: 'key-exchange-data',
      does: 'key exchange data',
      covers: wire('key-exchange-data'),
      seeds: () => vectorField('key-exchange-data', 'keyExchangeData'),
    },
    decodeKeyExchangeData,
    encodeKeyExchangeData,
  ),
  oneEncoding(
    {
      name: 'client-data',
      does: 'client data, as options',
      covers: [...wire('client-data'), 'reference/packets/dhcp-options.ts', 'reference/packets/neighbour-options.ts'],
      seeds: () => vectorField('client-data', 'clientData'),
    },
    decodeClientData,
    encodeClientData,
  ),
  {
    name: 'network-settings',
    does: 'client data, as settings that a client would use',
    covers: [
      ...wire('network-settings', 'ipv6-settings'),
      'reference/packets/domain-names.ts',
      'reference/packets/classless-routes.ts',
    ],
    longest: 4_096,
    seeds: () => vectorField('client-data', 'clientData'),
    run: (input) => {
      const settings = unlessRefused(() => toNetworkSettings(decodeClientData(input)));
      if (settings === undefined) return;
      same('written and read again', toNetworkSettings(fromNetworkSettings(settings)), settings);
    },
  },
  {
    name: 'name',
    does: 'names of nodes and initiators',
    covers: wire('names'),
    longest: 300,
    seeds: () => ['server.test', 'server.test:3265', 'a.b:1', 'alice', 'x'.repeat(259)].map(ascii),
    run: (input) => {
      const name = Buffer.from(input).toString('latin1');
      initiatorNameFault(name);
      if (nodeNameFault(name) !== undefined) return;
      const { host, port = 1 } = parseNodeName(name);
      if (!(port >= 1 && port <= 65_535) || !name.startsWith(host)) throw new Error(`${name} is ${host}, ${port}`);
    },
  },
];
