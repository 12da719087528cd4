import type { BoardAnswer, Tx } from '@planwright/persistence';
import type { ChangeAnswer, ChangeRequest, MakeChange } from '../changes/make-change.js';
import { refuseChange } from './refuse-change.js';
import type { Asked } from './refuse-change.js';
import { tellBoard } from './tell-board.js';

/**
 * Makes a change of a board: the cards, what its followers are told and the answer in one transaction, or none of them.
 * What changes nothing is answered all the same, and nobody is told.
 */
export class ChangeBoard {
  constructor(private readonly makeChange: MakeChange) {}

  /** Answers the card as it is then. Throws what `refuseChange` makes of a refusal. */
  execute(
    request: ChangeRequest,
    asked: Asked,
    work: (tx: Tx) => Promise<BoardAnswer>,
    status: 200 | 201 = 200,
  ): Promise<ChangeAnswer> {
    const { workspaceId } = request;
    return this.makeChange.execute(request, async (tx) => {
      const answer = await work(tx);
      if (!answer.ok) throw refuseChange(answer.refusal, asked);
      const { task, projectId, changes } = answer;
      const messages = await tellBoard(tx, { workspaceId, projectId }, changes);
      return { status, body: task, messages, ...(status === 201 && { location: `/v1/tasks/${task.id}` }) };
    });
  }
}
