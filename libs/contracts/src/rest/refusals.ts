import type { Problem } from '../problems.js';
import { makeProblem, MAX_BODY_BYTES } from '../problems.js';
import { ROUTES } from './routes.js';

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
      return makeProblem('payload_too_large', `The body is larger than ${MAX_BODY_BYTES} bytes.`);
    case 415:
      return makeProblem('unsupported_media_type', sentence(message));
    default:
      return makeProblem('internal', 'The request could not be finished.');
  }
}

/** For a path that no router can read: wrong percent-encoding, or a part that is longer than any id. */
export function unreadablePath(): Problem {
  return makeProblem('invalid_request', 'The path is not valid percent-encoded UTF-8, or a part of it is too long.', {
    advice: 'Correct the path of the request.',
  });
}

/** For what the HTTP parser refuses before there is a request, by the code of Node's error. */
export function unreadableRequest(code: string | undefined): Problem {
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

/** 405 where the path exists with other methods, else 404. */
function unmatched({ method, url }: { method: string; url: string }): Problem {
  const path = url.split('?')[0] ?? url;
  const allowed = Object.values(ROUTES)
    .filter((route) => new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  if (allowed.length === 0) {
    const advice = 'See /docs for the routes.';
    return makeProblem('not_found', `There is no route ${method} ${path.slice(0, 200)}.`, { advice });
  }
  const verb = allowed.length === 1 ? 'is' : 'are';
  return makeProblem('method_not_allowed', `${method} is not possible here; ${allowed.join(', ')} ${verb}.`, {
    allow: allowed,
  });
}

function sentence(text: string): string {
  return `${text.replace(/[.\s]+$/, '')}.`;
}
