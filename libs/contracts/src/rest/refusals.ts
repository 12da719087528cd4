import type { Problem } from '../problems.js';
import { makeProblem, MAX_BODY_BYTES } from '../problems.js';
import { ROUTES } from './routes.js';
import type { Route } from './routes.js';

/** What an HTTP framework says of a request it refuses by itself. */
export interface FrameworkRefusal {
  status?: number | undefined;
  message?: string | undefined;
}

/** The problem for a refusal of the HTTP framework; `internal` where it did not refuse but fail. */
export function frameworkProblem({ status, message = '' }: FrameworkRefusal, request: { method: string; url: string }) {
  switch (status) {
    case 400:
      return makeProblem('malformed_json', sentence(message));
    case 404:
      return unmatched(request);
    case 413:
      return tooLarge(bodyLimit(request));
    case 415:
      return makeProblem('unsupported_media_type', sentence(message));
    default:
      return makeProblem('internal', 'The request could not be finished.');
  }
}

/** The largest body that is read for a request: a route's own limit, or the one of all. */
export function bodyLimit({ method, url }: { method: string; url: string }): number {
  const path = url.split('?')[0] ?? url;
  const route = Object.values<Route>(ROUTES).find((one) => one.method === method && one.path === path);
  return route?.maxBodyBytes ?? MAX_BODY_BYTES;
}

function tooLarge(limit: number): Problem {
  const advice = `Send at most ${limit >= 2 ** 20 ? `${limit / 2 ** 20} MiB` : `${limit / 2 ** 10} KiB`}.`;
  return makeProblem('payload_too_large', `The body is larger than ${limit} bytes.`, { advice, limit });
}

/** For a path that no router can read: wrong percent-encoding, or a part that is longer than any id. */
export function unreadablePath(): Problem {
  return makeProblem('invalid_request', 'The path is not valid percent-encoded UTF-8, or a part of it is too long.', {
    advice: 'Correct the path of the request.',
  });
}

/**
 * For what the HTTP parser refuses before there is a request, by the code of Node's error. `start`: what came first, as
 * the parser does not say whether the address or a header was too long.
 */
export function unreadableRequest(code: string | undefined, start = ''): Problem {
  if (code === 'HPE_HEADER_OVERFLOW' && /^[A-Z]+ \S+$/.test(start)) {
    return makeProblem('uri_too_long', 'The path and query are longer than 16 KiB.');
  }
  if (code === 'HPE_HEADER_OVERFLOW') return makeProblem('headers_too_large', 'The headers are larger than 16 KiB.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return makeProblem('request_timeout', 'The request did not arrive in time.');
  return makeProblem('invalid_request', 'The request could not be read as HTTP.', {
    advice: 'Check its method, path and headers.',
  });
}

/** Without keys, for a request that names another host or that the page of another origin made. */
export function notLocal(): Problem {
  return makeProblem('forbidden', 'Without keys only requests from this machine are answered, under a loopback name.', {
    advice: 'Use http://127.0.0.1 or http://localhost, or start the server with PLANWRIGHT_AUTH=required.',
  });
}

/** With keys, for a request that the page of another origin made. */
export function otherOrigin(): Problem {
  return makeProblem('forbidden', 'Pages of this origin are not allowed here.', {
    advice: 'Name the origin in PLANWRIGHT_ALLOWED_ORIGINS, exactly as browsers send it.',
  });
}

/** 405 where the path exists with other methods, else 404. */
function unmatched({ method, url }: { method: string; url: string }): Problem {
  const path = url.split('?')[0] ?? url;
  const allowed = allowedMethods(path);
  if (allowed.length === 0) {
    const advice = 'See /docs for the routes.';
    return makeProblem('not_found', `There is no route ${method} ${path.slice(0, 200)}.`, { advice });
  }
  const verb = allowed.length === 1 ? 'is' : 'are';
  return makeProblem('method_not_allowed', `${method} is not possible here; ${allowed.join(', ')} ${verb}.`, {
    allow: allowed,
  });
}

/** What may be asked of a path, HEAD with GET; empty where there is no such path. */
export function allowedMethods(path: string): string[] {
  return Object.values(ROUTES)
    .filter((route) => new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
}

function sentence(text: string): string {
  return `${text.replace(/[.\s]+$/, '')}.`;
}
