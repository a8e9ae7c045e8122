/**
 * What reads a value of a configuration file. It yields what the program uses, tells each fault with its place, and describes
 * itself as JSON Schema. A library for this takes longer to load than the rest of the program.
 */

/** Keys and indexes from the file as a whole to a value. */
export type Path = readonly (string | number)[];
export interface Fault {
  readonly path: Path;
  /** What is wrong, and what to write instead. */
  readonly message: string;
  /** Keys that the object at `path` doesn't have. */
  readonly unknown?: readonly string[];
}
/** A fault of this value: `path` counts from it. */
type Tell = (message: string, path?: Path, unknown?: readonly string[]) => void;

/** A fault's message, or what makes it of the value that is at fault. */
type Message<Value = unknown> = string | ((value: Value) => string);
const messageOf = <Value>(message: Message<Value>, value: Value): string =>
  typeof message === 'string' ? message : message(value);

type JsonSchema = Readonly<Record<string, unknown>>;

/** In place of a value that is at fault: nothing that contains it is checked any further. */
const unusable = Symbol('unusable');
type Read<Output> = (input: unknown, tell: Tell) => Output | typeof unusable;

export class Schema<Output> {
  readonly read: Read<Output>;
  readonly json: JsonSchema;
  readonly isOptional: boolean;

  constructor(read: Read<Output>, json: JsonSchema, isOptional = false) {
    this.read = read;
    this.json = json;
    this.isOptional = isOptional;
  }

  /** Nothing further is checked of a value that isn't right. */
  check(isRight: (value: Output) => boolean, message: Message<Output>, path?: Path): Schema<Output> {
    return this.#then((value, tell) => {
      if (isRight(value)) return value;
      tell(messageOf(message, value), path);
      return unusable;
    });
  }

  /** For faults beside which others can be told. */
  inspect(look: (value: Output, tell: Tell) => void): Schema<Output> {
    return this.#then((value, tell) => {
      look(value, tell);
      return value;
    });
  }

  map<Mapped>(by: (value: Output) => Mapped): Schema<Mapped> {
    return this.#then(by);
  }

  optional(): Schema<Output | undefined> {
    return new Schema<Output | undefined>(
      (input, tell) => (input === undefined ? undefined : this.read(input, tell)),
      this.json,
      true,
    );
  }

  /** @param input is read where the file says nothing */
  default(input: unknown): Schema<Output> {
    const json = { default: input, ...this.json };
    return new Schema((given, tell) => this.read(given === undefined ? input : given, tell), json, true);
  }

  /** A sentence for editors. */
  describe(description: string): Schema<Output> {
    return new Schema(this.read, { ...this.json, description }, this.isOptional);
  }

  #then<Next>(next: (value: Output, tell: Tell) => Next | typeof unusable): Schema<Next> {
    const read: Read<Next> = (input, tell) => {
      const value = this.read(input, tell);
      return value === unusable ? unusable : next(value, tell);
    };
    return new Schema(read, this.json, this.isOptional);
  }
}

export type OutputOf<Of> = Of extends Schema<infer Output> ? Output : never;

/** @returns the value, or every fault */
export function readWhole<Output>(
  schema: Schema<Output>,
  input: unknown,
): { readonly value: Output } | { readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const value = schema.read(input, (message, path = [], unknown) => {
    faults.push(unknown === undefined ? { path, message } : { path, message, unknown });
  });
  return value === unusable || faults.length > 0 ? { faults } : { value };
}

/** A value that is used as it stands in the file. */
function plain<Output>(is: (input: unknown) => input is Output, message: Message, json: JsonSchema): Schema<Output> {
  const read: Read<Output> = (input, tell) => {
    if (is(input)) return input;
    tell(messageOf(message, input));
    return unusable;
  };
  return new Schema(read, json);
}

const isString = (input: unknown): input is string => typeof input === 'string';

/** @param shortest in UTF-16 units */
export const string = (message: Message, shortest = 0): Schema<string> =>
  plain((input): input is string => isString(input) && input.length >= shortest, message, {
    type: 'string',
    ...(shortest === 0 ? {} : { minLength: shortest }),
  });

export const matching = (pattern: RegExp, message: Message): Schema<string> =>
  plain((input): input is string => isString(input) && pattern.test(input), message, {
    type: 'string',
    pattern: pattern.source,
  });

