import type { ReactElement } from 'react';
import { useState } from 'react';
import { useClient } from '@planwright/client/react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { useLocation, useSearch } from 'wouter';
import type { Project } from '../project/queries.js';
import { useDocuments } from '../project/queries.js';
import { Button } from '../ui/button.js';
import { ErrorNotice } from '../ui/notice.js';
import { ChoicesFields } from './choices-fields.js';
import { EstimateList } from './estimate-list.js';
import type { RunChoices } from './run-choices.js';
import { choicesOf, nameOfKind } from './run-choices.js';
import styles from './start-card.module.css';

interface StartCardProps {
  project: Project;
  kind: string;
  onStart: () => void;
}

/** Nothing is written yet: what would be, what it would take, and the button that starts it. */
export function StartCard({ project, kind, onStart }: StartCardProps): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const search = useSearch();
  const documents = useDocuments(project.id);
  const hasPrd = documents.data?.some((one) => one.kind === 'prd' && one.active_version !== null) ?? false;
  const [choices, setChoices] = useState(() => choicesOf(search, kind));
  const isWhole = kind === 'prd' || !hasPrd;
  const body = isWhole ? bodyOf(choices) : { documents: [kind] };
  const preview = useQuery({
    queryKey: ['project', project.id, 'preview', body],
    queryFn: ({ signal }) => client.runs.preview(project.id, body, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const start = useMutation({
    mutationFn: () => client.runs.start(project.id, body),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['project', project.id] });
      onStart();
      go(`/projects/${project.id}/plan/${isWhole ? 'prd' : kind}`, { replace: true });
    },
  });
  return (
    <section className={styles.card} aria-labelledby="start-title">
      <div>
        <h2 id="start-title">{isWhole ? 'Ready to start' : `No ${nameOfKind(kind).toLowerCase()} yet`}</h2>
        <p className={styles.idea}>{isWhole ? project.idea : 'It is written from the PRD as it is now.'}</p>
      </div>
      {isWhole && <ChoicesFields choices={choices} onChange={setChoices} />}
      <EstimateList estimate={preview.data ?? null} isOld={preview.isPlaceholderData} />
      {preview.error && <ErrorNotice error={preview.error} onRetry={() => void preview.refetch()} />}
      {start.error && <ErrorNotice error={start.error} />}
      <div>
        <Button look="primary" busy={start.isPending} onClick={() => start.mutate()}>
          <Play /> Start
        </Button>
      </div>
    </section>
  );
}

const bodyOf = ({ mode, documents }: RunChoices) => ({ mode, documents: [...documents] });
