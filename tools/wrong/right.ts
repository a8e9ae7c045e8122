/**
 * A right but different implementation: the reference with another choice where the text leaves one free. The suite has to
 * call it conformant: one that raises false alarms is switched off.
 */
import type { Capability } from '../../steps/support/peers/declaration.ts';
import type { Change, Fault } from './fault.ts';

export interface Right extends Change {
  /** Requirements or areas (DATA-07, DATA) whose scenarios are tried; undefined: every scenario of the role. */
  readonly touches?: readonly string[];
  /** What it declares otherwise than the reference does. */
  readonly declares?: {
    readonly suites?: readonly string[];
    readonly transforms?: readonly string[];
    readonly capabilities?: readonly Capability[];
    /** Taken from those of the reference. */
    readonly lacks?: readonly Capability[];
  };
}

/** As the plan and the table take it. */
export const asFault = (right: Right): Fault => ({ ...right, breaks: right.touches ?? ['every'] });

/**
 * The declaration of a right implementation.
 * @param declaration iut.json, parsed; its programs are absolute paths
 */
export function declarationOf(
  { declares = {} }: Pick<Right, 'declares'>,
  declaration: { readonly capabilities?: readonly string[] },
): object {
  const { lacks = [], suites, transforms, capabilities } = declares;
  const left = capabilities ?? (declaration.capabilities ?? []).filter((one) => !lacks.some((lack) => lack === one));
  return { ...declaration, ...(suites && { suites }), ...(transforms && { transforms }), capabilities: left };
}
