/** Commands on stdin, a JSON line each: `{"command":"end session"}`, `{"command":"connect"}`, `{"command":"statistics"}`. */
const known = ['connect', 'end session', 'statistics'] as const;

/** Characters of a line at most: a stream without lines, such as /dev/zero, would be kept in memory for ever. */
const longestLine = 4_096;

/** What a user asks a running role for ([EP] fig. 11, 204; fig. 12, 226). */
export interface UserCommand {
  readonly command: (typeof known)[number];
  /** At a server: the initiator whose session is meant. Without it all are. */
  readonly name?: string;
}

/** @returns the command, or what is wrong with the line. */
export function parseCommand(line: string): UserCommand | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'a command is one line of JSON, such as {"command":"end session"}';
  }
  const { command, name } = (value ?? {}) as Record<string, unknown>;
  const meant = known.find((name) => name === command);
  if (meant === undefined) return 'the commands are "connect", "end session" and "statistics"';
  if (name !== undefined && typeof name !== 'string') return '"name" is a string: the initiator whose session is meant';
  return name === undefined ? { command: meant } : { command: meant, name };
}

/** Whether commands can come at all: a terminal is left alone, since reading it would stop a job in the background. */
export const takesCommands = (): boolean => !process.stdin.isTTY;

/** Reads commands until stdin ends. @returns what stops the reading. */
export function readCommands(
  take: (command: UserCommand) => void,
  refuse: (fault: string) => void,
  ended: () => void,
): () => void {
  const read = (line: string): void => {
    if (line.trim() === '') return;
    const command = parseCommand(line);
    if (typeof command === 'string') refuse(command);
    else take(command);
  };
  let begun = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (text: string) => {
    const lines = (begun + text).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) read(line);
    if (begun.length <= longestLine) return;
    begun = '';
    refuse(`a command is a line of at most ${longestLine} characters: nothing more is read`);
    process.stdin.destroy();
  });
  process.stdin.on('error', () => {});
  let isOver = false;
  // A file, /dev/null among them, ends and is not closed; a pipe that breaks is closed without an end.
  const over = (): void => {
    if (isOver) return;
    isOver = true;
    ended();
  };
  process.stdin.once('end', () => {
    read(begun);
    over();
  });
  process.stdin.once('close', over);
  return () => process.stdin.destroy();
}
