/** The vectors of names, frames and streams, against reference/wire. */
import test from 'ava';
import { Malformed } from '../reference/errors.ts';
import { checkChoice } from '../reference/nodes/exchange.ts';
import type { Prefix } from '../reference/packets/prefix.ts';
import { decodeClientData, encodeClientData } from '../reference/wire/client-data.ts';
import { Deframer } from '../reference/wire/deframer.ts';
import { decodeFrame, encodeFrame } from '../reference/wire/frame.ts';
import { FrameType, statusName } from '../reference/wire/identifiers.ts';
import { decodeKeyExchangeData, encodeKeyExchangeData } from '../reference/wire/key-exchange-data.ts';
import { parseNodeName } from '../reference/wire/names.ts';
import { fromNetworkSettings, type NetworkSettings, toNetworkSettings } from '../reference/wire/network-settings.ts';
import { sameHeader, suiteOf } from '../reference/wire/opened.ts';
import { findSelf } from '../reference/wire/relay.ts';
import { decodeOpenedRequest, encodeOpenedRequest, requestHeaderLength } from '../reference/wire/request.ts';
import { decodeOpenedResponse, encodeOpenedResponse, responseHeaderLength } from '../reference/wire/response.ts';
import { load, octets, title, type Vector } from './load.ts';

/** Octets as hexadecimal, wherever they stand: the form of the vectors. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.toHex();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  return value;
}

const subset = (value: Record<string, unknown>, keys: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.keys(keys).map((key) => [key, value[key]]));

for (const subject of ['relay', 'request', 'response', 'data', 'close']) {
  const frames = load(subject).filter(({ type }) => type === 'Frame');
  for (const vector of frames.flatMap((group) => group.tests)) {
    test(`${subject}: ${title(vector)}`, (t) => {
      const frame = octets(vector['frame']);
      if (vector.result === 'invalid') {
        const error = t.throws(() => decodeFrame(frame), { instanceOf: Malformed });
        // A fault of a DATA frame is one verdict, which its receiver gives, not the decoder.
        if (subject !== 'data') t.is(error?.status, vector['status']);
        return;
      }
      const decoded = decodeFrame(frame);
      t.is(decoded.type as string, subject.toUpperCase());
      const { statusName: name, suite, ...fields } = vector['fields'];
      if (decoded.type === 'REQUEST' || decoded.type === 'RESPONSE') t.is(suiteOf(decoded), suite);
      t.deepEqual(subset(plain(decoded) as Record<string, unknown>, fields), fields);
      if (name !== undefined) t.is(statusName(vector['fields'].status), name);
      t.is(encodeFrame(decoded).toHex(), vector['frame']);
    });
  }
}

for (const vector of load('deframing').flatMap((group) => group.tests))
  test(`deframing: ${title(vector)}`, (t) => {
    const deframer = new Deframer();
    const frames: { type: number; octets: string }[] = [];
    const run = (): void => {
      for (const piece of vector['pieces']) {
        deframer.push(octets(piece));
        for (let frame = deframer.next(); frame; frame = deframer.next())
          frames.push({ type: FrameType[frame.type as keyof typeof FrameType], octets: frame.octets.toHex() });
      }
    };
    if (vector.result === 'invalid') {
      const error = t.throws(run, { instanceOf: Malformed });
      t.is(error?.status, vector['status']);
    } else {
      run();
      t.is(deframer.partial, vector['partial']);
    }
    t.deepEqual(frames, vector['frames']);
  });

function position(vector: Vector): number | undefined {
  const index = findSelf(vector['path'], vector['names']);
  if (index === undefined) return undefined;
  const last = index === vector['path'].length - 1;
  return last === (vector['role'] === 'server') ? index : undefined;
}

for (const group of load('names')) {
  for (const vector of group.tests)
    test(`names, ${group.type}: ${title(vector)}`, (t) => {
      if (group.type === 'Position') return t.is(position(vector), vector['index']);
      const name = String.fromCharCode(...octets(vector['name']));
      if (vector.result === 'invalid') return void t.throws(() => parseNodeName(name), { instanceOf: Malformed });
      const { host, port } = vector;
      return t.deepEqual(parseNodeName(name), port === undefined ? { host } : { host, port });
    });
}

/** The opened frame as its vector's fields, and the octets that encoding it anew gives. */
const opened = {
  request(o: Uint8Array) {
    const decoded = decodeOpenedRequest(o);
    const { suite, keyExchangeData, transforms, destinationName, clientData, initiatorName } = decoded;
    const octetsOf = {
      keyExchangeData: encodeKeyExchangeData(keyExchangeData).toHex(),
      clientData: encodeClientData(clientData).toHex(),
    };
    const fields = { suite, transforms, destinationName, initiatorName, ...octetsOf };
    return { fields, again: encodeOpenedRequest(decoded) };
  },
  response(o: Uint8Array) {
    const decoded = decodeOpenedResponse(o);
    const { suite, keyExchangeData, transform, clientData } = decoded;
    const octetsOf = {
      keyExchangeData: encodeKeyExchangeData(keyExchangeData).toHex(),
      clientData: encodeClientData(clientData).toHex(),
    };
    return { fields: { suite, transform, ...octetsOf }, again: encodeOpenedResponse(decoded) };
  },
} as const;
/** Section 3.5 of the protocol: 0x?A?A. */
const isGrease = (id: number): boolean => (id & 0x0f0f) === 0x0a0a && id >> 8 === (id & 0xff);
const headerLength = { request: requestHeaderLength, response: responseHeaderLength } as const;

