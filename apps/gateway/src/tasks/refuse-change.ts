import type { FieldError } from '@planwright/contracts';
import { invalidFields, makeProblem, taskETag } from '@planwright/contracts';
import type { BoardRefusal } from '@planwright/persistence';
import { notFound, refusal, RequestProblem } from '../http/problem.js';

/** What was asked for, as it is named where it is not there. */
export interface Asked {
  what: 'task' | 'project';
  id: string;
}

/** The problem for a change of the board that was refused: which field, what is possible, what to do. */
export function refuseChange(refused: BoardRefusal, { what, id }: Asked): RequestProblem {
  switch (refused.kind) {
    case 'not_found':
      return notFound(what, id);
    case 'changed': {
      const { current } = refused;
      const detail = `The card ${current.key} has changed since; its ETag is ${taskETag(current)} now.`;
      return new RequestProblem('precondition_failed', detail, { current });
    }
    case 'full':
      return new RequestProblem('board_full', `A board has at most ${refused.most} cards.`, { limit: refused.most });
    case 'unknown_column':
      return invalid({
        pointer: '/status',
        code: 'unknown_column',
        message: `must be a column of the board: ${refused.columns.join(', ')}`,
        limit: refused.columns,
      });
    case 'unknown_dependency':
      return refusal(invalidFields(refused.unknown.map(unknownDependency)));
    case 'circle': {
      const { path, index } = refused;
      const pointer = `/dependencies/${index}`;
      const message =
        path.length === 2 ? `must not be the card ${path[0]} itself` : `closes a circle: ${path.join(' → ')}`;
      const problem = invalidFields([{ pointer, code: 'dependency_cycle', message }]);
      return refusal(makeProblem('invalid_request', problem.detail, { errors: problem.errors ?? [], path }));
    }
    case 'not_in_column':
      return invalid({
        pointer: `/${refused.field}`,
        code: 'not_in_column',
        message: 'must be another card of this project in the column named in /status',
      });
    case 'wrong_order':
      return invalid({
        pointer: '/before',
        code: 'wrong_order',
        message: 'must stand behind the card named in /after',
      });
    case 'nothing_suggested': {
      const { fields } = refused;
      const detail = fields.length > 0 ? `Nothing is offered for ${fields.join(', ')}.` : 'The card has no suggestion.';
      return new RequestProblem('nothing_suggested', detail, { fields });
    }
  }
}

function unknownDependency({ index, id, key }: { index: number; id: string; key: string | null }): FieldError {
  const message =
    key === null
      ? `names ${id}, which is no card of this project`
      : `names ${key}, which is off the board; restore it first`;
  return { pointer: `/dependencies/${index}`, code: 'unknown_dependency', message };
}

function invalid(error: FieldError): RequestProblem {
  return refusal(invalidFields([error]));
}
