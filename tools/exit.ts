/** How a tool ends: `process.exit` alone would lose what a pipe hasn't taken yet, all beyond its 64 KiB. */
import { stuckWorkers } from './conformance/workers.ts';

// A reader that has seen enough, such as head, is no fault.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

/**
 * Ends the process once everything that it wrote has left, also if timers or sockets would keep it alive.
 * @param isAbandoned whether threads are still at work, of which some may never end by themselves
 */
export async function exit(status: number, isAbandoned = stuckWorkers() > 0): Promise<never> {
  const left = [process.stdout, process.stderr].map(
    (stream) => new Promise<void>((resolve) => stream.write('', () => resolve())),
  );
  await Promise.all(left);
  // process.exit joins every thread; another program in the place of this one does not.
  if (isAbandoned) process.execve?.('/bin/sh', ['sh', '-c', `exit ${status}`], {});
  process.exit(status);
}
