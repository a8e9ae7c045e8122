/** How configuration files use valibot: objects and lists that name what they expect, and checks that tell several faults. */
import * as v from 'valibot';

/** Keys and indexes from a value to one inside it. */
export type Path = readonly (string | number)[];
/** A fault's message, or what makes it of the value that is at fault. */
export type Message = string | ((issue: { readonly input: unknown }) => string);
type Entries = Readonly<Record<string, v.GenericSchema>>;

/**
 * An object that refuses unknown keys and names the known ones. Valibot names the first unknown key alone, lets the object
 * speak for a key that is missing, and takes a list for an object.
 */
export function strict<const Shape extends Entries>(shape: Shape) {
  const known = Object.keys(shape).join(', ');
  const schema = v.strictObject(shape, ({ input, expected, path }) => {
    const [place] = path ?? [];
    if (place === undefined)
      return `is ${input === undefined ? 'missing' : 'not an object'}: write an object with the keys ${known}`;
    if (expected === 'never') return unknownKeys(Object.keys(place.input as object), shape);
    return v.safeParse(shape[place.key as string]!, undefined).issues![0].message;
  });
  const read: (typeof schema)['~run'] = (dataset, config) =>
    schema['~run'](Array.isArray(dataset.value) ? { value: null } : dataset, config);
  return { ...schema, '~run': read };
}

function unknownKeys(given: readonly string[], shape: Entries): string {
  const unknown = given.filter((key) => !Object.hasOwn(shape, key));
  const which = unknown.map((key) => `"${key}"`).join(', ');
  return `unknown ${unknown.length > 1 ? 'keys' : 'key'} ${which}: the keys here are ${Object.keys(shape).join(', ')}`;
}

/** What is wrong with a configuration. */
export interface Fault {
  /** From the configuration as a whole; empty if it is at fault itself. */
  readonly path: Path;
  /** What is wrong, and what to write instead. */
  readonly message: string;
  /** Keys that the object at `path` does not have. */
  readonly unknown?: readonly string[];
}

/**
 * Where a fault lies in the user's file, and what it says there. A key that nobody knows is a fault of the object that has it.
 */
export function faultOf({ type, expected, path, message }: v.BaseIssue<unknown>): Fault {
  const keys = (path ?? []).map(({ key }) => key as string | number);
  // Valibot's issue lies at the key, the user's in the object.
  const isUnknown = type === 'strict_object' && expected === 'never';
  return isUnknown
    ? { path: keys.slice(0, -1), message, unknown: keys.slice(-1).map(String) }
    : { path: keys, message };
}

/** @param sentence for editors */
export const described = <const Schema extends v.GenericSchema>(schema: Schema, sentence: string) =>
  v.pipe(schema, v.description(sentence));

/** Text that has the pattern. JSON Schema takes it as it is, without its flags. @param message for any other value */
export const matching = (pattern: RegExp, message: Message) => v.pipe(v.string(message), v.regex(pattern, message));

/** Tells any number of faults of a value, each of it as a whole or of a place inside it. */
export const inspect = <Value>(look: (value: Value, tell: (message: string, path?: Path) => void) => void) =>
  v.rawCheck<Value>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    look(dataset.value, (message, path = []) => {
      const [first, ...others] = path.map(
        (key) => ({ type: 'unknown', origin: 'value', input: dataset.value, key, value: undefined }) as const,
      );
      addIssue({ message, ...(first && { path: [first, ...others] }) });
    });
  });
