/** Classic BPF programs as the kernel takes them: for packets of a socket, and for system calls. */
import { viewOf } from '../octets.ts';
import { addressOf } from './native.ts';

/** One instruction of a classic BPF program: code, offset to jump when true, when false, operand. */
export type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, operand: number];

/**
 * `struct sock_fprog`, and the `struct sock_filter`s that it points to.
 * @param use gets the former; the latter are there until it returns
 */
export function withProgram<Result>(
  filter: readonly Instruction[],
  use: (program: Uint8Array<ArrayBuffer>) => Result,
): Result {
  const instructions = new Uint8Array(8 * filter.length);
  const entries = viewOf(instructions);
  filter.forEach(([code, whenTrue, whenFalse, operand], index) => {
    entries.setUint16(8 * index, code, true);
    instructions.set([whenTrue, whenFalse], 8 * index + 2);
    entries.setUint32(8 * index + 4, operand, true);
  });
  const program = new Uint8Array(16);
  const view = viewOf(program);
  view.setUint16(0, filter.length, true);
  view.setBigUint64(8, BigInt(addressOf(instructions)), true);
  const result = use(program);
  // Still referenced after the call that reads it.
  entries.getUint8(0);
  return result;
}
