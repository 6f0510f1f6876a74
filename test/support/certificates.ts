/** Throw-away certificates for TLS tests, made with the openssl command where there is one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export interface Certificates extends Disposable {
  /** PEM files: the authority, a server certificate for 127.0.0.1 and localhost, a client certificate. */
  readonly files: Readonly<Record<'ca' | 'serverCert' | 'serverKey' | 'clientCert' | 'clientKey', string>>;
  read(file: keyof Certificates['files']): Buffer;
  /** A client certificate of the same authority; `names` are its subject alternative names, as openssl writes them. */
  issueClient(commonName: string, names?: string): { readonly cert: Buffer; readonly key: Buffer };
}

export function createCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'pintail-certificates-'));
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
  );
  const issue = (name: string, commonName: string, names: string): void => {
    openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${commonName}`);
    writeFileSync(path(`${name}.ext`), names === '' ? '' : `subjectAltName=${names}\n`);
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signing, '-out', `${name}.pem`);
  };
  for (const name of ['server', 'client']) issue(name, name, 'IP:127.0.0.1,DNS:localhost');
  let issued = 0;
  const files = {
    ca: path('ca.pem'),
    serverCert: path('server.pem'),
    serverKey: path('server.key'),
    clientCert: path('client.pem'),
    clientKey: path('client.key'),
  };
  return {
    files,
    read: (file) => readFileSync(files[file]),
    issueClient(commonName, names = '') {
      const name = `client-${issued++}`;
      issue(name, commonName, names);
      return { cert: readFileSync(path(`${name}.pem`)), key: readFileSync(path(`${name}.key`)) };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
