/** The network between the store and the S3 server: remembers requests, breaks when told to. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Network extends AsyncDisposable {
  readonly port: number;
  /** Method and path of what passed, oldest first. */
  readonly requests: string[];
  /** Nobody answers. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** What is put into a request's body on its way; null changes nothing. */
  mangle: ((method: string, body: Buffer) => Buffer) | null;
  /** Tags of objects are no digests, as where a store encrypts with keys of its own. */
  retag: boolean;
  /** Requests that are answered with an error of the server instead of being passed on. */
  refuse: ((method: string, path: string) => boolean) | null;
}

export async function startNetwork(target: number): Promise<Network> {
  let server: Server | null = null;
  let port = 0;
  const network: Network = {
    get port() {
      return port;
    },
    requests: [],
    mangle: null,
    retag: false,
    refuse: null,
    async cut() {
      const open = server;
      server = null;
      if (open === null) return;
      open.closeAllConnections();
      await new Promise((resolve) => open.close(resolve));
    },
    async mend() {
      server = createServer((incoming, outgoing) => {
        void (async () => {
          const { method = '', url = '' } = incoming;
          network.requests.push(`${method} ${url}`);
          const body = await read(incoming);
          if (network.refuse?.(method, url)) {
            outgoing.writeHead(500).end();
            return;
          }
          const { headers } = incoming;
          const forwarded = request({ host: '127.0.0.1', port: target, method, path: url, headers }, (answer) => {
            const tag = network.retag && answer.headers.etag !== undefined ? { etag: '"another"' } : {};
            outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...tag });
            answer.pipe(outgoing);
          });
          forwarded.on('error', () => outgoing.destroy());
          forwarded.end(network.mangle?.(method, body) ?? body);
        })().catch(() => outgoing.destroy());
      }).listen(port, '127.0.0.1');
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port;
    },
    async [Symbol.asyncDispose]() {
      await network.cut();
    },
  };
  await network.mend();
  return network;
}

async function read(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
