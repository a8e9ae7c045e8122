/** The system's `ip` command, spoken to in JSON. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DeviceFailure } from '../libc/failure.ts';
import { isIpv6 } from '../packets/addresses.ts';

const run = promisify(execFile);

/**
 * @param words of the command, such as route, show; no shell sees them
 * @returns what it printed, parsed; an empty list when it printed nothing
 * @throws DeviceFailure with what it complained of
 */
export async function ip(...words: readonly string[]): Promise<readonly unknown[]> {
  try {
    const { stdout } = await run('ip', ['-j', ...words], { maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim() === '' ? [] : (JSON.parse(stdout) as unknown[]);
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') throw new DeviceFailure('the command ip is missing: install iproute2', 'ENOENT');
    const complaint = stderr?.trim() || String(error);
    const remedy = /not permitted/.test(complaint) ? ': run as root, or give the process CAP_NET_ADMIN' : '';
    throw new DeviceFailure(`ip ${words.join(' ')}: ${complaint}${remedy}`, remedy ? 'EPERM' : 'EINVAL');
  }
}

/** `-6` where the address is an IPv6 one. */
export function family(address: string): readonly string[] {
  return isIpv6(address) ? ['-6'] : ['-4'];
}
