/** [EP] fig. 16, 288: the virtual network adapter interface, where packets are captured from the local stack and indicated to it. */

/** The longest frame: an Ethernet header with room for a VLAN tag, and the longest IP datagram. */
export const FRAME_LENGTH = 18 + 65_535;

/** What write() answers with when the stack does not take a frame: down, without buffers, or too long for it. */
export const notTaken: ReadonlySet<string> = new Set(['EIO', 'ENOBUFS', 'ENOMEM', 'EINVAL', 'EMSGSIZE']);

/**
 * A virtual Ethernet adapter. Frames are whole Ethernet packets without preamble and check sequence: 14 octets of header,
 * then up to 65,535 octets.
 */
export interface Device extends AsyncDisposable {
  /** What the local stack calls it. */
  readonly name: string;

  /** A file descriptor that frames are read from and written to, if it has one. */
  readonly descriptor?: number | undefined;

  /** Octets of IP datagram that a frame of the local stack carries at most. */
  readonly mtu: number;

  /**
   * Waits until captured frames may be there.
   * One call at a time; a second one before the first has settled throws Misuse.
   * @returns true: read() until it gives nothing, which throws if the adapter has gone; false: the device is closed
   */
  readable(): Promise<boolean>;

  /**
   * @returns one captured frame, valid until the next call of read(), or undefined when none is waiting
   * @throws DeviceFailure when the adapter has gone
   */
  read(): Uint8Array | undefined;

  /**
   * Indicates a received frame to the local stack.
   * @returns false when the stack did not take it (adapter down, buffers full); the frame is lost then
   * @throws DeviceFailure when the adapter has gone
   */
  write(frame: Uint8Array): boolean;

  /** @param address 6 octets, unicast. */
  setPhysicalAddress(address: Uint8Array): void;

  /** @param octets 68 to 65,535. */
  setMtu(octets: number): void;

  /** Administratively up or down. Down, the stack sends nothing and takes nothing. */
  setUp(up: boolean): void;

  /** Whether there is a carrier, as with a cable that is plugged in. When it goes off and on, DHCP clients begin anew. */
  setCarrier(on: boolean): void;

  /** Ends a pending readable() with false and gives the adapter back. Idempotent. */
  close(): Promise<void>;
}
