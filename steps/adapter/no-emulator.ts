/** Steps about what the stack of a client sends that looks like a question to an emulator, and is none. */
import { type DataTable, Then } from '@cucumber/cucumber';
import { cat, u16, u32, zeros } from '../../vectors/generate/octets.ts';
import { address, address6, checksum, icmp6, ipv4, udp4 } from '../../vectors/generate/packets.ts';
import { packetUp } from '../support/adapter.ts';
import { known } from '../support/known.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** RFC 9293 §3.1: SYN, without options. */
function tcp(source: string, from: number, destination: string, to: number): Uint8Array {
  const header = (sum: number): Uint8Array =>
    cat(u16(from), u16(to), u32(1), u32(0), [0x50, 2], u16(1024), u16(sum), u16(0));
  const pseudoHeader = cat(address(source), address(destination), [0, 6], u16(20));
  return ipv4({ source, destination, protocol: 6, payload: header(checksum(cat(pseudoHeader, header(0)))) });
}

const udp = (source: string, from: number, destination: string, to: number): Uint8Array =>
  ipv4({ source, destination, protocol: 17, payload: udp4(source, from, destination, to, zeros(8)) });

/** UDP over IPv6, whose checksum nobody on the way looks at. */
const udp6 = (source: string, from: number, destination: string, to: number): Uint8Array =>
  cat(
    u32(0x60000000),
    u16(16),
    [17, 64],
    address6(source),
    address6(destination),
    u16(from),
    u16(to),
    u16(16),
    zeros(10),
  );

const icmpOf = (source: string, code: number, destination: string): Uint8Array =>
  icmp6({ source, destination, type: code, body: zeros(20), hopLimit: 64 });

const ofNoEmulator: Readonly<Record<string, (own: string) => Uint8Array>> = {
  'UDP to port 67 of 10.9.0.5': (own) => udp(own, 68, '10.9.0.5', 67),
  'TCP to port 67 of 10.8.0.1': (own) => tcp(own, 40_000, virtualLan.serverAddress, 67),
  'UDP to port 68 of 10.8.0.1': (own) => udp(own, 40_000, virtualLan.serverAddress, 68),
  'UDP from port 67 to port 53 of 10.8.0.1': (own) => udp(own, 67, virtualLan.serverAddress, 53),
  'UDP to port 5353 of 224.0.0.251': (own) => udp(own, 5353, '224.0.0.251', 5353),
  'UDP to port 137 of 10.8.0.255': (own) => udp(own, 137, '10.8.0.255', 137),
  'ICMPv6 132 to ff02::2': (own) => icmpOf(own, 132, 'ff02::2'),
  'ICMPv6 138 to fd00:9::5': (own) => icmpOf(own, 138, 'fd00:9::5'),
  'ICMPv6 143 to ff02::16': (own) => icmpOf(own, 143, 'ff02::16'),
  'UDP to port 547 of ff02::1:2': (own) => udp6(own, 546, 'ff02::1:2', 547),
};

const own = { four: virtualLan.clientAddress, six: 'fd00:8:0:a::1' };

/** Each is followed by a datagram that surely enters. */
Then(
  'each of these datagrams of the stack enters the tunnel',
  async function (this: ConformanceWorld, table: DataTable) {
    const { clientAddress, serverAddress } = virtualLan;
    const faults: string[] = [];
    for (const [index, [row = '']] of table.raw().entries()) {
      const datagram = known(ofNoEmulator, row)(row.includes(':') ? own.six : own.four);
      const control = echoReply(clientAddress, serverAddress, 900 + index);
      for (const one of [datagram, control]) this.get('stack').inject(packetUp(one));
      const came: string[] = [];
      while (came.at(-1) !== control.toHex()) came.push((await this.get('server').receive()).toHex());
      if (!came.includes(datagram.toHex())) faults.push(`${row}: it did not enter the tunnel`);
    }
    if (faults.length > 0) throw new Nonconformance(faults.join('\n'));
  },
);
