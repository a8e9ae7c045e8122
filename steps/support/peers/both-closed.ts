/** Whether the other end has closed a connection in both directions, or only ended its own stream. */
import { within } from '../lab/deadline.ts';
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
