/** A file that cannot be read, or a part of it: the message names the file and, where there is one, the line. */
import { PermanentError } from '../../component.ts';

export interface InputPlace {
  readonly path: string;
  /** 1-based; absent where the file as a whole is meant. */
  readonly line?: number;
}

export class InputError extends PermanentError {
  readonly path: string;
  readonly line: number | null;

  /** `message` is `expected …, found ….`; the place is put in front of it. */
  constructor(place: InputPlace, message: string, options?: ErrorOptions) {
    super(`${place.path}${place.line === undefined ? '' : `:${place.line}`}: ${message}`, options);
    this.path = place.path;
    this.line = place.line ?? null;
  }
}
