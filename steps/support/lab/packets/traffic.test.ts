/** Who is at fault when a TCP connection fails: never the laboratory's wire, which loses nothing. */
import type { Socket } from 'node:net';
import test from 'ava';
import { inContext, LabFailure, Nonconformance } from '../failure.ts';
import { Lab } from '../networks/namespace.ts';
import { connected, connectInside, listenInside, socketEvent, written } from './traffic.ts';

test('a connection that nobody accepts, or that breaks, is told as what the implementation did', async (t) => {
  await using lab = await Lab.create();
  const socket = connectInside(lab.namespace('client'), '10.77.0.2', 3265);
  await t.throwsAsync(connected(socket, 'server'), { instanceOf: Nonconformance, message: /server: .*ECONNREFUSED/ });

  const accepted = Promise.withResolvers<Socket>();
  const { server, port } = await listenInside(lab.namespace('server'), 0, accepted.resolve);
  const sender = connectInside(lab.namespace('client'), '10.77.0.2', port);
  await connected(sender, 'server');
  const broken = Promise.withResolvers<Error>();
  sender.once('error', broken.resolve).resume();
  (await accepted.promise).resetAndDestroy();
  await broken.promise;
  await t.throwsAsync(written(sender, new Uint8Array(1)), { instanceOf: Nonconformance, message: /^sending: / });
  await t.throwsAsync(socketEvent(sender, 'data'), { instanceOf: Nonconformance, message: /broke: .*ECONNRESET/ });
  server.close();
});

test('context is added to what tells of the implementation, and to nothing else', (t) => {
  const told = inContext('vector 7', new Nonconformance('no answer'));
  t.true(told instanceof Nonconformance);
  t.is((told as Error).message, 'vector 7: no answer');
  for (const error of [new LabFailure('no'), new TypeError('no'), new Error('no'), 'no'])
    t.is(inContext('vector 7', error), error);
});
