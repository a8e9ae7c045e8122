/** Lines for a person, on stderr. No secret and no datagram ever reaches them. */
const levels = ['error', 'warn', 'info', 'debug'] as const;
export type Level = (typeof levels)[number];

export interface Log {
  error(text: string): void;
  warn(text: string): void;
  info(text: string): void;
  debug(text: string): void;
}

/** @param threshold the least urgent level that is written. */
export function createLog(threshold: Level, write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  const at = (level: Level) => (text: string) => {
    if (levels.indexOf(level) > levels.indexOf(threshold)) return;
    for (const line of text.split('\n')) write(`${new Date().toISOString()} ${level.padEnd(5)} ${printable(line)}\n`);
  };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

/** Whether a word of the command line or of a file is one of `levels`. */
export function isLevel(text: string): text is Level {
  return levels.some((level) => level === text);
}

/** A text that a peer chose must not control the terminal that shows it. */
function printable(text: string): string {
  return text.replace(
    /[^\x20-\x7e\u00a0-\uffff]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
