/**
 * Ports for processes that must find each other before both run, so port 0 is of no use.
 *
 * They come from below the range that systems give to outgoing connections: a client that keeps
 * trying a port of that range while nobody listens may be given the very same port as its own and
 * connect to itself, and the restarted service then finds its port taken.
 */
import { createServer } from 'node:net';

const lowest = 15_000;
const count = 16_000;
const handedOut = new Set<number>();

/** `howMany` different loopback ports on which nobody listens at the moment. */
export async function freePorts(howMany: number): Promise<readonly number[]> {
  const ports: number[] = [];
  for (let attempt = 0; ports.length < howMany; attempt += 1) {
    if (attempt > 200) throw new Error(`free ports: expected ${howMany}, found ${ports.length} in 200 attempts.`);
    const port = lowest + Math.floor(Math.random() * count);
    if (!handedOut.has(port) && (await isFree(port))) {
      handedOut.add(port);
      ports.push(port);
    }
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
