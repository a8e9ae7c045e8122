/** The scripted end points against each other, over a wire of the laboratory. */
import test from 'ava';
import { kem } from '../../../reference/crypto/primitives.ts';
import { Status, type SuiteName, Transform, type TransformName } from '../../../reference/wire/identifiers.ts';
import { Lab } from '../lab/networks/namespace.ts';
import { identityOf } from './identities.ts';
import { ScriptedConnection, ScriptedListener } from './scripted.ts';
import { ScriptedInitiator, type ScriptedInitiatorOptions } from './scripted-initiator.ts';
import { ScriptedServer } from './scripted-server.ts';

async function pair(lab: Lab, listener: ScriptedListener, options: ScriptedInitiatorOptions) {
  const initiator = new ScriptedInitiator(
    await ScriptedConnection.connect(lab.namespace('client'), '10.77.0.2', listener.port),
    options,
  );
  const server = new ScriptedServer(await listener.accept());
  return { initiator, server };
}

const datagram = Uint8Array.fromHex('4500001c00010000400166df0a0800010a08000a0800f7ff00000000');

test('handshake, datagrams both ways and a keyed CLOSE, for every suite and transform', async (t) => {
  await using lab = await Lab.create();
  await using listener = await ScriptedListener.listen(lab.namespace('server'), 3265);
  for (const suite of ['x25519', 'hybrid'] satisfies SuiteName[]) {
    for (const transform of Object.keys(Transform) as TransformName[]) {
      const { initiator, server } = await pair(lab, listener, { suite, transforms: [transform] });
      const [response, request] = await Promise.all([initiator.authorize(), server.authorize()]);
      t.is(request.initiatorName, 'alice');
      t.deepEqual(server.initiatorStatic, identityOf('alice').staticPublic);
      t.is(response.transform, Transform[transform]);
      t.deepEqual(initiator.session.handshakeHash, server.session.handshakeHash);
      await initiator.send(datagram);
      t.deepEqual(await server.receive(), datagram);
      await server.send();
      await server.send(datagram);
      t.deepEqual(await initiator.receive(), datagram);
      await server.close(Status.shuttingDown);
      const close = await initiator.expectClose();
      t.deepEqual([close.status, close.keyed, close.valid], [Status.shuttingDown, true, true]);
      t.is(await initiator.connection.ended(), 'end of stream');
      await initiator.connection[Symbol.asyncDispose]();
    }
  }
});

test('what is altered is noticed by the other side', async (t) => {
  await using lab = await Lab.create();
  await using listener = await ScriptedListener.listen(lab.namespace('server'), 3265);
  const { initiator, server } = await pair(lab, listener, {});
  await initiator.sendRelay();
  await server.readRelay();
  await initiator.sendRequest({ header: (header) => header.with(15, 1) });
  await t.throwsAsync(server.readRequest(), { message: /flags|REQUEST/ });
  await initiator.sendRequest({ frame: (frame) => frame.with(frame.length - 1, frame[frame.length - 1]! ^ 1) });
  await t.throwsAsync(server.readRequest(), { name: 'IntegrityFailure' });
  await initiator.sendRequest({ header: (header) => header.with(17, header[17]! ^ 1) });
  await t.throwsAsync(server.readRequest(), { message: /differs/ });
});

test('a connection that ends is told from one that is quiet', async (t) => {
  await using lab = await Lab.create();
  await using listener = await ScriptedListener.listen(lab.namespace('server'), 3265);
  const { initiator, server } = await pair(lab, listener, {});
  const unsent = server.connection.next('a frame', 50);
  await t.throwsAsync(unsent, { message: /not within 50 ms/ });
  await initiator.sendRelay();
  initiator.connection.finish();
  t.is(await server.connection.ended(), 'end of stream');
  await t.throwsAsync(server.connection.endedWithoutFrame(), { message: /RELAY/ });
  await server.readRelay();
  await t.throwsAsync(server.readRequest(), { message: /ended the connection/ });
});

test('in Authorized DATA may come before the end, and nothing behind a CLOSE', async (t) => {
  await using lab = await Lab.create();
  await using listener = await ScriptedListener.listen(lab.namespace('server'), 3265);
  for (const closes of [false, true]) {
    const { initiator, server } = await pair(lab, listener, {});
    await Promise.all([initiator.authorize(), server.authorize()]);
    if (closes) await server.connection.send(server.closeFrame(Status.endSession));
    await server.send();
    server.connection.finish();
    if (closes) await initiator.expectClose();
    const ending = initiator.connection.endedWithoutFrame();
    if (closes) await t.throwsAsync(ending, { message: /a frame came before the end: type DATA/ });
    else t.is(await ending, 'end of stream');
    await initiator.connection[Symbol.asyncDispose]();
  }
});

test('an encapsulation key is altered in one handshake, not in the reference', async (t) => {
  await using lab = await Lab.create();
  await using listener = await ScriptedListener.listen(lab.namespace('server'), 3265);
  const { generate } = kem;
  let asked = 0;
  const { initiator, server } = await pair(lab, listener, {
    suite: 'hybrid',
    encapsulationKey: (right) => {
      asked++;
      t.is(kem.generate, generate);
      return new Uint8Array(right.length).fill(0xff);
    },
  });
  await initiator.sendRelay();
  await server.readRelay();
  await initiator.sendRequest();
  await t.throwsAsync(server.readRequest(), { name: 'IntegrityFailure', message: /not reduced/ });
  t.is(asked, 1);
});

test('who waits in vain for an initiator that runs elsewhere is told what helps', async (t) => {
  const backOff = { longest: () => 60_000, remedy: 'name a command for it' };
  await using listener = await ScriptedListener.listen(undefined, 0, undefined, '127.0.0.1', backOff);
  await t.throwsAsync(listener.accept(20), {
    message: /^a connection to port \d+: not within 20 ms.*name a command for it/s,
  });
});
