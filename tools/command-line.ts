/** How the tools read their command lines, and which exit status an error has. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { DeclarationError } from '../steps/support/peers/declaration.ts';
import { suggestion } from '../steps/support/peers/nearest.ts';

/** The command line is at fault, or a file that it names. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** Exit status. */
  readonly status: 1 | 2 | 3 = 2;
}

/** `parseArgs` of node:util, with errors that are one line. @throws UsageError that names the word */
export function parseWords<const Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('\n');
    const [, unknown, option] = /^(Unknown o|O)ption '(-[^ ']+)/.exec(sentence) ?? [];
    if (option === undefined) throw new UsageError(faultOfWord(error as NodeJS.ErrnoException, config));
    if (unknown === 'O') throw new UsageError(`${option}: ${faultOfValue(option, sentence)}`);
    const near = suggestion(option.replace(/^-+/, ''), Object.keys(config.options ?? {}));
    throw new UsageError(`${option}: no such option${near}`);
  }
}

/** What is wrong with a word that is no option. */
function faultOfWord({ code, message }: NodeJS.ErrnoException, { options = {} }: ParseArgsConfig): string {
  const [, word] = /^Unexpected argument '(.*)'\. This/s.exec(message) ?? [];
  if (code !== 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL' || word === undefined) return message.split('\n')[0] ?? '';
  const names = Object.keys(options);
  const all = names.map((name) => `--${name}`).join(', ');
  return `${word}: only options are taken here: ${all}${suggestion(word, names)}`;
}

function faultOfValue(option: string, sentence: string): string {
  if (sentence.includes('does not take')) return 'takes no value';
  return sentence.includes('ambiguous') ? `needs a value: write ${option}=-1 for -1` : 'needs a value';
}

/** @throws UsageError for text that is no whole number from `minimum` to `maximum` */
export function wholeNumber(
  option: string,
  text: string | undefined,
  minimum: number,
  maximum: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new UsageError(`${option} ${text}: not a whole number from ${minimum} to ${maximum}`);
}

/** @throws UsageError for text that is no number above 0 */
export function positive(option: string, text: string | undefined): number | undefined {
  if (text === undefined || Number(text) > 0) return text === undefined ? undefined : Number(text);
  throw new UsageError(`${option} ${text}: not a number above 0`);
}

/**
 * Runs a tool and says in words what is wrong with its command line, or with a declaration that it names. Any other error
 * is the tool's own, with status 3: 1 is a verdict.
 *
 * @param command how the tool is called, up to its options
 */
export async function statusOf(command: string, work: () => number | Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n${error.status === 2 ? `${command} --help lists the options\n` : ''}`);
      return error.status;
    }
    const isExplained = error instanceof DeclarationError;
    const text = error instanceof Error && !isExplained ? error.stack : undefined;
    process.stderr.write(`${text ?? (error instanceof Error ? error.message : String(error))}\n`);
    return isExplained ? 2 : 3;
  }
}
