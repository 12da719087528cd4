import { PROBLEMS } from '../problems.js';
import { problemsOf } from './openapi-parts.js';
import type { Route } from './routes.js';

/** What a client author has to know of a route beyond its summary, from the same table that the server goes by. */
export function describeRoute(route: Route): string {
  const { summary, idempotent, ifMatch, prefer, deprecated, dryRun, maxBodyBytes, alsoProduces } = route;
  const codes = problemsOf(route).map((code) => `\`${code}\` (${PROBLEMS[code].status})`);
  const sentences = [
    `${summary}.`,
    deprecated && `Deprecated: use ${deprecated.successor}; this route goes after ${deprecated.sunset}.`,
    `Needs the role \`${route.needs}\`.`,
    idempotent && 'With an `Idempotency-Key` a request that is sent again is answered as the first one was.',
    ifMatch === 'required' && 'Needs `If-Match`, so that nothing is changed that you have not seen.',
    ifMatch === 'optional' && 'With `If-Match` it changes nothing that has changed since you read it.',
    prefer && '`Prefer: wait=N` keeps the request open for up to N seconds and answers 200 if the work ended in time.',
    dryRun && 'With `dry_run` it answers 200 with what it would do, and changes nothing.',
    maxBodyBytes !== undefined && `The body may have up to ${maxBodyBytes / 2 ** 20} MiB.`,
    deprecated &&
      'Each `chunk` has `run_id`, `section_id`, `attempt`, `offset` and `content`. One with a higher `attempt` begins ' +
        'its section anew: what came of it before is void. `complete` has the `status` the run ended with.',
    alsoProduces?.includes('text/event-stream') &&
      'The events of a run are those of docs/protocol.md. A connection that ends is not the end of the run: go on at ' +
        '`GET /v1/runs/{id}/events`, with the last `id` as `Last-Event-ID` where there was one.',
    `Refusals: ${codes.join(', ')}.`,
  ];
  return sentences.filter((sentence) => typeof sentence === 'string').join(' ');
}
