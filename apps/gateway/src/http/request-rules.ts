import { invalidFields, makeProblem } from '@planwright/contracts';
import type { Problem, Route } from '@planwright/contracts';

/** What is wrong with a request whatever its route does with it: a parameter nobody reads, or an answer nobody takes. */
export function refusedByRules(
  route: Route,
  { query, accept }: { query: object; accept: string | undefined },
): Problem | null {
  // Where there is a schema, it names what it does not know by itself.
  const unknown = route.query ? [] : Object.keys(query);
  if (unknown.length > 0) {
    return invalidFields(
      unknown.map((name) => ({ pointer: `?${name}`, code: 'unknown_field', message: 'is not a known parameter' })),
    );
  }
  const produces = [...(route.response ? ['application/json'] : []), ...(route.alsoProduces ?? [])];
  if (produces.length === 0 || accept === undefined || produces.some((type) => isAccepted(type, accept))) return null;
  const detail = `The answer is ${produces.join(' or ')}, and \`Accept\` allows none of these.`;
  return makeProblem('not_acceptable', detail, { produces });
}

/** True where an `Accept` header lets this type pass (RFC 9110, 12.5.1): the most exact range that fits decides. */
export function isAccepted(type: string, accept: string): boolean {
  const [wanted = ''] = type.split(';');
  const [family] = wanted.split('/');
  const ranges = accept
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim()))
    .map(([name = '', ...parameters]) => ({ name, refused: parameters.some((one) => /^q=0(\.0{0,3})?$/.test(one)) }));
  for (const name of [wanted, `${family}/*`, '*/*']) {
    const found = ranges.find((range) => range.name === name);
    if (found) return !found.refused;
  }
  return false;
}
