import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { formatNumber } from '../format/numbers.js';
import { useNames } from '../project/use-names.js';
import { WriterFields } from '../project/writer-fields.js';
import { fieldSentence } from '../session/messages.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { ErrorNotice } from '../ui/notice.js';
import { useToasts } from '../ui/toasts.js';
import { CascadeField } from './cascade-field.js';
import { conflictOf } from './conflict.js';
import { ConflictChoice, ConflictNotice } from './conflict-notice.js';
import { PreviewPanel } from './preview-panel.js';
import { ScopeField } from './scope-field.js';
import { usePreview, useRegenerate } from './use-regenerate.js';
import type { Choices, Wish } from './wish.js';
import { AS_USUAL, cascadable, LONGEST_INSTRUCTIONS, requestOf } from './wish.js';
import styles from './regenerate.module.css';

interface RegenerateDialogProps {
  projectId: string;
  title: string;
  wish: Wish;
  onClose: () => void;
}

/** Says what writing something anew touches and takes, before it is started. */
export function RegenerateDialog({ projectId, title, wish, onClose }: RegenerateDialogProps): ReactElement {
  const names = useNames();
  const toasts = useToasts();
  const [, go] = useLocation();
  const [choices, setChoices] = useState<Choices>(AS_USUAL);
  const [isWriterOpen, setIsWriterOpen] = useState(false);
  const choose = (change: Partial<Choices>) => {
    regenerate.reset();
    setChoices((all) => ({ ...all, ...change }));
  };
  const tooLong = choices.instructions.length > LONGEST_INSTRUCTIONS;
  const request = requestOf(wish, choices);
  const preview = usePreview(projectId, request, !tooLong);
  const about = wish.what === 'stale' ? 'sections' : wish.what;
  const regenerate = useRegenerate(projectId, choices.cascade.length > 0 ? 'sections' : about);

  const failure = regenerate.error ?? preview.error;
  const conflict = conflictOf(failure, names);
  const errors = {
    provider: fieldSentence(failure, '/provider', 'The provider'),
    model: fieldSentence(failure, '/model', 'The model'),
  };
  const isAtField = errors.provider !== null || errors.model !== null;
  const isOfPrd = wish.what === 'section' && wish.kind === 'prd';
  const candidates = isOfPrd && preview.data ? cascadable(preview.data, choices.cascade) : [];

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (tooLong || regenerate.isPending) return;
    regenerate.mutate(request, {
      onSuccess: ({ runId, warning }) => {
        toasts.show({
          id: `regenerate ${runId}`,
          title: choices.onConflict === 'reject' ? 'Writing has begun' : 'Writing begins as soon as it can',
          detail: warning === null ? undefined : `${warning}.`,
          tone: 'plain',
          action: { label: 'See the run', onAction: () => go(`/projects/${projectId}/runs#${runId}`) },
        });
        onClose();
      },
    });
  };

  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} className={styles.form}>
        {wish.what === 'document' && (
          <ScopeField
            kind={wish.kind}
            downstream={choices.downstream}
            onChange={(downstream) => choose({ downstream })}
          />
        )}
        {wish.what === 'stale' ? (
          <p>Writes what was made from texts that have changed since, and leaves everything else as it is.</p>
        ) : (
          <Instructions value={choices.instructions} onChange={(instructions) => choose({ instructions })} />
        )}
        {candidates.length > 0 && (
          <CascadeField sections={candidates} chosen={choices.cascade} onChange={(cascade) => choose({ cascade })} />
        )}
        {wish.what === 'section' && wish.kind !== 'prd' && (
          <label className={styles.check}>
            <input
              type="checkbox"
              checked={choices.downstream}
              onChange={(event) => choose({ downstream: event.target.checked })}
            />
            Also regenerate everything made from it
          </label>
        )}
        <details
          className={styles.more}
          open={isWriterOpen || isAtField}
          onToggle={(event) => setIsWriterOpen(event.currentTarget.open)}
        >
          <summary>Provider and model</summary>
          <WriterFields value={choices} onChange={choose} usual="As usual" errors={errors} />
        </details>
        {choices.onConflict !== 'reject' && !conflict && (
          <ConflictChoice chosen={choices.onConflict} onUndo={() => choose({ onConflict: 'reject' })} />
        )}
        {conflict ? (
          <ConflictNotice
            projectId={projectId}
            conflict={conflict}
            chosen={choices.onConflict}
            onChoose={(onConflict) => choose({ onConflict })}
          />
        ) : (
          failure !== null && !isAtField && <ErrorNotice error={failure} onRetry={() => void preview.refetch()} />
        )}
        {!preview.error && <PreviewPanel estimate={preview.data ?? null} isBehind={preview.isBehind} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            look="primary"
            busy={regenerate.isPending}
            disabled={tooLong || !preview.data || preview.error !== null}
          >
            Regenerate
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function Instructions({ value, onChange }: { value: string; onChange: (value: string) => void }): ReactElement {
  const tooLong = value.length > LONGEST_INSTRUCTIONS;
  return (
    <div className={styles.instructions}>
      <Field
        label="Instructions (optional)"
        error={tooLong ? `Please shorten this to ${formatNumber(LONGEST_INSTRUCTIONS)} characters.` : null}
      >
        <textarea
          rows={3}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          placeholder="What should be different this time?"
        />
      </Field>
      <p className={tooLong ? styles.over : styles.count}>
        {formatNumber(value.length)} of {formatNumber(LONGEST_INSTRUCTIONS)} characters
      </p>
    </div>
  );
}
