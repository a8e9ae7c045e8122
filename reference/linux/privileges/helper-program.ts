/**
 * The helper process: it keeps the privileges that a role has given up, and runs the programs that need them. What it runs
 * stands in the configuration; orders say when. It ends with the process that it helps, and takes back what it set.
 */

import { NameService } from '../name-service.ts';
import { DhcpClient, installedClient } from '../programs/dhcp-client.ts';
import { type HookResult, runHook } from '../programs/hook.ts';
import { SerialQueue } from '../programs/serial-queue.ts';
import { type Duty, type Order, orderOf, permitted, type Question, type Report } from './helper-messages.ts';

const report = (message: Report): void => {
  if (process.connected) process.send?.(message);
};

class Helper {
  readonly #duty: Duty;
  readonly #names: NameService;
  readonly #queue = new SerialQueue();
  #dhcpClient: DhcpClient | undefined;

  constructor(duty: Duty) {
    this.#duty = duty;
    this.#names = new NameService(duty.device);
  }

  async take({ number, order }: Question): Promise<void> {
    try {
      if (!permitted(order, this.#duty)) throw new Error('the helper process was asked for what is not its duty');
      report({ report: 'done', number, result: await this.#do(order) });
    } catch (error) {
      report({ report: 'failed', number, message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Hooks run side by side; their order is the business of whoever asks. */
  #do(order: Order): Promise<HookResult> {
    if (order.order === 'hook') return runHook(this.#duty.routeHook ?? [], order.words);
    return this.#queue.run(async () => {
      if (order.order === 'names') await this.#names.set(order);
      else if (order.order === 'end DHCP client') await this.#endDhcpClient();
      else this.#startDhcpClient();
      return { output: '' };
    });
  }

  #startDhcpClient(): void {
    const { dhcpClient, device } = this.#duty;
    const argv = dhcpClient === 'auto' ? installedClient() : dhcpClient;
    if (argv === undefined || this.#dhcpClient !== undefined) return;
    this.#dhcpClient = new DhcpClient(argv, device, {
      printed: (line) => report({ report: 'printed', line }),
      ended: (line) => report({ report: 'ended', line }),
    });
  }

  async #endDhcpClient(): Promise<void> {
    await this.#dhcpClient?.close();
    this.#dhcpClient = undefined;
  }

  close(): Promise<void> {
    return this.#queue.run(async () => {
      await this.#endDhcpClient();
      await this.#names.close().catch(() => undefined);
    });
  }
}

let helper: Helper | undefined;
process.on('message', (message: unknown) => {
  // The first message is from the role as it starts. All others may come from somebody who has taken it over.
  if (helper === undefined) helper = new Helper(message as Duty);
  else {
    const question = orderOf(message);
    if (question !== undefined) void helper.take(question);
  }
});
// A terminal sends its signals to the helper as well: its end comes when nobody is left to be helped.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => undefined);
process.once('disconnect', () => {
  void (helper?.close() ?? Promise.resolve()).finally(() => process.exit());
});