export const boolean = (message: Message): Schema<boolean> =>
  plain((input) => typeof input === 'boolean', message, { type: 'boolean' });

export const wholeNumber = (minimum: number, maximum: number, message: Message): Schema<number> =>
  plain(
    (input): input is number => Number.isSafeInteger(input) && Number(input) >= minimum && Number(input) <= maximum,
    message,
    { type: 'integer', minimum, maximum },
  );

export const oneOf = <const Word extends string>(words: readonly Word[], message: Message): Schema<Word> =>
  plain((input): input is Word => isString(input) && (words as readonly string[]).includes(input), message, {
    type: 'string',
    ...(words.length === 1 ? { const: words[0] } : { enum: words }),
  });

/** How many entries a list may have, and its fault if it has others. */
export interface Bounds {
  readonly atLeast?: readonly [count: number, message: string];
  readonly atMost?: readonly [count: number, message: string];
}

export function listOf<Item>(
  item: Schema<Item>,
  message: Message,
  { atLeast, atMost }: Bounds = {},
): Schema<readonly Item[]> {
  const faultOf = (input: unknown): string | undefined => {
    if (!Array.isArray(input)) return messageOf(message, input);
    if (atLeast !== undefined && input.length < atLeast[0]) return atLeast[1];
    return atMost !== undefined && input.length > atMost[0] ? atMost[1] : undefined;
  };
  const read: Read<readonly Item[]> = (input, tell) => {
    const fault = faultOf(input);
    if (fault !== undefined) {
      tell(fault);
      return unusable;
    }
    const values = (input as readonly unknown[]).map((one, index) => item.read(one, within(tell, index)));
    return values.some((value) => value === unusable) ? unusable : (values as Item[]);
  };
  return new Schema(read, {
    type: 'array',
    items: item.json,
    ...(atLeast === undefined ? {} : { minItems: atLeast[0] }),
    ...(atMost === undefined ? {} : { maxItems: atMost[0] }),
  });
}

/** The first that takes the value reads it. */
export const either = <One, Other>(one: Schema<One>, other: Schema<Other>, message: Message): Schema<One | Other> => {
  const read: Read<One | Other> = (input, tell) => {
    for (const schema of [one, other]) {
      const result = readWhole<One | Other>(schema, input);
      if ('value' in result) return result.value;
    }
    tell(messageOf(message, input));
    return unusable;
  };
  return new Schema(read, { anyOf: [one.json, other.json] });
};

type Shape = Readonly<Record<string, Schema<unknown>>>;
type Optional<Of extends Shape> = { [Key in keyof Of]: undefined extends OutputOf<Of[Key]> ? Key : never }[keyof Of];
type ObjectOf<Of extends Shape> = {
  readonly [Key in Exclude<keyof Of, Optional<Of>>]: OutputOf<Of[Key]>;
} & { readonly [Key in Optional<Of>]?: Exclude<OutputOf<Of[Key]>, undefined> };

/** An object that refuses keys without a schema, and names those that have one. What is absent stays absent. */
export function strict<Of extends Shape>(shape: Of): Schema<ObjectOf<Of>> {
  const entries = Object.entries(shape);
  const known = Object.keys(shape).join(', ');
  const read: Read<ObjectOf<Of>> = (input, tell) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      tell(`is ${input === undefined ? 'missing' : 'not an object'}: write an object with the keys ${known}`);
      return unusable;
    }
    const given = new Map<string, unknown>(Object.entries(input));
    const values = entries.map(([key, schema]) => [key, schema.read(given.get(key), within(tell, key))] as const);
    const unknown = [...given.keys()].filter((key) => !Object.hasOwn(shape, key));
    if (unknown.length > 0) {
      const which = unknown.map((key) => `"${key}"`).join(', ');
      tell(`unknown ${unknown.length > 1 ? 'keys' : 'key'} ${which}: the keys here are ${known}`, [], unknown);
    }
    if (unknown.length > 0 || values.some(([, value]) => value === unusable)) return unusable;
    return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as ObjectOf<Of>;
  };
  const required = entries.filter(([, { isOptional }]) => !isOptional).map(([key]) => key);
  return new Schema(read, {
    type: 'object',
    properties: Object.fromEntries(entries.map(([key, { json }]) => [key, json])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  });
}

const within =
  (tell: Tell, step: string | number): Tell =>
  (message, path = [], unknown) =>
    tell(message, [step, ...path], unknown);
