/** Who may ask: bearer tokens where there are some, else only pages and programs that call us by a loopback name. */
import type { RequestHandler } from 'express';
import { ProblemError } from './problem.ts';
import type { HuntDependencies, HuntSettings } from './settings.ts';

const loopbackName = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Lets a request pass that has the scope. */
export function requireScope(authorize: HuntDependencies['authorize'], scope: 'hunt' | 'admin'): RequestHandler {
  return (request, response, next) => {
    const decision = authorize === undefined ? 'allowed' : authorize(request.headers.authorization, scope);
    if (decision === 'allowed') {
      next();
      return;
    }
    if (decision === 'forbidden') {
      const detail = `Authorization: expected a token with the scope ${scope}, found one without it.`;
      throw new ProblemError({ status: 403, title: 'Not allowed', detail });
    }
    response.setHeader('www-authenticate', 'Bearer realm="pintail"');
    const detail = 'Authorization: expected "Bearer <token>" with a token of api.tokens, found none that is known.';
    throw new ProblemError({ status: 401, title: 'Who are you?', detail });
  };
}

/**
 * A page on the web can make its own name resolve to 127.0.0.1 and then read our answers as its own (DNS
 * rebinding). Where no token is asked for, the Host header must therefore be a loopback name.
 */
export function refuseRebinding(settings: HuntSettings, authorize: HuntDependencies['authorize']): RequestHandler {
  const { host } = settings.endpoint;
  const isGuarded = authorize === undefined && loopbackName.test(host.includes(':') ? `[${host}]` : host);
  return (request, _response, next) => {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (!isGuarded || loopbackName.test(name)) {
      next();
      return;
    }
    const detail = `Host: expected localhost, 127.0.0.1 or [::1], found "${name}".`;
    throw new ProblemError({ status: 403, title: 'Not allowed', detail });
  };
}
