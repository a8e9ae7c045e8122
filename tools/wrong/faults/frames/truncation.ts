/** A connection that ends without a CLOSE. */
import type { Fault } from '../../fault.ts';

const conversation = 'reference/nodes/conversation.ts';
const brokenByFin = `    else this.#broken('truncation: the connection ended without a CLOSE frame');`;

export const truncation: readonly Fault[] = [
  {
    id: 'end-of-stream-taken-for-close',
    breaks: ['CLOSE-05'],
    // At a server nothing on the wire tells one from the other.
    roles: ['client'],
    does: 'The end of the stream is taken for CLOSE "end session".',
    file: conversation,
    change: [
      brokenByFin,
      `    else {
      this.closeVerified = true;
      this.#closed(Status.endSession);
    }`,
    ],
  },
  {
    id: 'end-of-stream-answered',
    breaks: ['CLOSE-05'],
    roles: ['client', 'server'],
    does: 'The end of the stream is answered with CLOSE "end session".',
    file: conversation,
    change: [brokenByFin, `    else this.#machine.end({ event: 'end session', cause: bySelf(Status.endSession) });`],
  },
  {
    id: 'end-of-stream-ignored',
    breaks: ['CLOSE-05'],
    roles: ['client', 'server'],
    does: 'The end of the stream is not noticed: silence has to end the connection.',
    file: conversation,
    change: [brokenByFin, ''],
  },
  {
    id: 'close-behind-half-a-frame-cut',
    breaks: ['CLOSE-05'],
    // At a server nothing on the wire tells one from the other.
    roles: ['client'],
    does: 'The end of the stream in the middle of a frame is taken for the end of the session.',
    file: conversation,
    change: [
      brokenByFin,
      `    else if (this.#deframer.partial) {
      this.closeVerified = true;
      this.#closed(Status.endSession);
    }
${brokenByFin}`,
    ],
  },
];
