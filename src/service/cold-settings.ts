import type { ColdConfig } from '../config/index.ts';
import type { ColdSettings } from '../store/settings.ts';

/** Reveals the secrets of the bucket's credentials to the store. */
export function toColdSettings(cold: ColdConfig | null): ColdSettings | null {
  if (cold === null) return null;
  const { afterMs, directory, s3 } = cold;
  if (s3 === undefined) return { afterMs, directory };
  const credentials = s3.credentials && {
    accessKeyId: s3.credentials.accessKeyId,
    secretAccessKey: s3.credentials.secretAccessKey.reveal(),
    sessionToken: s3.credentials.sessionToken?.reveal() ?? null,
  };
  return { afterMs, directory, s3: { ...s3, credentials } };
}
