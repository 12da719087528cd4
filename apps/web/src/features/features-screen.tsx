import type { ReactElement } from 'react';
import { useClient, useFeatureEvents } from '@planwright/client/react';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import type { Project } from '../project/queries.js';
import { read, useDocuments } from '../project/queries.js';
import { Button } from '../ui/button.js';
import { Empty, ErrorNotice, Loading } from '../ui/notice.js';
import { openFeatureDialog } from './feature-dialog-store.js';
import { FeatureItem } from './feature-item.js';
import styles from './features.module.css';

/** Additions to the product: asks for new ones, and shows what became of those before. */
export default function FeaturesScreen({ project }: { project: Project }): ReactElement {
  const features = useQuery(read.features(useClient(), project.id));
  const documents = useDocuments(project.id);
  const { latest } = useFeatureEvents(project.id);
  const add = (
    <Button look="primary" onClick={() => openFeatureDialog()}>
      <Plus /> Add feature
    </Button>
  );
  if (features.isPending) return <Loading what="the features" />;
  if (features.error && !features.data) {
    return <ErrorNotice error={features.error} onRetry={() => void features.refetch()} />;
  }
  if (features.data?.length === 0) {
    return (
      <Empty title="No features yet">
        <p>Describe something the product should also do. A short spec and its cards are written in the background.</p>
        {add}
      </Empty>
    );
  }
  return (
    <>
      <div className={styles.head}>
        <h2>Features</h2>
        {add}
      </div>
      <ul role="list" className={styles.list}>
        {features.data?.map((feature) => (
          <FeatureItem
            key={feature.id}
            project={project}
            feature={feature}
            documents={documents.data?.filter(({ feature_id }) => feature_id === feature.id) ?? []}
            latest={latest[feature.id]}
          />
        ))}
      </ul>
    </>
  );
}
