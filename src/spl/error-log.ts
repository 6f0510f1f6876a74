/** The errors of one search: one does not hide those of the commands behind it. */
import { type DiagnosticCode, SplError } from './diagnostics.ts';

/** Reported of one search; what comes behind is seen once these are mended. */
export const MOST_ERRORS = 20;

/** Behind these nothing can be read as it was meant, or a bound says that nothing more may be spent. */
const FINAL: ReadonlySet<DiagnosticCode> = new Set([
  'SPL103',
  'SPL104',
  'SPL110',
  'SPL111',
  'SPL112',
  'SPL113',
  'SPL114',
  'SPL115',
  'SPL116',
  'SPL117',
]);

export class ErrorLog {
  readonly errors: SplError[] = [];
  readonly #most: number;
  #isOne = false;

  /** `most` 1: the first error is thrown. */
  constructor(most: number) {
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.errors.length === 0;
  }

  /**
   * What `work` gives; where it throws an SplError that can be passed over, keeps it and gives what `otherwise` does.
   * Throws the last error that may be reported, and those that nothing can be read behind. `consequences` are no errors
   * of their own and are not kept.
   */
  attempt<T>(work: () => T, otherwise: () => T, consequences?: ReadonlySet<DiagnosticCode>): T {
    try {
      return work();
    } catch (error: unknown) {
      if (!(error instanceof SplError) || FINAL.has(error.code) || this.#isOne) throw error;
      if (consequences?.has(error.code) !== true) {
        if (this.errors.length + 1 >= this.#most) throw error;
        this.errors.push(error);
      }
      return otherwise();
    }
  }

  /** Gives what `work` gives; its first error is thrown, because the caller has to say where it stands. */
  asOne<T>(work: () => T): T {
    const before = this.#isOne;
    this.#isOne = true;
    try {
      return work();
    } finally {
      this.#isOne = before;
    }
  }
}
