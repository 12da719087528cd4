import type { Role } from '@planwright/contracts';
import { invalidFields } from '@planwright/contracts';
import { notFound, refusal, RequestProblem } from '../http/problem.js';

/** The problem for a key that is not made. */
export function refuseNewKey(refused: 'role' | 'expired', roles: { held: Role; needed: Role }): RequestProblem {
  if (refused === 'role') {
    const detail = `Nobody gives away more than they have: a key with the role ${roles.needed} is for those who hold it.`;
    return new RequestProblem('forbidden', detail, { ...roles });
  }
  return refusal(invalidFields([{ pointer: '/expires_at', code: 'in_the_past', message: 'must be in the future' }]));
}

/** The problem for a key that keeps its secret. */
export function refuseRotation(refused: 'not_found' | 'ended' | 'configured', id: string): RequestProblem {
  switch (refused) {
    case 'not_found':
      return notFound('API key', id);
    case 'ended':
      return new RequestProblem('not_rotatable', 'The key was revoked or has expired, and does not come back.');
    case 'configured':
      return new RequestProblem('not_rotatable', 'The key is that of PLANWRIGHT_BOOTSTRAP_KEY, and is changed there.');
  }
}
