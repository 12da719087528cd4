import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { counted } from '../format/numbers.js';
import type { Project } from '../project/queries.js';
import { isActive, useDocuments, useRuns } from '../project/queries.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { ErrorNotice } from '../ui/notice.js';
import { useToasts } from '../ui/toasts.js';
import styles from './details.module.css';

/** Asks for the project's name before it is deleted, and says what goes with it. */
export function DeleteDialog({ project, onClose }: { project: Project; onClose: () => void }): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const toasts = useToasts();
  const [, go] = useLocation();
  const [typed, setTyped] = useState('');
  const documents = useDocuments(project.id).data?.length ?? 0;
  const active = (useRuns(project.id).data?.items ?? []).filter(isActive).length;
  const remove = useMutation({
    mutationFn: () => client.projects.delete(project.id),
    onSuccess: async () => {
      go('/');
      toasts.show({ id: 'deleted', title: 'Project deleted', detail: project.name, tone: 'plain' });
      await queries.cancelQueries({ queryKey: ['project', project.id] });
      queries.removeQueries({ queryKey: ['project', project.id] });
      await queries.invalidateQueries({ queryKey: ['projects'] });
    },
  });
  const isNamed = typed.trim() === project.name.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isNamed && !remove.isPending) remove.mutate();
  };
  return (
    <Dialog title="Delete this project?" onClose={onClose}>
      <form onSubmit={submit} className={styles.form}>
        <p>
          This deletes “{project.name}” for everybody: its idea, {counted(documents, 'document')} with all versions, the
          board with all cards, its features and its runs. It can’t be undone.
        </p>
        {active > 0 && <p>{counted(active, 'run')} still at work will be cancelled first.</p>}
        <p>To keep a copy, export a backup (JSON) before.</p>
        <Field label="Type the project’s name to confirm" hint={project.name}>
          <input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
        {remove.error && <ErrorNotice error={remove.error} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" busy={remove.isPending} disabled={!isNamed}>
            Delete project
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
