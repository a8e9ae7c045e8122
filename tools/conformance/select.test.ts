import test from 'ava';
import { UsageError } from './options.ts';
import { isId, tagExpression } from './select.ts';

test('--only and --skip by requirement, area and tag expression', (t) => {
  const tags = new Set(['@RLY-01', '@RLY-02', '@SRV-01', '@slow']);
  t.is(tagExpression(['RLY-02'], [], tags), '(@RLY-02)');
  t.is(
    tagExpression(['RLY', 'SRV-01'], ['@slow or @SRV-01'], tags),
    '(@RLY-01 or @RLY-02 or @SRV-01) and not ((@slow or @SRV-01))',
  );
  t.is(tagExpression(['slow'], [], tags), '(@slow)');
  t.throws(() => tagExpression(['RLY-03'], [], tags), { instanceOf: UsageError, message: /no scenario carries/ });
  t.throws(() => tagExpression([], ['DATA'], tags), { instanceOf: UsageError });
  t.true(isId('fig-12-server/a-second-request'));
  for (const other of ['RLY-02', '@slow or @SRV-01', 'slow', 'needs:dhcp']) t.false(isId(other), other);
});
