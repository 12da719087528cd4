import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { formatInstant } from '../format/time.js';
import { formatNumber } from '../format/numbers.js';
import type { Project } from '../project/queries.js';
import { useDocuments } from '../project/queries.js';
import { WriterFields } from '../project/writer-fields.js';
import { fieldError, fieldSentence } from '../session/messages.js';
import { useTitle } from '../shell/use-title.js';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { ErrorNotice } from '../ui/notice.js';
import { useToasts } from '../ui/toasts.js';
import { changesOf, detailsOf, LONGEST } from './changes.js';
import type { Details } from './changes.js';
import { DeleteDialog } from './delete-dialog.js';
import styles from './details.module.css';

/** What a project is made from, and its end. */
export default function DetailsScreen({ project }: { project: Project }): ReactElement {
  const [isDeleting, setIsDeleting] = useState(false);
  useTitle(`Details · ${project.name}`);
  return (
    <div className={styles.screen}>
      <DetailsForm project={project} />
      <section className={styles.end}>
        <h2>Delete this project</h2>
        <p>Created {formatInstant(project.created_at)}. Deleting it can’t be undone.</p>
        <Button look="danger" onClick={() => setIsDeleting(true)}>
          Delete project
        </Button>
      </section>
      {isDeleting && <DeleteDialog project={project} onClose={() => setIsDeleting(false)} />}
    </div>
  );
}

function DetailsForm({ project }: { project: Project }): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const toasts = useToasts();
  // Null: as stored, also when somebody else changes it.
  const [edited, setEdited] = useState<Details | null>(null);
  const details = edited ?? detailsOf(project);
  const edit = (change: Partial<Details>) => setEdited({ ...details, ...change });
  const changes = changesOf(project, details);
  const isChanged = Object.keys(changes).length > 0;
  const hasPlan = (useDocuments(project.id).data ?? []).some(({ active_version: active }) => active !== null);
  const save = useMutation({
    mutationFn: () => client.projects.update(project.id, changes),
    onSuccess: async (saved) => {
      queries.setQueryData(['project', project.id], saved);
      setEdited(null);
      const isOutdating = hasPlan && ('idea' in changes || 'constraints' in changes);
      toasts.show({
        id: 'details',
        title: 'Saved',
        detail: isOutdating ? 'Texts made from the old words now show as out of date.' : undefined,
        tone: 'good',
      });
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['project', project.id] }),
        queries.invalidateQueries({ queryKey: ['projects'] }),
      ]);
    },
  });
  const errorAt = (pointer: string, subject: string) => fieldSentence(save.error, pointer, subject);
  const named = ['/name', '/idea', '/constraints', '/preferred_provider', '/preferred_model'];
  const isElsewhere = save.error !== null && !named.some((pointer) => fieldError(save.error, pointer) !== null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isChanged && !save.isPending) save.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <h2>Details</h2>
      <Field label="Name" error={errorAt('/name', 'The name') ?? tooLong(details.name, LONGEST.name)}>
        <input value={details.name} onChange={(event) => edit({ name: event.target.value })} />
      </Field>
      <Field label="Idea" error={errorAt('/idea', 'The idea') ?? tooLong(details.idea, LONGEST.idea)}>
        <textarea rows={8} value={details.idea} onChange={(event) => edit({ idea: event.target.value })} />
      </Field>
      <Field
        label="Constraints"
        hint="What every plan has to respect: budget, dates, technology, rules."
        error={errorAt('/constraints', 'The constraints') ?? tooLong(details.constraints, LONGEST.constraints)}
      >
        <textarea
          rows={5}
          value={details.constraints}
          onChange={(event) => edit({ constraints: event.target.value })}
        />
      </Field>
      <WriterFields
        value={details}
        onChange={edit}
        usual="As in the workspace"
        errors={{
          provider: errorAt('/preferred_provider', 'The provider'),
          model: errorAt('/preferred_model', 'The model'),
        }}
      />
      {isElsewhere && <ErrorNotice error={save.error} />}
      <div className={styles.actions}>
        <Button type="submit" look="primary" busy={save.isPending} disabled={!isChanged}>
          Save changes
        </Button>
        {isChanged && (
          <Button
            look="quiet"
            onClick={() => {
              save.reset();
              setEdited(null);
            }}
          >
            Discard
          </Button>
        )}
      </div>
    </form>
  );
}

const tooLong = (value: string, longest: number): string | null =>
  value.length > longest
    ? `Please shorten this to ${formatNumber(longest)} characters: it has ${formatNumber(value.length)}.`
    : null;
