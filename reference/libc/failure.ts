/**
 * What the operating system refused: SystemCallFailure is raw, for the code that made the call; DeviceFailure is explained,
 * for the user. Whoever knows what a call was for turns the one into the other.
 */

/** A system call failed: its name and errno's. */
export class SystemCallFailure extends Error {
  override readonly name = 'SystemCallFailure';
  readonly call: string;
  /** The name of errno, such as EBUSY. */
  readonly code: string;

  constructor(call: string, code: string) {
    super(`${call}: ${code}`);
    this.call = call;
    this.code = code;
  }
}

/** Why the operating system refused, in words. The message ends in a remedy where one is known. */
export class DeviceFailure extends Error {
  override readonly name = 'DeviceFailure';
  /** The name of errno, such as EBUSY. */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}
