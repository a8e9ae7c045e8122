/** Whether the local stack speaks IPv6 on a device. */

const { readFileSync } = process.getBuiltinModule('node:fs');

/** Of the network namespace of the process. False where the kernel has no IPv6, or it is off for the device. */
export function hasIpv6(device: string): boolean {
  try {
    return readFileSync(`/proc/sys/net/ipv6/conf/${device}/disable_ipv6`, 'utf8').trim() === '0';
  } catch {
    return false;
  }
}
