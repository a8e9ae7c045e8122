/** The identifier spaces of the protocol. From 0xF000 up each one is for private use. */

/** Frame types: octet 4 of every frame ([EP] figs. 6 to 10: 102, 122, 152, 172, 191). */
export const FrameType = { RELAY: 1, REQUEST: 2, RESPONSE: 3, DATA: 4, CLOSE: 5 } as const;
export type FrameTypeName = keyof typeof FrameType;

/** Octet 5 of every frame ([EP] 104, 124, 154, 174, 192). */
export const protocolVersion = 1;

/** Reasons for closing ([EP] fig. 10, 193). */
export const Status = {
  endSession: 1,
  keyExpired: 2,
  notAuthorized: 3,
  integrityFailure: 4,
  protocolError: 5,
  unsupportedVersion: 6,
  noCommonTransform: 7,
  nextNodeUnreachable: 8,
  notOnPath: 9,
  noAddressLeft: 10,
  timeout: 11,
  resourceLimit: 12,
  shuttingDown: 13,
  superseded: 14,
} as const;

/** Handshake suites: high octet of the flags of REQUEST ([EP] fig. 7, 134) and RESPONSE (fig. 8, 160). */
export const Suite = { x25519: 1, hybrid: 2 } as const;
export type SuiteName = keyof typeof Suite;
export const suiteNames = namesOf(Suite);

/** Cryptographic transforms of the DATA frames ([EP] fig. 7, 132; fig. 8, 158). */
export const Transform = {
  aes256gcm: 0x0001,
  chacha20poly1305: 0x0002,
  'aes256ctr-hmacsha256': 0x0101,
  'aes256cbc-hmacsha256': 0x0102,
} as const;
export type TransformName = keyof typeof Transform;
export const transformNames = namesOf(Transform);

/** Entries of the key exchange data ([EP] fig. 7, 130; fig. 8, 156). */
export const Tlv = { lifetimes: 1, compression: 2, options: 3, freshness: 4 } as const;

/** Option bits of the key exchange data (3): each allows the flag of DATA with the same number ([EP] fig. 9, 180). */
export const DataOption = { checksum: 0x0001, segmentation: 0x0002, bundle: 0x0008 } as const;
export const dataOptionNames = namesOf(DataOption);

/** From this id up an entry that is not known is refused; below it is skipped. */
export const firstCriticalTlv = 0x8000;

/** "integrity failure" for 4; "status 99" for a code that has no name. */
export const statusName = (status: number): string => words(nameOf(Status, status)) ?? `status ${status}`;

/** "aes256gcm" for 1; undefined for an identifier that has no name. */
export const transformName = (id: number): TransformName | undefined => nameOf(Transform, id);

/** "hybrid" for 2; undefined for an identifier that has no name. */
export const suiteName = (id: number): SuiteName | undefined => nameOf(Suite, id);

type Identifiers = Readonly<Record<string, number>>;

/** The names of a table, in its order. */
function namesOf<Table extends Identifiers>(table: Table): readonly (keyof Table & string)[] {
  return Object.keys(table);
}

function nameOf<Table extends Identifiers>(table: Table, value: number): (keyof Table & string) | undefined {
  return namesOf(table).find((name) => table[name] === value);
}

const words = (name: string | undefined): string | undefined =>
  name?.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
