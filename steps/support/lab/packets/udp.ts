/** UDP of a namespace's own stack. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { AF_INET, bind, SOCK_DGRAM, SOCK_NONBLOCK, socket as socketOf } from '../../../../reference/libc/sockets.ts';
import { patience, within } from '../deadlines/deadline.ts';
import { inNamespace } from '../networks/setns.ts';

/** A socket in a namespace. @param port 0 for any */
export function udpInside(namespace: string, port = 0): Socket {
  const fd = inNamespace(namespace, () => {
    const made = socketOf(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK);
    // `struct sockaddr_in`: the family in the machine's own order, the port, any address.
    const address = new Uint8Array(16);
    address.set([AF_INET, 0, port >> 8, port & 0xff]);
    bind(made, address, address.length);
    return made;
  });
  const socket = createSocket('udp4');
  // What goes wrong shows in what does not arrive.
  socket.on('error', () => {});
  socket.bind({ fd });
  return socket;
}

/** Sends a datagram to a port where everything is sent back, and waits for it. @returns what came */
export async function echoed(socket: Socket, octets: Uint8Array, port: number, address: string): Promise<Uint8Array> {
  const answer = once(socket, 'message') as Promise<[Uint8Array]>;
  socket.send(octets, port, address);
  const [came] = await within(patience, `UDP of ${octets.length} octets to ${address}:${port}, and back`, answer);
  return came;
}
