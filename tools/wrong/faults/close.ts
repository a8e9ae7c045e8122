/** CLOSE frames ([EP] fig. 10) and the end of a connection. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source, not templates
import type { Fault } from '../fault.ts';

const conversation = 'reference/nodes/conversation.ts';
const session = 'reference/nodes/session.ts';
const close10 = 'reference/crypto/close.ts';
const wire = 'reference/wire/close.ts';
const transport = 'reference/tunnel/transport-connection.ts';
const initiatorMachine = 'reference/machines/initiator.ts';
const serverMachine = 'reference/machines/server.ts';

const keyedOrNot = `const octets = this.#session?.close(status) ?? (this.closeKey ? keyedClose(this.closeKey, status, 0) : unkeyed());`;
const status0 = "  if (status === 0) throw new Malformed(`${closeLayout.describe('status')}: 0 is not a reason`);";
const judged = `      const status = session.verifyClose(octets);`;
const digestless = `    if (digest === undefined) return undefined;`;
const compared = `  return constantTimeEqual(closeDigest(key, header, n), digest);`;
const finishing = `    this.#finishing = true;
    this.socket.end();
    this.socket.resume();`;
const brokenByFin = `    else this.#broken('truncation: the connection ended without a CLOSE frame');`;
const closeReceivedServer = `['Authorized', ['close received 233'], ['shut down writing'], 'Dying', '[EP] fig. 12'],`;
const closeReceivedInitiator = `['Authorized', ['close received 216'], ['shut down writing'], 'Dying', '[EP] fig. 11'],`;

export const close: readonly Fault[] = [
  // CLOSE-01, CLOSE-02
  {
    id: 'close-never-keyed',
    breaks: ['CLOSE-01'],
    roles: ['client', 'server'],
    does: 'Every CLOSE has 8 octets.',
    file: conversation,
    change: [keyedOrNot, 'const octets = unkeyed();'],
  },
  {
    id: 'close-keyed-too-late',
    breaks: ['CLOSE-01'],
    roles: ['client'],
    does: 'An initiator that refuses what an opened RESPONSE says does not key its CLOSE.',
    file: conversation,
    change: [keyedOrNot, 'const octets = this.#session?.close(status) ?? unkeyed();'],
  },
  {
    id: 'close-keyed-too-early',
    breaks: ['CLOSE-01'],
    roles: ['server'],
    does: 'A server that refuses a REQUEST has 32 zeros behind its CLOSE.',
    file: conversation,
    change: [
      keyedOrNot,
      `const octets = this.#session?.close(status) ?? encodeClose({ type: 'CLOSE', status, digest: new Uint8Array(32) });`,
    ],
  },
  {
    id: 'close-digest-of-zeros',
    breaks: ['CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE is zeros.',
    file: session,
    change: [`digest: closeDigest(key, header, n) });`, `digest: closeDigest(key, header, n).fill(0) });`],
  },
  {
    id: 'close-digest-without-counter',
    breaks: ['CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE has n = 0 whatever was sent.',
    file: session,
    change: [
      `return keyedClose(this.#own.close, status, this.#sealer.frames);`,
      `return keyedClose(this.#own.close, status, 0);`,
    ],
  },
  {
    id: 'close-digest-of-the-other-counter',
    breaks: ['CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE has the number of DATA frames that were received.',
    file: session,
    change: [
      `return keyedClose(this.#own.close, status, this.#sealer.frames);`,
      `return keyedClose(this.#own.close, status, this.#opener.frames);`,
    ],
  },
  {
    id: 'close-digest-of-the-last-frame',
    breaks: ['CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE has the n of the last DATA frame, not the number of all.',
    file: session,
    change: [
      `return keyedClose(this.#own.close, status, this.#sealer.frames);`,
      `return keyedClose(this.#own.close, status, Math.max(0, this.#sealer.frames - 1));`,
    ],
  },
  {
    id: 'close-digest-with-the-key-of-the-peer',
    breaks: ['CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE is keyed with the key of the other direction.',
    file: session,
    change: [`return keyedClose(this.#own.close, status,`, `return keyedClose(this.#peer.close, status,`],
  },
  {
    id: 'close-digest-without-status',
    breaks: ['CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE covers the first 6 octets and n.',
    file: close10,
    change: [`  return hmacSha256(key, header, counter);`, `  return hmacSha256(key, header.subarray(0, 6), counter);`],
  },
  // CLOSE-03
  {
    id: 'close-status-0-accepted',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'A CLOSE of status 0 ends the connection like any other.',
    file: wire,
    change: [status0, ''],
  },
  {
    id: 'close-status-0-accepted-keyed',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'A keyed CLOSE of status 0 ends the session like any other.',
    file: wire,
    change: [status0, status0.replace('status === 0', 'status === 0 && octets.length === 8')],
  },
  {
    id: 'close-status-0-accepted-unkeyed',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'An unkeyed CLOSE of status 0 is taken for one.',
    file: wire,
    change: [status0, status0.replace('status === 0', 'status === 0 && octets.length === 40')],
  },
  {
    id: 'close-of-any-length',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'A CLOSE of 9 to 39 octets is taken for an unkeyed one.',
    file: wire,
    change: [
      `  if (octets.length === closeLayout.size) return { type: 'CLOSE', status };`,
      `  if (octets.length < 40) return { type: 'CLOSE', status };`,
    ],
  },
  {
    id: 'close-with-a-digest-of-16-octets',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'A CLOSE of 24 octets is taken for one with a digest of 16.',
    file: wire,
    change: [
      `  if (octets.length !== closeLayout.size + closeDigestLength) {`,
      `  if (octets.length !== closeLayout.size + closeDigestLength && octets.length !== 24) {`,
    ],
  },
  {
    id: 'close-of-9-octets',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'A CLOSE of 9 octets is taken for one of 8.',
    file: wire,
    change: [
      `  if (octets.length === closeLayout.size) return { type: 'CLOSE', status };`,
      `  if (octets.length <= 9) return { type: 'CLOSE', status };`,
    ],
  },
  {
    id: 'close-of-39-octets',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'A CLOSE of 39 octets is taken for one that does not verify.',
    file: wire,
    change: [
      `  if (octets.length !== closeLayout.size + closeDigestLength) {`,
      `  if (octets.length < closeLayout.size + closeDigestLength - 1) {`,
    ],
  },
  {
    id: 'close-of-wrong-form-is-truncation',
    breaks: ['CLOSE-03'],
    roles: ['client', 'server'],
    does: 'Once keyed, a CLOSE whose form is wrong ends the connection like one that does not verify.',
    file: conversation,
    change: [
      judged,
      `      if (octets.length !== 40 || (octets[6]! | octets[7]!) === 0) {
        this.#broken('truncation');
        return;
      }
      const status = session.verifyClose(octets);`,
    ],
  },
  {
    id: 'close-status-without-name-refused',
    breaks: ['ID-06'],
    roles: ['client', 'server'],
    does: 'A CLOSE whose status has no name is a protocol error.',
    file: wire,
    change: [status0, status0.replace('status === 0', 'status === 0 || status > 14')],
  },
  // CLOSE-04
  {
    id: 'close-unkeyed-accepted',
    breaks: ['CLOSE-04'],
    roles: ['client', 'server'],
    does: 'Once keyed, an unkeyed CLOSE ends the session.',
    file: session,
    change: [digestless, `    if (digest === undefined) return status;`],
  },
  {
    id: 'close-unverified',
    breaks: ['CLOSE-04', 'CLOSE-10'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE is not verified.',
    file: close10,
    change: [compared, `  return closeDigest(key, header, n).length === digest.length;`],
  },
  {
    id: 'close-digest-compared-over-16-octets',
    breaks: ['CLOSE-04', 'CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The first 16 octets of the digest of CLOSE are compared.',
    file: close10,
    change: [
      compared,
      `  return constantTimeEqual(closeDigest(key, header, n).subarray(0, 16), digest.subarray(0, 16));`,
    ],
  },
  {
    id: 'close-digest-last-octet-ignored',
    breaks: ['CLOSE-04', 'CLOSE-02'],
    roles: ['client', 'server'],
    does: 'All octets of the digest of CLOSE but the last are compared.',
    file: close10,
    change: [
      compared,
      `  return constantTimeEqual(closeDigest(key, header, n).subarray(0, 31), digest.subarray(0, 31));`,
    ],
  },
  {
    id: 'close-digest-first-octet-ignored',
    breaks: ['CLOSE-04', 'CLOSE-02'],
    roles: ['client', 'server'],
    does: 'All octets of the digest of CLOSE but the first are compared.',
    file: close10,
    change: [compared, `  return constantTimeEqual(closeDigest(key, header, n).subarray(1), digest.subarray(1));`],
  },
  {
    id: 'close-of-any-counter',
    breaks: ['CLOSE-04', 'CLOSE-10'],
    roles: ['client', 'server'],
    does: 'A CLOSE verifies with the number of frames that came, or up to 3 more.',
    file: session,
    change: [
      `return verifyClose(this.#peer.close, header, this.#opener.frames, digest) ? status : undefined;`,
      `return [0, 1, 2, 3].some((more) => verifyClose(this.#peer.close, header, this.#opener.frames + more, digest))
      ? status
      : undefined;`,
    ],
  },
  {
    id: 'close-of-an-earlier-counter',
    breaks: ['CLOSE-04'],
    roles: ['client', 'server'],
    does: 'A CLOSE verifies with the number of frames that came, or up to 3 fewer.',
    file: session,
    change: [
      `return verifyClose(this.#peer.close, header, this.#opener.frames, digest) ? status : undefined;`,
      `return [0, 1, 2, 3].some((less) => verifyClose(this.#peer.close, header, Math.max(0, this.#opener.frames - less), digest))
      ? status
      : undefined;`,
    ],
  },
  {
    id: 'close-of-ones-own',
    breaks: ['CLOSE-04'],
    roles: ['client', 'server'],
    does: 'A CLOSE that is keyed with the key of the other direction verifies.',
    file: session,
    change: [
      `return verifyClose(this.#peer.close, header, this.#opener.frames, digest) ? status : undefined;`,
      `return [this.#peer, this.#own].some((keys) => verifyClose(keys.close, header, this.#opener.frames, digest))
      ? status
      : undefined;`,
    ],
  },
  {
    id: 'close-that-fails-answered',
    breaks: ['CLOSE-04', 'CLOSE-07'],
    roles: ['client', 'server'],
    does: 'A CLOSE that does not verify is answered with CLOSE "integrity failure".',
    file: conversation,
    change: [
      `      this.#broken('truncation: the connection ended without a CLOSE frame of the peer');`,
      `      throw new IntegrityFailure('CLOSE');`,
    ],
  },
  {
    id: 'close-that-fails-ignored',
    breaks: ['CLOSE-04'],
    roles: ['client', 'server'],
    does: 'A CLOSE that does not verify is ignored, and the session goes on.',
    file: conversation,
    change: [`      this.#broken('truncation: the connection ended without a CLOSE frame of the peer');`, ''],
  },
  // CLOSE-05
  {
    id: 'end-of-stream-taken-for-close',
    breaks: ['CLOSE-05'],
    roles: ['client', 'server'],
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
    id: 'reset-taken-for-close',
    breaks: ['CLOSE-05'],
    roles: ['client', 'server'],
    does: 'A reset is taken for CLOSE "end session".',
    file: conversation,
    change: [
      `      case 'tcp failed':
      case 'network error':
        this.#broken(input.reason);`,
      `      case 'tcp failed':
      case 'network error':
        this.closeVerified = true;
        if (this.#machine.phase !== 'authorized') this.#broken(input.reason);
        else this.#closed(Status.endSession);`,
    ],
  },
  // CLOSE-06, CLOSE-07
  {
    id: 'close-sent-twice',
    breaks: ['CLOSE-06'],
    roles: ['client', 'server'],
    does: 'Two CLOSE frames are sent, one after the other.',
    file: conversation,
    change: [keyedOrNot, `${keyedOrNot}\n    this.#machine.emit({ type: 'send', octets });`],
  },
  {
    id: 'close-for-each-fault',
    breaks: ['CLOSE-06'],
    roles: ['client', 'server'],
    does: 'Each faulty frame is answered with a CLOSE of its own.',
    file: conversation,
    change: [
      `      machine.step('frame');
      return;`,
      `      machine.step('frame');
      if (octets[4] === 0xff && !this.#peerEnded) this.sendClose();
      return;`,
    ],
  },
  {
    id: 'data-behind-close-sent',
    breaks: ['CLOSE-06'],
    roles: ['client', 'server'],
    does: 'An empty DATA frame follows the CLOSE.',
    file: conversation,
    change: [
      `    this.#machine.emit({ type: 'send', octets });
  }

  /** Action *deliver*. */`,
      `    this.#machine.emit({ type: 'send', octets });
    if (this.#session) this.#machine.emit({ type: 'send', octets: this.#session.seal(empty) });
  }

  /** Action *deliver*. */`,
    ],
  },
  {
    id: 'close-answered-in-authorized',
    breaks: ['CLOSE-07'],
    roles: ['client', 'server'],
    does: 'A CLOSE in Authorized is answered with CLOSE "end session".',
    file: serverMachine,
    change: [
      closeReceivedServer,
      closeReceivedServer.replace(`['shut down writing'], 'Dying'`, `['send CLOSE'], 'Close'`),
    ],
    more: [
      {
        file: initiatorMachine,
        change: [
          closeReceivedInitiator,
          closeReceivedInitiator.replace(`['shut down writing'], 'Dying'`, `['send CLOSE'], 'Close'`),
        ],
      },
    ],
  },
  {
    id: 'close-answered-before-authorized',
    breaks: ['CLOSE-07'],
    roles: ['server'],
    does: 'A CLOSE in Connect Wait is answered with CLOSE.',
    file: serverMachine,
    change: [
      `['Connect Wait', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],`,
      `['Connect Wait', ['close received', 'end session'], ['send CLOSE'], 'Close', 'binding'],`,
    ],
  },
  {
    id: 'close-answered-in-receive-relay',
    breaks: ['CLOSE-07'],
    roles: ['server'],
    does: 'A CLOSE in Receive Relay is answered with CLOSE.',
    file: serverMachine,
    change: [
      `['Receive Relay', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],`,
      `['Receive Relay', ['close received', 'end session'], ['send CLOSE'], 'Close', 'binding'],`,
    ],
  },
  {
    id: 'close-answered-in-response-wait',
    breaks: ['CLOSE-07'],
    roles: ['client'],
    does: 'A CLOSE in Response Wait is answered with CLOSE.',
    file: initiatorMachine,
    change: [
      `['Response Wait', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],`,
      `['Response Wait', ['close received', 'end session'], ['send CLOSE'], 'Close', 'binding'],`,
    ],
  },
  {
    id: 'close-answered-late',
    breaks: ['CLOSE-07'],
    roles: ['client', 'server'],
    does: 'A CLOSE that crosses that of the peer is answered with another one.',
    file: conversation,
    change: [
      `      machine.step('frame');
      return;`,
      `      machine.step('frame');
      if (octets[4] === 5 && !this.#peerEnded) this.sendClose();
      return;`,
    ],
  },
  // CLOSE-08
  {
    id: 'closed-at-once',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE the connection is closed at once: what still comes is answered with RST.',
    file: transport,
    change: [finishing, `    this.#finishing = true;\n    this.socket.destroySoon();`],
  },
  {
    id: 'closed-with-rst',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE the connection is reset.',
    file: transport,
    change: [finishing, `    this.#finishing = true;\n    setImmediate(() => this.socket.resetAndDestroy());`],
  },
  {
    id: 'input-not-discarded',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE nothing more is read, so that a peer that still sends is held up.',
    file: transport,
    change: [finishing, `    this.#finishing = true;\n    this.socket.end();\n    this.socket.pause();`],
  },
  {
    id: 'waits-for-ever-after-close',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE the end of the peer is awaited for ever.',
    file: 'reference/nodes/running-machine.ts',
    change: [
      `    if (timer !== undefined) this.deadlines.set('state',`,
      `    if (timer !== undefined && timer !== 'dying') this.deadlines.set('state',`,
    ],
  },
  {
    id: 'waits-10-seconds-after-close',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE the end of the peer is awaited for 10 s.',
    file: 'reference/nodes/running-machine.ts',
    change: [`this.now + this.timers[timer]);`, `this.now + (timer === 'dying' ? 5 : 1) * this.timers[timer]);`],
  },
  {
    id: 'waits-half-a-second-after-close',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE the end of the peer is awaited for 0.5 s.',
    file: 'reference/nodes/running-machine.ts',
    change: [`this.now + this.timers[timer]);`, `this.now + (timer === 'dying' ? 0.25 : 1) * this.timers[timer]);`],
  },
  {
    id: 'writing-not-shut-down',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE the own stream stays open until the peer has ended its own.',
    file: transport,
    change: [
      finishing,
      `    this.#finishing = true;\n    this.socket.once('end', () => this.socket.end());\n    this.socket.resume();`,
    ],
  },
  {
    id: 'input-begins-the-wait-anew',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'What comes after CLOSE begins the wait of 2 s anew.',
    file: transport,
    change: [`      if (this.#finishing) return;`, ''],
    more: [
      {
        file: conversation,
        change: [
          `      machine.step('frame');
      return;`,
          `      machine.step('frame');
      machine.deadlines.set('state', machine.now + machine.timers.dying);
      return;`,
        ],
      },
    ],
  },
  // CLOSE-09, CLOSE-10
  {
    id: 'data-behind-close-delivered',
    breaks: ['CLOSE-09'],
    roles: ['client', 'server'],
    does: 'DATA that comes with a CLOSE in one segment, behind it, is delivered.',
    file: conversation,
    change: [
      `      if (status !== undefined) {
        this.#closed(status);`,
      `      if (status !== undefined) {
        for (let next = this.#deframer.next(); next?.type === 'DATA'; next = this.#deframer.next())
          this.#machine.emit({ type: 'deliver', datagram: session.open(next.octets) });
        this.#closed(status);`,
    ],
  },
  {
    id: 'data-before-close-lost',
    breaks: ['CLOSE-09'],
    roles: ['client', 'server'],
    does: 'DATA that comes with a CLOSE in one segment, before it, is not delivered.',
    file: conversation,
    change: [
      `    this.#deframer.push(octets);
    try {`,
      `    this.#deframer.push(octets);
    const closes = octets.length > 40 && octets[octets.length - 36] === 5 && octets[octets.length - 37] === 40;
    try {`,
    ],
    more: [
      {
        file: conversation,
        change: [
          `        if (machine.phase === 'authorized') this.#authorized(frame);`,
          `        if (machine.phase === 'authorized' && closes && frame.type === 'DATA') this.#session?.open(frame.octets);
        else if (machine.phase === 'authorized') this.#authorized(frame);`,
        ],
      },
    ],
  },
  {
    id: 'close-received-and-not-disconnected',
    breaks: ['CLOSE-09'],
    roles: ['client', 'server'],
    does: 'The receiver of a CLOSE says that the session has ended, and keeps the connection.',
    file: transport,
    change: [finishing, `    this.#finishing = !this.socket.readableEnded;\n    this.socket.resume();`],
  },
  {
    id: 'data-behind-own-close-delivered',
    breaks: ['CLOSE-08', 'CLOSE-09'],
    roles: ['client', 'server'],
    does: 'DATA that comes after the own CLOSE is still delivered.',
    file: transport,
    change: [`      if (this.#finishing) return;`, ''],
    more: [
      {
        file: conversation,
        change: [
          `      machine.step('frame');
      return;`,
          `      machine.step('frame');
      this.#deframer.push(octets);
      for (let next = this.#deframer.next(); next?.type === 'DATA'; next = this.#deframer.next())
        if (lastSession) machine.emit({ type: 'deliver', datagram: lastSession.open(next.octets) });
      return;`,
        ],
      },
      {
        file: conversation,
        change: [
          `    this.#session = session;
    this.#machine.after(`,
          `    this.#session = session;
    lastSession = session;
    this.#machine.after(`,
        ],
      },
      {
        file: conversation,
        change: [
          `const empty = new Uint8Array(0);`,
          `const empty = new Uint8Array(0);\nlet lastSession: Session | undefined;`,
        ],
      },
    ],
  },
  {
    id: 'close-behind-half-a-frame-cut',
    breaks: ['CLOSE-05'],
    roles: ['client', 'server'],
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
