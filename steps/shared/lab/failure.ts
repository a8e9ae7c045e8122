/** The lab could not do its own work: a harness error, never a verdict about the implementation under test. */
export class LabFailure extends Error {
  override readonly name = 'LabFailure';
}

/** The implementation under test broke the contract of docs/iut.md or what a scenario expects of it. */
export class Nonconformance extends Error {
  override readonly name = 'Nonconformance';
}
