/** Diagnostics of a query as a running service's HTTP API sends them. */
import { z } from 'zod';
import type { DrawnDiagnostic } from '../spl/index.ts';

const list = z.array(
  z.object({
    code: z.string(),
    severity: z.string(),
    message: z.string(),
    span: z.object({ start: z.int(), end: z.int() }).optional(),
    help: z.string().optional(),
  }),
);

/** None where the value is no list of diagnostics. */
export function readDiagnostics(value: unknown): readonly DrawnDiagnostic[] {
  const { data } = list.safeParse(value);
  return data ?? [];
}

export interface ServerWarnings {
  readonly warnings: readonly DrawnDiagnostic[];
  /** How many further ones had no room in the answer. */
  readonly omitted: number;
}

/** The warnings beside rows whose form has no place for them. */
export function readWarningHeaders(headers: Headers): ServerWarnings {
  const omitted = Number(headers.get('pintail-warnings-omitted') ?? 0);
  return { warnings: readDiagnostics(parse(headers.get('pintail-warnings'))), omitted };
}

function parse(json: string | null): unknown {
  try {
    return JSON.parse(json ?? '[]');
  } catch (error: unknown) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
