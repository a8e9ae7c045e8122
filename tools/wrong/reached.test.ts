import test from 'ava';
import { marked } from './reached.ts';

const call = 'globalThis.reachedWrong?.();';
/** The place is where "¦" stands. */
const at = (text: string): string => {
  const place = text.indexOf('¦');
  return marked(text.replace('¦', ''), [place]).source;
};

test('the statement that holds a changed place is marked', (t) => {
  t.is(at('function f(a) { g(); if (a > ¦1) h(); }'), `function f(a) { g(); ${call}if (a > 1) h(); }`);
  t.is(at('function f(a) { if (a) ¦h(); else g(); }'), `function f(a) { if (a) {${call}h();} else g(); }`);
  t.is(at('function f(a) { if (a) h(); else ¦g(); }'), `function f(a) { if (a) h(); else {${call}g();} }`);
  t.is(at('function f(a) { for (const b of a) h(¦b); }'), `function f(a) { for (const b of a) {${call}h(b);} }`);
  t.is(
    at('function f(a) { switch (a) { case 1: h(¦a); break; } }'),
    `function f(a) { switch (a) { case 1: ${call}h(a); break; } }`,
  );
});

test('an expression that is a function is marked, too', (t) => {
  const [open, close] = ['(globalThis.reachedWrong?.(),', ')'];
  t.is(at('const f = (a) => a + ¦1;'), `const f = (a) => ${open}a + 1${close};`);
  t.is(at('const f = (a) => ({ b: ¦a });'), `const f = (a) => (${open}{ b: a }${close});`);
  t.is(at('class A { b = (c) => c + ¦1; }'), `class A { b = (c) => ${open}c + 1${close}; }`);
});

test('where text is gone, what comes next is marked', (t) => {
  t.is(at('function f() { g();¦ h(); }'), `function f() { g(); ${call}h(); }`);
  t.is(at('function f() { g();¦ }'), `function f() { g(); ${call}}`);
  t.is(at('function f(¦a) { g(); }'), `function f(a) {${call} g(); }`);
});

test('what is executed as soon as the module is loaded is not', (t) => {
  const source = "import a from 'a'; const b = [1, 2]; class C { d = 1; }";
  t.deepEqual(marked(source, [5, source.indexOf('2'), source.indexOf('d')]), { source, marks: false });
});

test('a place is marked once, and several are', (t) => {
  const source = 'function f() { g(1, 2); h(); }';
  const both = [source.indexOf('1'), source.indexOf('2'), source.indexOf('h')];
  t.is(marked(source, both).source, `function f() { ${call}g(1, 2); ${call}h(); }`);
});
