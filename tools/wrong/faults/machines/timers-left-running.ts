/** Timers of a client that are not cancelled, are shared, or are looked at only when something else happens. */
import { type Fault, ofSeveral } from '../../fault.ts';

const CO = 'reference/nodes/conversation.ts';
const IN = 'reference/nodes/initiator.ts';
const RM = 'reference/nodes/running-machine.ts';

const silenceOfKey = `    this.#machine.after(this.#machine.timers.silence, 'silence');`;
const silenceOfOctets = `    machine.after(machine.timers.silence, 'silence');`;
const clearState = `    this.deadlines.clear('state');\n`;
const setState = `    if (timer !== undefined) this.deadlines.set('state', this.now + this.timers[timer]);`;
const lastName = `    } else name satisfies never;\n  }\n\n  end(`;

// biome-ignore format: a table
export const timersLeftRunning: readonly Fault[] = ofSeveral({
  'key-time-of-a-broken-connection-runs-on': ['INI-09 INI-22', 'client', 'The time of a key runs on when its connection breaks: where it is over, the key of the next connection is renewed.',
    [CO, `    this.#machine.after(session.duration + grace, 'expiry');`, `    const due = this.#machine.now + session.duration + grace;\n    const old = globalThis.keyDue ?? 0;\n    globalThis.keyDue = due;\n    this.#machine.deadlines.set('expiry', old > this.#machine.now ? Math.min(old, due) : due);`]],
  'silence-of-a-broken-connection-runs-on': ['DATA-14 INI-22', 'client', 'The time of silence of a connection that broke runs on: where it is over, the next connection counts as broken.',
    [CO, silenceOfKey, `    globalThis.oldSilence = globalThis.newSilence;\n    globalThis.newSilence = this.#machine.now + this.#machine.timers.silence;\n${silenceOfKey}\n    if (globalThis.oldSilence > this.#machine.now) this.#machine.deadlines.set('silence', Math.min(globalThis.oldSilence, globalThis.newSilence));`],
    [CO, silenceOfOctets, `    globalThis.newSilence = machine.now + machine.timers.silence;\n    machine.deadlines.set('silence', globalThis.oldSilence > machine.now ? Math.min(globalThis.oldSilence, globalThis.newSilence) : globalThis.newSilence);`]],
  'stalled-frame-of-a-broken-connection-runs-on': ['FRAME-15 INI-22', 'client', 'The wait for the rest of a frame runs on when the connection breaks in the middle of it: the next connection has an integrity failure then.',
    [CO, silenceOfOctets, `${silenceOfOctets}\n    if (this.#deframer.partial) globalThis.newStall = machine.now + machine.timers.stalledFrame;\n    else globalThis.newStall = undefined;`],
    [CO, silenceOfKey, `${silenceOfKey}\n    globalThis.oldStall = globalThis.newStall;\n    if (globalThis.oldStall > this.#machine.now) this.#machine.deadlines.set('stalledFrame', globalThis.oldStall);`],
    [CO, `    else machine.deadlines.clear('stalledFrame');`, `    else if (!(globalThis.oldStall > machine.now)) machine.deadlines.clear('stalledFrame');`]],
  'response-wait-runs-on': ['INI-14 INI-03', 'client', 'The wait for RESPONSE is not cancelled when this comes: the session is given up once it is over.',
    [RM, clearState, `    if (state !== 'Authorized') this.deadlines.clear('state');\n`],
    [CO, `this.#machine.end({ event: 'timeout', cause });`, `this.#machine.end({ event: phase === 'authorized' ? 'network error' : 'timeout', cause });`]],
  'tcp-open-bounds-the-wait-for-response': ['INI-14 PATH-17', 'client', 'What is left of tcpOpen bounds the wait for RESPONSE as well.',
    [RM, clearState, `    const before = this.deadlines.get('state') ?? Infinity;\n${clearState}`],
    [RM, setState, `    if (timer !== undefined) this.deadlines.set('state', Math.min(timer === 'responseWait' ? before : Infinity, this.now + this.timers[timer]));`]],
  'tcp-open-runs-on-in-authorized': ['PATH-17 INI-03', 'client', 'tcpOpen is not cancelled when the transport connection stands: the session is given up once it is over.',
    [RM, setState, `${setState}\n    if (state === 'TCP Open') globalThis.openDue = this.now + this.timers.tcpOpen;\n    if (state === 'Authorized') this.deadlines.set('state', globalThis.openDue);`],
    [CO, `this.#machine.end({ event: 'timeout', cause });`, `this.#machine.end({ event: phase === 'authorized' ? 'network error' : 'timeout', cause });`]],
  'time-of-dying-runs-on': ['CLOSE-08 INI-09 INI-10', 'client', 'The time of Dying and Reconnect is not cancelled when the peer ends its stream: the connection that is there when it is over is dropped.',
    [RM, setState, `${setState}\n    if (timer === 'dying') this.deadlines.set('former', this.now + this.timers.dying);`],
    [CO, lastName, `    } else if (phase === 'authorized' || phase === 'opening') this.#broken('dying');\n  }\n\n  end(`]],
  'back-off-of-before-runs-on': ['INI-28 INI-16', 'client', 'When the addresses of the machine change in Dead, another back-off begins beside the first: where that is over, it breaks what has been connected since, and connects.',
    [IN, `    deadlines.set('backOff', Math.min(due, now + this.#wait()));`, `    if (deadlines.get('former') === undefined) deadlines.set('former', due);\n    deadlines.set('backOff', Math.min(due, now + this.#wait()));`],
    [CO, lastName, `    } else if (phase === 'authorized' || phase === 'opening') this.#broken('back-off');\n  }\n\n  end(`]],
  'keep-alive-by-a-ticker': ['DATA-13', 'client', 'Every keepAlive it looks whether it has sent since it looked last: behind a datagram twice that time may pass without a frame.',
    [CO, `    if (name === 'keepAlive') this.sendKeepAlive();`, `    if (name === 'keepAlive' && this.hasSent) {\n      this.hasSent = false;\n      this.#machine.after(timers.keepAlive, 'keepAlive');\n    } else if (name === 'keepAlive') this.sendKeepAlive();`],
    [CO, `    machine.after(machine.timers.keepAlive, 'keepAlive');`, `    if (datagrams.length > 0) this.hasSent = true;\n    if (machine.deadlines.get('keepAlive') === undefined) machine.after(machine.timers.keepAlive, 'keepAlive');`]],
  'silence-by-a-ticker': ['DATA-14', 'client', 'Every time of silence it looks whether something has come since it looked last: up to twice that time passes before it notices.',
    [CO, silenceOfOctets, `    this.hasCome = true;`],
    [CO, "    else if (name === 'silence') this.#broken(`nothing received for ${timers.silence} ms`);", "    else if (name === 'silence' && this.hasCome) {\n      this.hasCome = false;\n      this.#machine.after(timers.silence, 'silence');\n    } else if (name === 'silence') this.#broken(`nothing received for ${timers.silence} ms`);"]],
  'key-time-looked-at-when-it-sends': ['INI-09', 'client', 'Whether the time of a key is over it asks when it sends a frame, and not before.',
    [IN, `    if (deadline === 'expiry') this.#keyUsedUp();`, `    if (deadline === 'expiry') this.over = this.#machine.now;\n    else if (deadline === 'keepAlive' && this.over !== undefined) this.#keyUsedUp();`],
    [IN, `    const effects = this.#machine.begin(now);\n`, `    const effects = this.#machine.begin(now);\n    if (input.type === 'datagrams' && this.over !== undefined && this.#machine.sends) this.#keyUsedUp();\n`],
    [IN, `    this.#authorizedAt = this.#machine.now;`, `    this.#authorizedAt = this.#machine.now;\n    this.over = undefined;`]],
  'use-that-the-peer-makes-looked-at-when-it-sends': ['INI-09', 'client', 'Whether frames that came have used a key up it asks when it sends a frame, and not before.',
    [CO, `      this.#machine.step('data');\n      if (session.usedUp) this.#owner.keyUsedUp();`, `      this.#machine.step('data');`]],
  'network-change-skips-the-back-off': ['INI-16 INI-28', 'client', 'When the addresses of the machine change in Dead, it connects at once, without any back-off.',
    [IN, `    deadlines.set('backOff', Math.min(due, now + this.#wait()));`, `    deadlines.set('backOff', now);`]],
  'network-change-begins-the-back-off-anew': ['INI-28', 'client', 'Each change of the addresses of the machine in Dead begins the back-off anew: as long as they come, it does not connect.',
    [IN, `    deadlines.set('backOff', Math.min(due, now + this.#wait()));`, `    deadlines.set('backOff', now + this.#wait());`]],
});
