/** What a node can do wrong about a timer: it is as the text has it otherwise. */
import type { TimerName } from '../../../reference/machines/timers.ts';
import type { Fault, FaultyRole } from '../fault.ts';

/** What section 10 has. The reference's own table isn't imported: it would be loaded before it can be changed. */
const usual: Partial<Record<TimerName, number>> = { responseWait: 30_000, silence: 60_000 };

const digits = (milliseconds: number): string => String(milliseconds).replace(/(?=(\d{3})+$)(?<=\d)/g, '_');

/** Timers of a state, and `silence`. Each entry names the requirement that the timer is about. */
export function timerFaults(role: FaultyRole, timers: Partial<Record<TimerName, string>>): readonly Fault[] {
  return Object.entries(timers).flatMap(([name, requirement]) => {
    const timer = name as TimerName;
    const slug = timer.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const inState = timer !== 'silence';
    const file = inState ? 'reference/nodes/running-machine.ts' : 'reference/nodes/conversation.ts';
    const place = inState
      ? `if (timer !== undefined) this.deadlines.set('state', this.now + this.timers[timer]);`
      : `    if (machine.phase !== 'authorized') return;\n    machine.after(machine.timers.silence, 'silence');`;
    const of = (milliseconds: string): string =>
      inState
        ? `if (timer !== undefined)
      this.deadlines.set('state', this.now + (timer === '${timer}' ? ${milliseconds} : this.timers[timer]));`
        : `    if (machine.phase !== 'authorized') return;\n    machine.after(${milliseconds}, 'silence');`;
    const own = inState ? `this.timers.${timer}` : `machine.timers.${timer}`;
    // A relay's attempts to connect share the time besides.
    const patience = (milliseconds: string): Pick<Fault, 'more'> =>
      timer === 'forwardConnect'
        ? {
            more: [
              {
                file: 'reference/tunnel/relay/relay.ts',
                change: [`patience: config.timers.forwardConnect,`, `patience: ${milliseconds},`],
              },
            ],
          }
        : {};
    const common = { breaks: [requirement], roles: [role], file };
    const normal = usual[timer] ?? 10_000;
    return [
      {
        ...common,
        id: `${slug}-fixed-${role}`,
        does: `${timer} is 5 s whatever is configured.`,
        change: [place, of('5_000')],
        ...patience('5_000'),
      },
      {
        ...common,
        id: `${slug}-early-${role}`,
        does: `${timer} runs out at 80 % of its time.`,
        change: [place, of(`${own} * 0.8`)],
      },
      {
        ...common,
        id: `${slug}-never-${role}`,
        does: `${timer} never runs out.`,
        change: [place, of('2 ** 31 - 1')],
        ...patience('2 ** 31 - 1'),
      },
      {
        ...common,
        id: `${slug}-default-${role}`,
        does: `${timer} is twice as long where nothing is configured.`,
        file: 'reference/machines/timers.ts',
        change: [`  ${timer}: ${digits(normal)},`, `  ${timer}: ${digits(normal * 2)},`],
      },
    ] satisfies Fault[];
  });
}
