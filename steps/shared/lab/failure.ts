import { DeviceFailure, SystemCallFailure } from '../../../reference/libc/failure.ts';

/** The lab could not do its own work: a harness error, never a verdict about the implementation under test. */
export class LabFailure extends Error {
  override readonly name = 'LabFailure';
}

/** The implementation under test broke the contract of docs/iut.md or what a scenario expects of it. */
export class Nonconformance extends Error {
  override readonly name = 'Nonconformance';
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
