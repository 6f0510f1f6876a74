import { readFile } from 'node:fs/promises';
import type { TlsFiles } from './settings.ts';

/** As `tls.connect` names them; what is absent is left to Node. */
export interface TlsContents {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Reads the files. Rejects with a message that names the key and the file. */
export async function readTlsFiles(exporter: string, files: TlsFiles | undefined): Promise<TlsContents> {
  if (files === undefined) return {};
  const { caFile, certFile, keyFile } = files;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const [given, lacking] = certFile === undefined ? ['key_file', 'cert_file'] : ['cert_file', 'key_file'];
    throw new Error(`exporters.${exporter}.tls: expected ${lacking} beside ${given}, found none.`);
  }
  const read = async (key: string, file: string): Promise<Buffer> => {
    try {
      return await readFile(file);
    } catch (error: unknown) {
      const found = error instanceof Error ? error.message : String(error);
      throw new Error(`exporters.${exporter}.tls.${key}: expected a readable file, found ${found}.`, { cause: error });
    }
  };
  return {
    ...(caFile === undefined ? {} : { ca: await read('ca_file', caFile) }),
    ...(certFile === undefined ? {} : { cert: await read('cert_file', certFile) }),
    ...(keyFile === undefined ? {} : { key: await read('key_file', keyFile) }),
  };
}
