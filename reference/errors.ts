/**
 * Who erred. Every failure in the core is one of these four; what the peer is told follows from the class alone.
 */

/** The octets break the format: the peer erred. `status` is what a CLOSE frame says of it ([EP] fig. 10, 193). */
export class Malformed extends Error {
  override readonly name = 'Malformed';
  readonly status: number;

  /** @param status CLOSE status code; 5 (protocol error) unless the specification names another. */
  constructor(message: string, status = 5) {
    super(message);
    this.status = status;
  }
}

/** Well-formed, but not allowed in the present state: the peer erred. */
export class Unexpected extends Error {
  override readonly name = 'Unexpected';
}

/** Something authenticated did not verify. The message is for the local log only: to the peer all of these look alike. */
export class IntegrityFailure extends Error {
  override readonly name = 'IntegrityFailure';
}

/** The caller erred: an argument or a call order that the interface rules out. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}
