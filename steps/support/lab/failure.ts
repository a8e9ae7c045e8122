/** Who erred in the suite's errors: the laboratory, the machine, or the implementation under test. */
import { DeviceFailure, SystemCallFailure } from '../../../reference/libc/failure.ts';

/** The lab could not do its own work: a harness error, never a verdict about the implementation under test. */
export class LabFailure extends Error {
  override readonly name: string = 'LabFailure';
}

/** A deadline passed on a machine that was too busy to tell whose fault it is: a harness error too. */
export class Starved extends LabFailure {
  override readonly name: string = 'Starved';
}

/** This scenario cannot be put to the implementation, for a reason that only a step finds: no verdict at all. */
export class NotApplicable extends LabFailure {
  override readonly name = 'NotApplicable';
}

/** The implementation under test broke the contract of docs/iut.md or what a scenario expects of it. */
export class Nonconformance extends Error {
  override readonly name = 'Nonconformance';
}

/** A program under test ended in the middle of a scenario, of itself: whatever the suite stumbled over then is its doing. */
export class ProgramEnded extends Error {
  override readonly name = 'ProgramEnded';
}

/** Names of the errors that tell of the implementation: what it sent or did is wrong. Every other error tells of the suite. */
export const aboutTheImplementation: ReadonlySet<string> = new Set([
  'AssertionError',
  'Nonconformance',
  'ProgramEnded',
  // What the reference's codecs say of the peer's octets.
  'Malformed',
  'Unexpected',
  'IntegrityFailure',
]);

/** The same error with `about` before its message; an error that tells of the suite is left as it is. */
export function inContext(about: string, error: unknown): unknown {
  if (!(error instanceof Error) || !aboutTheImplementation.has(error.name)) return error;
  return new Nonconformance(`${about}: ${error.message}`, { cause: error });
}

/** Makes system calls of the lab's own. @throws LabFailure when one fails */
export function kernelCall<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof SystemCallFailure || error instanceof DeviceFailure) throw new LabFailure(error.message);
    throw error;
  }
}
