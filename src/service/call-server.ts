/** One call of a running service's HTTP API that answers with JSON. */
import { PermanentError, RetryableError } from '../component.ts';
import type { DrawnDiagnostic } from '../spl/index.ts';
import { readDiagnostics } from './server-diagnostics.ts';

export interface ServerCall {
  /** Base URL, e.g. `http://127.0.0.1:8080`. */
  readonly server: string;
  readonly token?: string | undefined;
  readonly method: 'GET' | 'POST';
  readonly path: string;
}

/**
 * The answer's JSON. Rejects with PermanentError where the service refuses (its message is the problem's detail), with
 * RetryableError where it cannot be reached or is busy.
 */
export async function callServer({ server, token, method, path }: ServerCall): Promise<unknown> {
  const response = await reach(server, path, {
    method,
    headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
  });
  if (response.ok) return response.json();
  const { detail } = await readProblem(response, token);
  if (response.status === 429 || response.status === 503) throw new RetryableError(detail, 1000);
  throw new PermanentError(detail);
}

/** Any answer; rejects with RetryableError where there is none. */
export async function reach(server: string, path: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL(path, server), request);
  } catch (error: unknown) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new RetryableError(`${server}: expected a running service, found: ${cause}`, 0, { cause: error });
  }
}

export interface ServerProblem {
  readonly detail: string;
  /** What is wrong with a query, place by place; empty where it is about something else. */
  readonly diagnostics: readonly DrawnDiagnostic[];
}

/** What a problem says, or the answer as it is; where the token is to blame, also where it came from. */
export async function readProblem(response: Response, token: string | undefined): Promise<ServerProblem> {
  const text = await response.text();
  try {
    const problem = JSON.parse(text) as { title?: unknown; detail?: unknown; diagnostics?: unknown };
    const found = [problem.detail, problem.title].find((part) => typeof part === 'string');
    if (typeof found === 'string') {
      const detail = found.startsWith('Authorization: ') ? `${found} ${adviceAboutToken(token)}` : found;
      return { detail, diagnostics: readDiagnostics(problem.diagnostics) };
    }
  } catch (error: unknown) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const detail = `${response.url} answered ${response.status} ${response.statusText}: ${text.slice(0, 300)}`;
  return { detail, diagnostics: [] };
}

function adviceAboutToken(token: string | undefined): string {
  return token === undefined
    ? 'The environment variable PINTAIL_TOKEN gives the token and is not set.'
    : 'The token is that of the environment variable PINTAIL_TOKEN.';
}
