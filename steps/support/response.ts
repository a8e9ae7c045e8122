/** What RESPONSE holds ([EP] fig. 8, 162): client data in both families, the transform, and the bounds of the key. */
import assert from 'node:assert/strict';
import { type DataTable, Then } from '@cucumber/cucumber';
import { joinDhcpOptions } from '../../reference/packets/dhcp-options.ts';
import { decodeDomain } from '../../reference/packets/domain-names.ts';
import { prefixText } from '../../reference/packets/prefix.ts';
import { Transform, transformName } from '../../reference/wire/identifiers.ts';
import { toNetworkSettings } from '../../reference/wire/network-settings.ts';
import type { OpenedResponse } from '../../reference/wire/response.ts';
import { classlessRoute } from '../../vectors/generate/dhcp-packet.ts';
import { hex6, meaningOf, networkOf } from '../../vectors/neighbour-options.ts';
import { assertRows, known, knownName } from './known.ts';
import { Nonconformance } from './lab/failure.ts';
import { virtualLan } from './lab/networks/virtual-lan.ts';
import { responseOf } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

const words = (text: string): string[] => (text === 'none' ? [] : text.split(', '));
const settingsOf = ({ clientData }: OpenedResponse) => toNetworkSettings(clientData);
const lifetimesOf = ({ keyExchangeData }: OpenedResponse) => keyExchangeData.lifetimes;

/** What the options of neighbour discovery in n6 say, read without the reference's codec. */
/** RFC 4191 §2.3: of its octets behind type and length the second one holds the preference. */
const routeInformation = 24;

const n6Of = ({ clientData: { neighbour } }: OpenedResponse) =>
  meaningOf(
    neighbour.map(({ type, value }) => ({ type, octets: Uint8Array.of(type, (value.length + 2) / 8, ...value) })),
  );

function assertBound(allowed: number | bigint, bound: string): void {
  assert.ok(allowed >= 1 && allowed <= BigInt(bound), `${allowed} are allowed`);
}

export const optionOf = (clientData: OpenedResponse['clientData'], code: number): Uint8Array | undefined =>
  joinDhcpOptions(clientData.dhcp).get(code);

/** RFC 1035 §4.1.4 and RFC 3397. @throws Nonconformance for what holds no names */
export function searchNames(value: Uint8Array): string[] {
  const names: string[] = [];
  for (let offset = 0; offset < value.length; ) {
    const found = decodeDomain(value, offset, true);
    if (found === undefined)
      throw new Nonconformance(`option 119 holds no names from octet ${offset}: ${value.toHex()}`);
    names.push(found.name);
    offset = found.end;
  }
  return names;
}

