/** A program: a DNS server on the loopback port that it is told, which answers every question SERVFAIL (RFC 1035 §4.1.1). */
import { createSocket } from 'node:dgram';

const isAnswer = 0x80;
const serverFailure = 2;

const socket = createSocket('udp4', (message, { port, address }) => {
  message[2] = (message[2] ?? 0) | isAnswer;
  message[3] = ((message[3] ?? 0) & 0xf0) | serverFailure;
  socket.send(message, port, address);
});
socket.bind(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('listening\n'));
