import test from 'ava';
import { disclosed } from './disclosure.ts';

const secret = Uint8Array.from({ length: 32 }, (_, index) => (index * 37 + 130) & 255);
const hex = secret.toHex();
const text = (words: string) => new TextEncoder().encode(`before\n${words}\nbehind 17`);

test('every way to write octets down is found', (t) => {
  const dump = hex.match(/.{32}/g)?.map((line, index) => `${index}0: ${line.replace(/../g, '$& ')}`);
  const escaped = hex.replace(/../g, String.raw`\x$&`);
  for (const words of [
    hex,
    hex.toUpperCase(),
    `key=${hex};`,
    dump?.join('\n') ?? '',
    escaped,
    hex.replace(/../g, '0x$&, '),
  ])
    t.is(disclosed(text(words), secret), 'in hexadecimal', words);
  const base64 = secret.toBase64();
  const shifted = Uint8Array.of(1, ...secret).toBase64();
  for (const words of [base64, shifted, base64.replaceAll('+', '-').replaceAll('/', '_')])
    t.is(disclosed(text(words), secret), 'in base64', words);
  t.is(disclosed(text(JSON.stringify([...secret])), secret), 'in decimal');
  t.is(disclosed(Uint8Array.of(7, ...secret, 9), secret), 'as it is');
});

test('other octets tell nothing', (t) => {
  t.is(
    disclosed(text('2026-11-25T10:00:00Z info session of alice, 10.8.0.10, handshake 00112233445566778899'), secret),
    undefined,
  );
});
