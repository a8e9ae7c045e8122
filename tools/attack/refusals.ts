/**
 * `npm run attack -- refusals`: how long a server takes to refuse REQUESTs that are wrong in different ways. Who can tell the
 * classes apart by time learns which names and keys a server knows (SRV-06, SRV-07).
 */

import { serverConfiguration, tunnelPort } from '../../steps/support/peers/configuration.ts';
import { identityOf } from '../../steps/support/peers/identities.ts';
import { ScriptedConnection } from '../../steps/support/peers/scripted.ts';
import { ScriptedInitiator } from '../../steps/support/peers/scripted-initiator.ts';
import { requestFaults } from '../../steps/support/request-faults.ts';
import { Field } from './field.ts';

interface Options {
  readonly iut: string;
  /** Refusals of each class. */
  readonly count: number;
  readonly say: (text: string) => void;
}

/** What is wrong, as the features call it. */
const classes = [
  'a name that the server does not know',
  'the key of another name',
  'a key that the server does not know',
  'a Noise message sealed to another server',
  'a destination that is not the last name of the path',
  'padding that is not zero',
] as const;

/** Milliseconds by which medians may differ. */
const tolerance = 0.2;
/** Refusals that are waited for at once. */
const abreast = 32;
const resamples = 400;

const sorted = (times: readonly number[]): Float64Array => Float64Array.from(times).sort();
const quantile = (times: Float64Array, share: number): number =>
  times[Math.floor(share * (times.length - 1))] ?? Number.NaN;

/** @returns milliseconds from the REQUEST, handed to the kernel, to the CLOSE */
async function refusal(field: Field, fault: (typeof classes)[number]): Promise<number> {
  const { lab } = field;
  await using connection = await ScriptedConnection.connect(lab.namespace('client'), lab.address('server'), tunnelPort);
  const { options, alterations } = requestFaults[fault] ?? {};
  const peer = new ScriptedInitiator(connection, options);
  const request = peer.requestFrame(alterations);
  await peer.sendRelay();
  await connection.send(request);
  const sent = connection.lastSent;
  const { at } = await peer.expect('CLOSE');
  return at - sent;
}

/** 95 of 100 medians of samples drawn from the sample lie between. */
function interval(times: Float64Array): readonly [number, number] {
  const draw = new Float64Array(times.length);
  const medians = Array.from({ length: resamples }, () => {
    for (let index = 0; index < draw.length; index++)
      draw[index] = times[Math.floor(Math.random() * times.length)] ?? 0;
    return quantile(draw.sort(), 0.5);
  });
  const all = sorted(medians);
  return [quantile(all, 0.025), quantile(all, 0.975)];
}

/** How often a time of the first is the longer one, of two drawn; 0.5 if nothing distinguishes them (Mann and Whitney). */
function longerShare(one: Float64Array, other: Float64Array): number {
  let below = 0;
  let sum = 0;
  for (const time of one) {
    while (below < other.length && (other[below] ?? 0) < time) below += 1;
    sum += below;
  }
  return sum / (one.length * other.length);
}

/** Standard deviations of that share from 0.5, if nothing distinguishes them. */
const deviations = (share: number, one: number, other: number): number =>
  (share - 0.5) / Math.sqrt((one + other + 1) / (12 * one * other));

/** @returns whether the medians lie close enough together */
export async function refusals({ iut, count, say }: Options): Promise<boolean> {
  await using field = await Field.create(iut);
  const { declaration } = field;
  const unlimited = 65_535;
  await field.start(
    'server',
    'server',
    serverConfiguration(declaration, {
      initiators: ['alice', 'bob'].map((name) => ({ name, publicKey: identityOf(name).publicKey })),
      limits: { halfOpen: unlimited, halfOpenPerSource: unlimited, halfOpenPerKey: unlimited },
    }),
  );
  const times = new Map<string, number[]>(classes.map((fault) => [fault, []]));
  // All classes by turns: what slows the machine down for a while slows all of them down.
  let left = count * classes.length;
  const warm = abreast * classes.length;
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const fault = classes[left % classes.length] ?? classes[0];
      const took = await refusal(field, fault);
      begun += 1;
      // The first ones compile code.
      if (begun > warm) times.get(fault)?.push(took);
    }
  };
  left += warm;
  await Promise.all(Array.from({ length: abreast }, worker));
  const samples = classes.map((fault) => ({ fault, times: sorted(times.get(fault) ?? []) }));
  const columns = ['median', '95 % of medians', '10th', '90th', 'longer than others', 'deviations'];
  say(''.padEnd(54) + columns.map((column) => column.padStart(20)).join(''));
  for (const { fault, times: own } of samples) {
    const others = sorted(samples.filter((one) => one.fault !== fault).flatMap((one) => [...one.times]));
    const share = longerShare(own, others);
    const figures = [
      quantile(own, 0.5).toFixed(3),
      interval(own)
        .map((bound) => bound.toFixed(3))
        .join(' to '),
      quantile(own, 0.1).toFixed(3),
      quantile(own, 0.9).toFixed(3),
      `${(100 * share).toFixed(1)} %`,
      deviations(share, own.length, others.length).toFixed(1),
    ];
    say(`${fault} (${own.length})`.padEnd(54) + figures.map((figure) => figure.padStart(20)).join(''));
  }
  const medians = samples.map(({ times: own }) => quantile(own, 0.5));
  const difference = Math.max(...medians) - Math.min(...medians);
  say(`the medians differ by ${difference.toFixed(3)} ms; ${tolerance} ms are allowed`);
  return difference <= tolerance;
}
