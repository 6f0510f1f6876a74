/** What this interpreter does not know, by name. It never guesses. */
export class Refusal extends Error {}

export function refuse(what: string): never {
  throw new Refusal(`interpreter: ${what} is not supported.`);
}
