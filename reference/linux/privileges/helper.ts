/** The process that a role asks once it has given up its privileges, for what still needs them. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Host, NameServicePort } from '../host.ts';
import { type NameServers, NameService } from '../name-service.ts';
import type { DhcpClientPorts } from '../programs/dhcp-client.ts';
import type { HookResult } from '../programs/hook.ts';
import type { Duty, Order, Question, Report } from './helper-messages.ts';

/** The channel to that process. Orders are answered in any order; once the process has ended, each one rejects. */
export class Helper {
  readonly #device: string;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<HookResult>>();
  #asked = 0;
  #ports: DhcpClientPorts | undefined;

  /** Starts it with the privileges that this process has now. */
  constructor(duty: Duty) {
    this.#device = duty.device;
    this.#process = fork(new URL('./helper-program.ts', import.meta.url), { stdio: ['ignore', 'ignore', 2, 'ipc'] });
    this.#process.on('message', (report: Report) => this.#take(report));
    this.#process.once('exit', () => this.#lost(new Error('the helper process has ended')));
    this.#process.once('error', (error) => this.#lost(error));
    this.#process.send(duty);
    // It is no reason for this process to stay.
    this.#process.unref();
    this.#process.channel?.unref();
  }

  /** @throws Error with the complaint of what could not be done */
  ask(order: Order): Promise<HookResult> {
    this.#asked += 1;
    const question: Question = { number: this.#asked, order };
    const answer = Promise.withResolvers<HookResult>();
    if (!this.#process.connected) answer.reject(new Error('the helper process has ended'));
    else {
      this.#waiting.set(question.number, answer);
      this.#process.channel?.ref();
      this.#process.send(question);
    }
    return answer.promise;
  }

  /** This machine, but what needs privileges is done by the helper. */
  host(machine: Host): Host {
    return {
      ...machine,
      openNameService: async () => this.#nameService(),
      startDhcpClient: async (_argv, _device, ports) => {
        this.#ports = ports;
        await this.ask({ order: 'start DHCP client' });
        return {
          close: async () => {
            this.#ports = undefined;
            await this.ask({ order: 'end DHCP client' });
          },
        };
      },
    };
  }

  #nameService(): NameServicePort {
    const { available } = new NameService(this.#device);
    let isSet = false;
    const set = async ({ servers, search }: NameServers): Promise<void> => {
      if (!isSet && servers.length === 0) return;
      isSet = servers.length > 0;
      await this.ask({ order: 'names', servers, search });
    };
    return { available, set, close: () => set({ servers: [], search: [] }) };
  }

  #take(report: Report): void {
    if (report.report === 'printed') this.#ports?.printed(report.line);
    else if (report.report === 'ended') this.#ports?.ended(report.line);
    else {
      const answer = this.#waiting.get(report.number);
      this.#waiting.delete(report.number);
      if (this.#waiting.size === 0) this.#process.channel?.unref();
      if (report.report === 'done') answer?.resolve(report.result);
      else answer?.reject(new Error(report.message));
    }
  }

  #lost(error: Error): void {
    for (const answer of this.#waiting.values()) answer.reject(error);
    this.#waiting.clear();
  }
}
