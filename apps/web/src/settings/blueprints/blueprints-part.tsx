import type { ReactElement } from 'react';
import type { Schemas } from '@planwright/client';
import { useBlueprints } from '../../project/queries.js';
import { Badge } from '../../ui/badge.js';
import { Loading } from '../../ui/notice.js';
import { ReadError } from '../read-error.js';
import settings from '../settings.module.css';
import styles from './blueprints.module.css';
import { sourcesOf, stagesOf, titleOf } from './blueprint-view.js';

type Blueprint = Schemas['Blueprint'];

/** The kinds of documents there are: how each is written, stage by stage, and what reads what. */
export function BlueprintsPart(): ReactElement {
  const { data, error, refetch } = useBlueprints();
  return (
    <section className={settings.part}>
      <div>
        <h2>Blueprints</h2>
        <p className={settings.soft}>
          How each kind of document is written. They are files of this installation; whoever runs it can add your own.
        </p>
      </div>
      {error && !data && <ReadError error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading what="the blueprints" />}
      {data?.map((blueprint, place) => (
        <OneBlueprint key={blueprint.id} blueprint={blueprint} all={data} isFirst={place === 0} />
      ))}
    </section>
  );
}

interface OneBlueprintProps {
  blueprint: Blueprint;
  all: readonly Blueprint[];
  isFirst: boolean;
}

function OneBlueprint({ blueprint, all, isFirst }: OneBlueprintProps): ReactElement {
  const { id, version, in_plans, sections } = blueprint;
  return (
    <details className={styles.blueprint} open={isFirst}>
      <summary>
        <h3>{titleOf(blueprint)}</h3>
        <span className={settings.soft}>
          {sections.length === 1 ? 'one section' : `${sections.length} sections`}, <code>{id}</code> version {version}
        </span>
        {!in_plans && <Badge>For features</Badge>}
      </summary>
      <p className={settings.soft}>{sourcesOf(blueprint, all)}.</p>
      <ol role="list" className={styles.stages}>
        {stagesOf(blueprint).map((stage) => (
          <li key={stage.number} className={styles.stage}>
            <div>
              <h4>Stage {stage.number}</h4>
              <p className={settings.soft}>{stage.how}</p>
            </div>
            <ul role="list" className={styles.sections}>
              {stage.sections.map((section) => (
                <li key={section.id}>
                  <p className={settings.name}>
                    <strong>{section.title}</strong>
                    <span className={settings.soft}>{section.words}</span>
                    {section.note && <Badge tone="info">{section.note}</Badge>}
                  </p>
                  <p className={settings.soft}>{section.uses}</p>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </details>
  );
}
