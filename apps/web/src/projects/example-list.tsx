import type { ReactElement } from 'react';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { PLAN, queryOf } from '../plan/run-choices.js';
import { ErrorNotice } from '../ui/notice.js';
import { Spinner } from '../ui/spinner.js';
import type { ExampleIdea } from './example-ideas.js';
import { EXAMPLE_IDEAS } from './example-ideas.js';
import styles from './projects.module.css';

/** Ideas to try: one press makes a project of one, ready to start. */
export function ExampleIdeas(): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const create = useMutation({
    mutationFn: ({ name, idea, constraints }: ExampleIdea) => client.projects.create({ name, idea, constraints }),
    onSuccess: (project) => {
      queries.setQueryData(['project', project.id], project);
      void queries.invalidateQueries({ queryKey: ['projects'] });
      go(`/projects/${project.id}/plan/prd?${queryOf({ mode: 'draft', documents: PLAN })}`);
    },
  });
  return (
    <>
      <p>Or try one of these:</p>
      <ul role="list" className={styles.examples}>
        {EXAMPLE_IDEAS.map((example) => (
          <li key={example.name}>
            <button
              type="button"
              aria-busy={create.isPending}
              onClick={() => {
                if (!create.isPending) create.mutate(example);
              }}
            >
              <strong>
                {create.isPending && create.variables === example && <Spinner />} {example.name}
              </strong>
              <span>{example.idea}</span>
            </button>
          </li>
        ))}
      </ul>
      {create.error && <ErrorNotice error={create.error} />}
    </>
  );
}
