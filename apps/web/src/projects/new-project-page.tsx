import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { ChoicesFields } from '../plan/choices-fields.js';
import type { RunChoices } from '../plan/run-choices.js';
import { PLAN, queryOf } from '../plan/run-choices.js';
import { WriterFields } from '../project/writer-fields.js';
import { fieldError } from '../session/messages.js';
import { useTitle } from '../shell/use-title.js';
import { Button, ButtonLink } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { ErrorNotice } from '../ui/notice.js';
import { hasFieldErrors, nameOfIdea } from './new-project.js';
import styles from './projects.module.css';

const FIELDS = ['/name', '/idea', '/constraints', '/preferred_provider', '/preferred_model'];

/** An idea becomes a project; then its plan screen says what writing it takes. */
export default function NewProjectPage(): ReactElement {
  useTitle('New project');
  const client = useClient();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [fields, setFields] = useState({ name: '', idea: '', constraints: '' });
  const [choices, setChoices] = useState<RunChoices>({ mode: 'detailed', documents: PLAN });
  const [writer, setWriter] = useState({ provider: '', model: '' });
  const set = (change: Partial<typeof fields>) => setFields((before) => ({ ...before, ...change }));
  const create = useMutation({
    mutationFn: () =>
      client.projects.create({
        name: fields.name.trim() || nameOfIdea(fields.idea),
        idea: fields.idea.trim(),
        constraints: fields.constraints.trim(),
        preferred_provider: writer.provider || null,
        preferred_model: writer.model.trim() || null,
      }),
    onSuccess: (project) => {
      queries.setQueryData(['project', project.id], project);
      void queries.invalidateQueries({ queryKey: ['projects'] });
      go(`/projects/${project.id}/plan/prd?${queryOf(choices)}`);
    },
  });
  const errorOf = (pointer: string) => fieldError(create.error, pointer);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!create.isPending) create.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div>
        <h1>New project</h1>
        <p className={styles.lead}>
          Describe what you have in mind. The next step shows what the plan takes before it is written.
        </p>
      </div>
      <Field
        label="Idea"
        hint="What it is, who it is for, what it should do. A sentence is enough; a page is better."
        error={errorOf('/idea')}
      >
        <textarea
          required
          rows={6}
          maxLength={32_000}
          value={fields.idea}
          onChange={({ target }) => set({ idea: target.value })}
        />
      </Field>
      <Field label="Name" hint="Empty: the first words of the idea." error={errorOf('/name')}>
        <input maxLength={200} value={fields.name} onChange={({ target }) => set({ name: target.value })} />
      </Field>
      <Field
        label="Constraints"
        hint="Optional: budget, team, dates, technology, rules to keep."
        error={errorOf('/constraints')}
      >
        <textarea
          rows={3}
          maxLength={16_000}
          value={fields.constraints}
          onChange={({ target }) => set({ constraints: target.value })}
        />
      </Field>
      <ChoicesFields choices={choices} onChange={setChoices} />
      <WriterFields
        value={writer}
        onChange={setWriter}
        usual="As configured"
        errors={{ provider: errorOf('/preferred_provider'), model: errorOf('/preferred_model') }}
      />
      {create.error && !hasFieldErrors(create.error, FIELDS) && <ErrorNotice error={create.error} />}
      <div className={styles.formActions}>
        <Button type="submit" look="primary" busy={create.isPending}>
          Create project
        </Button>
        <ButtonLink href="/" look="quiet">
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
