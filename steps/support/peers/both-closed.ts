/** Whether the other end has closed a connection in both directions, or has only ended its own stream, and reads on (CLOSE-08). */
import { setTimeout as wait } from 'node:timers/promises';
import { within } from '../lab/deadlines/deadline.ts';
import { Nonconformance } from '../lab/failure.ts';
import type { ScriptedEndPoint } from './session.ts';

/** The peer's half stays open: only one who has closed the connection answers what comes now with RST. */
export async function isClosed({ connection }: ScriptedEndPoint, milliseconds: number): Promise<void> {
  const { socket } = connection;
  const gone = new Promise<void>((resolve) => {
    if (socket.destroyed) resolve();
    socket.once('close', () => resolve());
  });
  const knock = setInterval(() => socket.write(Uint8Array.of(0)), 50);
  try {
    await within(milliseconds, 'the connection closed in both directions', gone);
  } finally {
    clearInterval(knock);
  }
}

/** Octets that have no place in any state. */
export const fault = Uint8Array.fromHex('00000006ff01');

/** What the peer sends in that time is taken: no RST, no frame, no full window. */
export async function takesOn({ connection }: ScriptedEndPoint, milliseconds: number): Promise<void> {
  const { socket } = connection;
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    if (socket.destroyed) throw new Nonconformance('it closed the connection before 2 s, and did not wait for the end');
    socket.write(fault);
    await wait(50);
  }
  const [frame] = connection.behindClose;
  if (frame !== undefined) throw new Nonconformance(`a ${frame.type} frame came behind its CLOSE`);
  if (socket.destroyed) throw new Nonconformance('it closed the connection before 2 s, and did not wait for the end');
}
