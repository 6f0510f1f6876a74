/**
 * Finds where JSON values end, without parsing them, so that objects without a separator can be told apart and each
 * member has its exact text. It checks the punctuation of the object it walks; JSON.parse checks each member.
 */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The text is not JSON at this place. */
export class JsonSyntaxError extends Error {}

export class JsonScanner {
  readonly #text: string;
  /** Where the next value or sign is looked for. */
  at: number;
  /** Lists and maps inside one another in the value that was skipped last; 0 for a scalar. */
  depth = 0;

  /** Starts behind a byte-order mark. */
  constructor(text: string) {
    this.#text = text;
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  /** The next character that is no white space, '' at the end. */
  peek(): string {
    const text = this.#text;
    let { at } = this;
    for (let code = text.charCodeAt(at); code === 0x20 || (code >= 0x09 && code <= 0x0d); code = text.charCodeAt(at)) {
      at += 1;
    }
    this.at = at;
    return text[at] ?? '';
  }

  /** Steps over one sign. */
  expect(sign: string): void {
    const found = this.peek();
    if (found !== sign) {
      throw new JsonSyntaxError(`expected "${sign}" at character ${this.at}, found "${found}"`);
    }
    this.at += 1;
  }

  /** Steps over an object; calls `onMember` with each key and the text of its value. `depth` is then the object's. */
  readObject(onMember: (key: string, value: string, depth: number) => void): void {
    this.expect('{');
    let deepest = 0;
    if (this.peek() === '}') {
      this.at += 1;
      this.depth = 1;
      return;
    }
    for (;;) {
      if (this.peek() !== '"') throw new JsonSyntaxError(`expected a key at character ${this.at}`);
      const key = parseJson(this.#skipValue()) as string;
      this.expect(':');
      this.peek();
      const value = this.#skipValue();
      onMember(key, value, this.depth);
      deepest = Math.max(deepest, this.depth);
      if (this.peek() === '}') break;
      this.expect(',');
    }
    this.at += 1;
    this.depth = deepest + 1;
  }

  #skipValue(): string {
    const start = this.at;
    const text = this.#text;
    const first = text.charCodeAt(start);
    this.depth = 0;
    if (first === QUOTE) this.at = this.#endOfString(start);
    else if (first === 0x7b || first === 0x5b) this.at = this.#endOfContainer(start);
    else this.at = endOfScalar(text, start);
    if (this.at === start) throw new JsonSyntaxError(`expected a value at character ${start}`);
    return text.slice(start, this.at);
  }

  #endOfContainer(start: number): number {
    const text = this.#text;
    let depth = 0;
    for (let at = start; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        at = this.#endOfString(at) - 1;
      } else if (code === 0x7b || code === 0x5b) {
        depth += 1;
        if (depth > this.depth) this.depth = depth;
      } else if (code === 0x7d || code === 0x5d) {
        depth -= 1;
        if (depth === 0) return at + 1;
      }
    }
    throw new JsonSyntaxError(`expected the end of what opens at character ${start}`);
  }

  #endOfString(start: number): number {
    const text = this.#text;
    for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
      let slash = at;
      while (text.charCodeAt(slash - 1) === BACKSLASH) slash -= 1;
      if ((at - slash) % 2 === 0) return at + 1;
    }
    throw new JsonSyntaxError(`expected the end of the text that opens at character ${start}`);
  }
}

/** JSON.parse, its error as JsonSyntaxError. */
export function parseJson(text: string, reviver?: (this: unknown, key: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, reviver);
  } catch (error: unknown) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new JsonSyntaxError(error.message, { cause: error });
  }
}

function endOfScalar(text: string, start: number): number {
  let at = start;
  for (let code = text.charCodeAt(at); at < text.length; code = text.charCodeAt(at)) {
    const isDelimiter = code <= 0x20 || code === 0x2c || code === 0x3a || code === 0x5b || code === 0x5d;
    if (isDelimiter || code === 0x7b || code === 0x7d || code === QUOTE) break;
    at += 1;
  }
  return at;
}
