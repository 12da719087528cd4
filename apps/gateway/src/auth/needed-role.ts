import type { Role, Route } from '@planwright/contracts';
import { ROUTES } from '@planwright/contracts';

const NEEDED = new Map<string, Role>(
  Object.values<Route>(ROUTES).map(({ method, path, needs }) => [
    `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    needs,
  ]),
);

/** What a route asks of its caller, by the table of routes; `url` as the router has it (`/v1/runs/:id`). Others: `admin`. */
export function neededRole(method: string, url: string | undefined): Role {
  return NEEDED.get(`${method === 'HEAD' ? 'GET' : method} ${url ?? ''}`) ?? 'admin';
}
