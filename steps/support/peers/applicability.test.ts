import test from 'ava';
import { undeclaredKey } from './applicability.ts';

const declaration = (capabilities: readonly string[]) =>
  ({ capabilities, roles: {}, suites: ['x25519'], transforms: ['chacha20poly1305'] }) as never;

test('a key that hangs on a capability is strange to who does not declare it', (t) => {
  t.is(undeclaredKey(declaration([]), { role: 'server', timers: {} }), 'timers');
  t.is(undeclaredKey(declaration(['timers']), { role: 'server', timers: {}, traffic: {} }), 'traffic');
  t.is(undeclaredKey(declaration(['timers', 'groups']), { role: 'server', timers: {}, addressMap: '/x' }), undefined);
  t.is(undeclaredKey(declaration([]), { role: 'server', adapter: { name: 'pna0' } }), undefined);
});

test('of the words of a key each hangs on its own capability', (t) => {
  const configuration = (...dataOptions: string[]) => ({ role: 'server', dataOptions });
  t.is(undeclaredKey(declaration([]), configuration()), 'dataOptions');
  t.is(undeclaredKey(declaration(['offload']), configuration()), undefined);
  t.is(undeclaredKey(declaration(['offload']), configuration('checksum', 'bundle')), 'dataOptions: bundle');
  t.is(undeclaredKey(declaration(['bundles']), configuration('bundle')), undefined);
});