/** What a row of `RESPONSE holds` asserts. */
const rows: Readonly<Record<string, (response: OpenedResponse, expected: string) => void>> = {
  transform: ({ transform }, name) => assert.equal(transformName(transform) ?? transform, knownName(Transform, name)),
  'seconds at most': (response, bound) => assertBound(lifetimesOf(response).seconds, bound),
  'frames at most': (response, bound) => assertBound(lifetimesOf(response).frames, bound),
  'octets at most': (response, bound) => assertBound(lifetimesOf(response).octets, bound),
  seconds: (response, bound) => assert.equal(lifetimesOf(response).seconds, Number(bound)),
  frames: (response, bound) => assert.equal(lifetimesOf(response).frames, BigInt(bound)),
  octets: (response, bound) => assert.equal(lifetimesOf(response).octets, BigInt(bound)),
  'entries of key exchange data': ({ keyExchangeData }, ids) =>
    assert.equal(keyExchangeData.entries.map(({ id }) => id).join(', '), ids),

  address: (response, text) => assert.equal(settingsOf(response).address, text),
  "server's address": (response, text) => assert.equal(settingsOf(response).serverAddress, text),
  routes: (response, list) => {
    const routes = settingsOf(response).routes.map((to) => `${prefixText(to)} via ${to.gateway}`);
    assert.deepEqual(routes, words(list));
  },
  'physical address': (response, hex) => assert.equal(settingsOf(response).clientPhysical.toHex(), hex),
  "server's physical address": (response, hex) => assert.equal(settingsOf(response).serverPhysical.toHex(), hex),

  'routes in option 121, in any order': ({ clientData }, list) => {
    const expected = words(list).map((route) => classlessRoute(route, virtualLan.serverAddress).toHex());
    const found: string[] = [];
    let unread = optionOf(clientData, 121)?.toHex() ?? '';
    // The first octet says how long a route is: none is the beginning of another.
    for (let next = expected.find((route) => unread.startsWith(route)); next !== undefined; ) {
      found.push(next);
      unread = unread.slice(next.length);
      next = expected.find((route) => unread.startsWith(route));
    }
    assert.deepEqual([found.toSorted(), unread], [expected.toSorted(), ''], 'what is left over comes last');
  },
  'names of the search list': ({ clientData }, list) => {
    const value = optionOf(clientData, 119);
    assert.deepEqual(value === undefined ? [] : searchNames(value), words(list));
  },
  /** One that is split stands there several times. */
  'DHCP options, in this order': ({ clientData }, list) => {
    const codes = clientData.dhcp.map(({ code }) => String(code)).filter((code, at, all) => code !== all[at - 1]);
    assert.deepEqual(
      codes,
      words(list).filter((code) => codes.includes(code)),
    );
    for (const needed of ['50', '1', '54', '51', '43'])
      assert.ok(codes.includes(needed), `option ${needed} is missing`);
  },
  'number of options in n6': ({ clientData }, count) => assert.equal(clientData.neighbour.length, Number(count)),
  /** The order of the specification is that of their numbers. */
  'options in n6, in this order': (response, list) => {
    const { types } = n6Of(response);
    assert.deepEqual(
      types.toSorted((one, other) => one - other),
      types,
    );
    const strange = types.filter((type) => !words(list).includes(String(type)));
    assert.deepEqual(strange, []);
  },
  'prefix in n6, autonomous and not on-link': (response, text) => {
    const [prefix = '', length] = text.split('/');
    const expected = { prefix: hex6(prefix), prefixLength: Number(length), onLink: false, autonomous: true };
    assert.deepEqual(n6Of(response).prefixes, [expected]);
  },
  /** That of the virtual LAN comes first; among the others there is no order. */
  'routes in n6': (response, list) => {
    for (const { type, value } of response.clientData.neighbour)
      if (type === routeInformation)
        assert.equal((value[1] ?? 0) & 0x18, 0, 'a route of another preference than medium');
    const [first, ...others] = n6Of(response).routes;
    const [lan, ...networks] = words(list).map(networkOf);
    assert.deepEqual([first, ...others.toSorted()], [lan, ...networks.toSorted()]);
  },
  'DNS servers in n6': (response, list) => assert.deepEqual(n6Of(response).dns, words(list).map(hex6)),
  'MTU in n6, if any': (response, mtu) => {
    const { mtus } = n6Of(response);
    assert.ok(mtus.length <= 1, `${mtus.length} options 5`);
    for (const found of mtus) assert.equal(found, Number(mtu));
  },
  'lifetimes in n6': (response, seconds) => {
    const { lifetimes } = n6Of(response);
    assert.ok(lifetimes.length > 0, 'there is none');
    assert.deepEqual(new Set(lifetimes), new Set([Number(seconds)]));
  },
};

/** Of a DHCP option: its octets in hexadecimal, `none`, or `any` if it only has to be there. */
function assertOption({ clientData }: OpenedResponse, code: number, expected: string): void {
  const value = optionOf(clientData, code)?.toHex();
  if (expected === 'any') assert.ok(value !== undefined, 'it is missing');
  else assert.equal(value ?? 'none', expected);
}

Then('RESPONSE holds', async function (this: ConformanceWorld, table: DataTable) {
  // The server elsewhere hands out what its operator says.
  this.remote?.lacks('the configuration of the laboratory');
  const response = await responseOf(this);
  assertRows(table, (row) => {
    const code = /^option (\d+)$/.exec(row)?.[1];
    if (code !== undefined) return (expected) => assertOption(response, Number(code), expected);
    const assertion = known(rows, row);
    return (expected) => assertion(response, expected);
  });
});

Then('the server answers RESPONSE', async function (this: ConformanceWorld) {
  await responseOf(this);
});
