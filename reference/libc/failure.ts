/** What the operating system would not do. */

/** Why the operating system would not do as it was told. The message ends in a remedy where one is known. */
export class DeviceFailure extends Error {
  override readonly name = 'DeviceFailure';
  /** The name of errno, such as EBUSY. */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}
