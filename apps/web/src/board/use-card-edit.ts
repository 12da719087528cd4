import { useState } from 'react';
import type { Body } from '@planwright/client';
import { ChangedError } from '@planwright/client';
import { useClient } from '@planwright/client/react';
import { useMutation } from '@tanstack/react-query';
import type { Conflict, Draft } from './draft.js';
import { changesOf, decided, differences, draftOf, rebase, tidy, withField } from './draft.js';
import type { DraftField, Task } from './words.js';

interface Edit {
  /** The card as it was read: what is saved is what differs from it. */
  base: Task;
  draft: Draft;
  conflicts: readonly Conflict[];
}

type Offered = keyof NonNullable<Task['suggestion']>['fields'];

/**
 * A card while a person edits it. As long as nothing was typed it follows the card; from then on it stays as the person sees
 * it, until it is saved, or put onto what others have made of the card meanwhile.
 */
export function useCardEdit(card: Task, onSaved: (card: Task) => void) {
  const client = useClient();
  const [edit, setEdit] = useState<Edit>(() => ({ base: card, draft: draftOf(card), conflicts: [] }));
  const isNewer = card.updated_at > edit.base.updated_at;
  const touched = differences(tidy(edit.draft), edit.base);
  if (isNewer && touched.length === 0 && edit.conflicts.length === 0) {
    setEdit({ base: card, draft: draftOf(card), conflicts: [] });
  }

  const put = (current: Task) => setEdit(({ base, draft }) => ({ base: current, ...rebase(base, draft, current) }));
  const save = useMutation({
    mutationFn: async () => {
      let { base, draft } = edit;
      // Others changed other fields: nothing of either side is lost, so it is sent again. Not for ever.
      for (let left = 3; ; left--) {
        try {
          const changes = changesOf(draft, base);
          const isMove = draft.status !== base.status;
          if (Object.keys(changes).length > 0) base = await client.tasks.update(base, changes);
          if (isMove) base = await client.tasks.move(base, { status: draft.status });
          return base;
        } catch (error) {
          if (!(error instanceof ChangedError) || left === 0) throw error;
          const { current } = error;
          const merged = rebase(base, draft, current);
          setEdit({ base: current, ...merged });
          if (merged.conflicts.length > 0) return null;
          base = current;
          draft = merged.draft;
        }
      }
    },
    onSuccess: (saved) => {
      if (saved) onSaved(saved);
    },
  });

  const decide = useMutation({
    mutationFn: (body: Body<'decideSuggestion'>) =>
      client.tasks.suggestion(isNewer && touched.length === 0 ? card : edit.base, body),
    onSuccess: (current, { action, fields }) => {
      const offered = Object.keys(edit.base.suggestion?.fields ?? {}) as Offered[];
      setEdit(({ base, draft }) => {
        const merged = rebase(base, draft, current);
        const accepted = action === 'accept' ? (fields ?? offered) : [];
        const next = accepted.reduce((all, field) => withField(all, field, current), merged.draft);
        return {
          base: current,
          draft: next,
          conflicts: merged.conflicts.filter(({ field }) => !accepted.some((one) => one === field)),
        };
      });
    },
    onError: (error) => {
      if (error instanceof ChangedError) put(error.current);
    },
  });

  return {
    ...edit,
    touched,
    /** What others have changed since the card was read here. */
    changedByOthers: isNewer ? differences(card, edit.base) : [],
    isUndecided: edit.conflicts.some(({ choice }) => choice === null),
    set: <Field extends DraftField>(field: Field, value: Draft[Field]) =>
      setEdit((now) => ({ ...now, draft: { ...now.draft, [field]: value } })),
    choose: (field: DraftField, choice: 'mine' | 'theirs') =>
      setEdit((now) => ({ ...now, ...decided(now, field, choice) })),
    /** Puts what was typed onto the card as it is now. */
    takeNewest: () => put(card),
    save,
    decide,
  };
}
