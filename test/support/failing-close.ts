/** A file whose close fails, as a disk quota or a network disk may tell only then. */
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

export const CLOSE_FAILURE = 'EDQUOT: disk quota exceeded, close';

/** From now on, in this process, files that end so fail as they are closed. Returns the end of it. */
export function failClosing(ending: string): () => void {
  const { open } = promises;
  promises.open = async (path, ...rest) => {
    const handle = await open(path, ...rest);
    if (!String(path).endsWith(ending)) return handle;
    const close = handle.close.bind(handle);
    handle.close = async () => {
      await close();
      throw new Error(CLOSE_FAILURE);
    };
    return handle;
  };
  syncBuiltinESMExports();
  return () => {
    promises.open = open;
    syncBuiltinESMExports();
  };
}
