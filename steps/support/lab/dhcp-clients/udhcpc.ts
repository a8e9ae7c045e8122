/** BusyBox's client with the script of Debian's package. */
import { fromResolvConf, type Recipe, reporting } from './recipe.ts';

export const udhcpc: Recipe = {
  script: (purpose) => `${reporting('/etc/udhcpc/default.script')}
exec udhcpc -f -i "$DEVICE" -t 5 -T 1 -s /run/script${purpose === 'probe' ? ' -a' : ''}`,
  settled: async ({ program }, milliseconds) => {
    await program.event('deconfig');
    await program.event('bound', milliseconds);
  },
  renew: ({ program }) => program.kill('SIGUSR1'),
  release: async ({ program }) => {
    program.kill('SIGUSR2');
    await program.event('deconfig');
    await program.terminate();
  },
  nameService: fromResolvConf,
};
