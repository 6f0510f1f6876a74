/** What came is not what it claims to be. */
import { PermanentError } from '../component.ts';

/** The request as a whole cannot be read; `field` is the path of what is wrong (google.rpc.BadRequest). */
export class BadDataError extends PermanentError {
  readonly field: string;
  readonly description: string;

  constructor(field: string, description: string, options?: ErrorOptions) {
    super(`${field}: ${description}`, options);
    this.field = field;
    this.description = description;
  }
}
