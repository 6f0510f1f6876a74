/** DuckDB's extension httpfs, which reads `s3://`: loaded from this machine, never downloaded. */
import { type DuckDBConnection, quotedString } from '@duckdb/node-api';
import { PermanentError } from '../component.ts';
import type { BucketAccess, BucketCredentials } from './settings.ts';

/**
 * Seconds without a byte, and repetitions. An interrupted query ends only when its request does, and one that outlives
 * `api.query.stuck_after` (10 s) ends the process.
 */
const timeouts = 'set global http_timeout = 4; set global http_retries = 1';

/** Of whichever client the extension uses; one of them looks at no certificate by default. */
const certificates =
  'set global enable_server_cert_verification = true; set global enable_curl_server_cert_verification = true';

/** @throws PermanentError where there is no extension for this version of DuckDB. */
export async function loadHttpfs(engine: DuckDBConnection, address: string, extension: string | null): Promise<void> {
  try {
    await engine.run(`load ${extension === null ? 'httpfs' : quotedString(extension)}`);
    await engine.run(`${timeouts}; ${certificates}`);
  } catch (error: unknown) {
    const version = await engine.runAndReadAll('select library_version from pragma_version()');
    const found = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new PermanentError(
      `storage.cold.directory: expected DuckDB's extension httpfs for ${version.getRowsJS()[0]?.[0]}, which reads "${address}", ` +
        `found: ${found} Run DuckDB's "install httpfs" once as this user, or name the extension's file in storage.cold.s3.extension.`,
      { cause: error },
    );
  }
}

/** Lets statements use the credentials for addresses that begin with `scope`, and no others. */
export function createSecret(scope: string, access: BucketAccess, credentials: BucketCredentials): string {
  const endpoint = access.endpoint === null ? null : new URL(access.endpoint);
  const options = {
    key_id: credentials.accessKeyId,
    secret: credentials.secretAccessKey,
    session_token: credentials.sessionToken,
    region: access.region,
    endpoint: endpoint === null ? null : `${endpoint.host}${endpoint.pathname.replace(/\/$/, '')}`,
    url_style: access.pathStyle ? 'path' : 'vhost',
    scope,
  };
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === null ? [] : [`${name} ${quotedString(value)}`],
  );
  return `create or replace temporary secret pintail_cold
    (type s3, provider config, use_ssl ${endpoint?.protocol !== 'http:'}, ${given.join(', ')})`;
}