for (const subject of ['request', 'response'] as const) {
  for (const group of load(subject)) {
    for (const vector of group.tests) {
      if (group.type === 'OpenedFrame')
        test(`${subject}, opened: ${title(vector)}`, (t) => {
          const o = octets(vector['opened']);
          if (vector.result === 'invalid') return void t.throws(() => opened[subject](o), { instanceOf: Malformed });
          const { fields, again } = opened[subject](o);
          t.deepEqual(fields as unknown, vector['fields']);
          return t.is(again.toHex(), vector['opened']);
        });
      if (group.type === 'Answer')
        test(`response, suite ${group['suite']}: ${title(vector)}`, (t) => {
          const { transforms, keyExchangeData, suite } = decodeOpenedRequest(octets(group['request']));
          const proposed = {
            transforms: transforms.filter((id) => !isGrease(id)),
            suite,
            lifetimes: keyExchangeData.lifetimes,
            dataOptions: keyExchangeData.options,
          };
          const check = () => checkChoice(decodeOpenedResponse(octets(vector['opened'])), proposed);
          if (vector.result === 'valid') return t.notThrows(check);
          return t.is(t.throws(check, { instanceOf: Malformed })?.status, vector['status']);
        });
      if (group.type === 'SameHeader')
        test(`${subject}, header: ${title(vector)}`, (t) => {
          const same = sameHeader(octets(vector['header']), octets(vector['opened']), headerLength[subject]);
          t.is(same, vector.result === 'valid');
        });
    }
  }
}

for (const vector of load('key-exchange-data').flatMap((group) => group.tests))
  test(`key exchange data: ${title(vector)}`, (t) => {
    const data = octets(vector['keyExchangeData']);
    if (vector.result === 'invalid') {
      const error = t.throws(() => decodeKeyExchangeData(data), { instanceOf: Malformed });
      return t.is(error?.status, vector['status']);
    }
    const decoded = decodeKeyExchangeData(data);
    const { lifetimes, compression, options, freshness, others } = vector['fields'];
    t.is(decoded.lifetimes.seconds, lifetimes.seconds);
    t.is(String(decoded.lifetimes.frames), lifetimes.frames);
    t.is(String(decoded.lifetimes.octets), lifetimes.octets);
    t.deepEqual(decoded.compression, compression ?? []);
    t.is(decoded.options, options ?? 0);
    t.is(decoded.freshness?.toString(), freshness);
    t.deepEqual(plain(decoded.entries.filter(({ id }) => id > 4)), others);
    return t.is(encodeKeyExchangeData(decoded).toHex(), vector['keyExchangeData']);
  });

const routesAsInVectors = ({ ipv6, ...settings }: NetworkSettings) => {
  const routeOf = ({ address, length, ...gateway }: Prefix) => ({
    destination: address,
    prefixLength: length,
    ...gateway,
  });
  const six = ipv6 && { ipv6: { ...ipv6, routes: ipv6.routes.map(routeOf) } };
  return { ...settings, routes: settings.routes.map(routeOf), ...six };
};

for (const group of load('client-data')) {
  for (const vector of group.tests)
    test(`client data, ${group.type}: ${title(vector)}`, (t) => {
      const data = octets(vector['clientData']);
      if (group.type === 'Settings') {
        const decoded = decodeClientData(data);
        if (vector.result === 'invalid')
          return void t.throws(() => toNetworkSettings(decoded), { instanceOf: Malformed });
        const settings = toNetworkSettings(decoded);
        t.deepEqual(plain(routesAsInVectors(settings)), vector['settings']);
        return t.deepEqual(toNetworkSettings(fromNetworkSettings(settings)), settings);
      }
      if (vector.result === 'invalid') {
        const error = t.throws(() => decodeClientData(data), { instanceOf: Malformed });
        return t.is(error?.status, vector['status']);
      }
      const decoded = decodeClientData(data);
      t.deepEqual(plain(decoded.dhcp), vector['fields'].dhcp);
      t.deepEqual(
        decoded.neighbour.map(({ type, value }) => Uint8Array.of(type, (value.length + 2) / 8, ...value).toHex()),
        vector['fields'].ipv6,
      );
      return t.is(encodeClientData(decoded).toHex(), vector['clientData']);
    });
}
