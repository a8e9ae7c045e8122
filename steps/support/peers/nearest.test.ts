import test from 'ava';
import { nearest, suggestion } from './nearest.ts';

test('a mistyped word: the known one that was meant, or none', (t) => {
  const ids = ['SRV-01', 'SRV-03', 'RLY-03', 'DATA-10'];
  t.is(nearest('SVR-03', ids), 'SRV-03');
  t.is(nearest('srv-03', ids), 'SRV-03');
  t.is(nearest('SRV-3', ids), 'SRV-03');
  t.is(nearest('QUUX-99', ids), undefined);
  t.is(nearest('x', ['a', 'b']), undefined);
  t.is(suggestion('dhpc', ['arp', 'dhcp']), ': did you mean "dhcp"?');
  t.is(suggestion('carrots', ['arp', 'dhcp']), '');
});
