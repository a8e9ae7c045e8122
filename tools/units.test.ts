/** The systemd units of packaging/: what they leave a service exposed to, as systemd itself judges it. */
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';

const folder = join(import.meta.dirname, '../packaging/systemd');
const units = globSync('*.service', { cwd: folder }).sort();
/** Tenths of systemd's exposure level, which goes from 0.0 to 10.0. */
const threshold = 30;

test('there is a unit for each role, which starts that role', (t) => {
  t.deepEqual(
    units,
    ['client', 'relay', 'server'].map((role) => `pna-${role}@.service`),
  );
  for (const unit of units) {
    const [, role = ''] = /^pna-(\w+)@/.exec(unit) ?? [];
    t.regex(
      readFileSync(join(folder, unit), 'utf8'),
      new RegExp(`^ExecStart=/opt/pna/bin/pna ${role} --config /etc/pna/%i\\.json$`, 'm'),
    );
  }
});

for (const unit of units)
  test(`${basename(unit)}: systemd-analyze security says less than ${threshold / 10}`, async (t) => {
    const words = ['security', '--offline=true', `--threshold=${threshold}`, '--no-pager', join(folder, unit)];
    const { stdout } = await promisify(execFile)('systemd-analyze', words);
    const [, level = ''] = /Overall exposure level for \S+: (\d+\.\d)/.exec(stdout) ?? [];
    t.true(level !== '' && Number(level) * 10 < threshold, stdout);
    t.log(level);
  });
