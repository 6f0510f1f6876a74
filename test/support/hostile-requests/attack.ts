/** Many hostile requests to one door. */
import { Agent } from 'node:http';
import { Dice } from './dice.ts';

export interface Target {
  readonly port: number;
  /** The door's bound on one request, before and after decompression. */
  readonly limitBytes: number;
  /** Good audit events to make requests from. */
  readonly lines: readonly string[];
  /** Keeps the connections of those requests that do not break theirs. */
  readonly agent: Agent;
}

/** Sends one request; resolves to the kind of its answer, and throws where that is not the protocol's own. */
export type Attack = (dice: Dice, target: Target) => Promise<string>;

const AT_A_TIME = 20;

/**
 * How often each kind of answer came. A slow request holds back nobody but itself. Up to ten times as many are sent
 * where one of `kinds` has not come: which damage a few hundred requests take is chance.
 */
export async function attackTimes(
  requests: number,
  seed: number,
  attack: Attack,
  target: Omit<Target, 'agent'>,
  kinds: readonly string[] = [],
): Promise<Readonly<Record<string, number>>> {
  const answers: Record<string, number> = {};
  const agent = new Agent({ keepAlive: true });
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < requests || (next < requests * 10 && kinds.some((kind) => answers[kind] === undefined))) {
      const number = next++;
      const kind = await attack(new Dice(seed + number), { ...target, agent }).catch((error: unknown) => {
        throw new Error(`hostile request ${number} of seed ${seed}: expected an answer of the protocol.`, {
          cause: error,
        });
      });
      answers[kind] = (answers[kind] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work)).finally(() => agent.destroy());
  return answers;
}
