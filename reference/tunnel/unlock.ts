/** `pna unlock`: the machine is as it was without a lockdown. */
import { liftAll } from '../linux/lockdown.ts';

/** @returns what was done, in words @throws DeviceFailure with the remedy */
export async function unlock(): Promise<string> {
  const devices = await liftAll();
  if (devices.length === 0) return 'No lockdown is in force.\n';
  const lines = devices.map((device) => `The lockdown of ${device} is lifted: its traffic may leave in clear now.\n`);
  return `${lines.join('')}A client that still runs puts it back at its next connection: end it first.\n`;
}
