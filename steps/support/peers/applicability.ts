/** Which scenarios can be put to an implementation, going by its declaration and the scenarios' tags. */
import { LabFailure } from '../lab/failure.ts';
import type { Json } from './configuration.ts';
import { type Capability, capabilities, type Declaration, type Role, roles } from './declaration.ts';
import { suites, transforms } from './declaration-shape.ts';

const known = new Set<string>([...Object.keys(capabilities), ...suites, ...transforms]);

/** Roles that the implementation under test plays: those of the tags `@iut:ROLE`. The reference plays the others. */
export function rolesOf(tags: readonly string[]): Role[] {
  const strange = tags.find((tag) => tag.startsWith('@iut:') && !(roles as readonly string[]).includes(tag.slice(5)));
  if (strange !== undefined) throw new LabFailure(`${strange}: no such role`);
  return roles.filter((role) => tags.includes(`@iut:${role}`));
}

/** Why a scenario is not applicable; undefined if it is. A tag `@needs:WHAT` names a capability, a suite or a transform. */
export function inapplicable(declaration: Declaration, tags: readonly string[]): string | undefined {
  for (const role of rolesOf(tags)) if (declaration.roles[role] === undefined) return `role ${role} is not declared`;
  const declared = new Set<string>([...declaration.capabilities, ...declaration.suites, ...declaration.transforms]);
  const needs = tags.flatMap((tag) => (tag.startsWith('@needs:') ? [tag.slice('@needs:'.length)] : []));
  const unknown = needs.find((need) => !known.has(need));
  if (unknown !== undefined) throw new LabFailure(`@needs:${unknown}: nothing of that name can be declared`);
  const lacking = needs.find((need) => !declared.has(need));
  return lacking === undefined ? undefined : `${lacking} is not declared`;
}

/** Keys and words of a configuration that only an implementation with one of the capabilities is given (docs/iut.md). */
const capabilitiesFor: Readonly<Record<string, readonly Capability[]>> = {
  timers: ['timers'],
  limits: ['limits'],
  lifetime: ['lifetimes'],
  deterministic: ['deterministic'],
  clientToClient: ['client-to-client'],
  addressMap: ['groups'],
  traffic: ['groups'],
  lockdown: ['lockdown'],
  dataOptions: ['bundles', 'offload'],
  'dataOptions: bundle': ['bundles'],
  'dataOptions: checksum': ['offload'],
  'dataOptions: segmentation': ['offload'],
};

/** A key of the configuration that the implementation doesn't promise to understand: the scenario lacks a tag. */
export function undeclaredKey(declaration: Declaration, configuration: Json): string | undefined {
  const given = Object.entries(configuration ?? {}).flatMap(([key, value]) => [key, ...wordsOf(key, value)]);
  return given.find((key) => {
    const needed = capabilitiesFor[key];
    return needed !== undefined && !needed.some((capability) => declaration.capabilities.includes(capability));
  });
}

/** Of a list of words each is a key of its own. */
const wordsOf = (key: string, value: Json | undefined): string[] =>
  Array.isArray(value) ? value.map((word) => `${key}: ${String(word)}`) : [];
