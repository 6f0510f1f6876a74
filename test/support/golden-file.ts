/** What the compiler writes beside a golden case: compared with the file, or written anew under UPDATE_GOLDEN=1. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

const UPDATE = process.env.UPDATE_GOLDEN === '1';

/** `name` stands in the message. */
export function compareGolden(file: URL, name: string, found: string): void {
  if (UPDATE) writeFileSync(file, found);
  else {
    const kept = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    expect(found, `${name}; UPDATE_GOLDEN=1 rewrites it`).toBe(kept);
  }
}
