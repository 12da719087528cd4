import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { NotFound } from '../shell/not-found.js';
import { useTitle } from '../shell/use-title.js';
import { ApiKeysPart } from './api-keys/api-keys-part.js';
import { AuditPart } from './audit/audit-part.js';
import { BlueprintsPart } from './blueprints/blueprints-part.js';
import { WebhooksPart } from './webhooks/webhooks-part.js';
import styles from './settings.module.css';

const PARTS = [
  { id: 'api-keys', title: 'API keys', Part: ApiKeysPart },
  { id: 'webhooks', title: 'Webhooks', Part: WebhooksPart },
  { id: 'blueprints', title: 'Blueprints', Part: BlueprintsPart },
  { id: 'audit-log', title: 'Audit log', Part: AuditPart },
] as const;

/** What is set for the whole workspace, part by part. */
export default function SettingsPage({ part }: { part: string }): ReactElement {
  const found = PARTS.find(({ id }) => id === part);
  useTitle(found ? `${found.title}, settings` : null);
  if (!found) return <NotFound />;
  return (
    <div className={styles.page}>
      <h1>Settings</h1>
      <nav className={styles.tabs} aria-label="Settings">
        {PARTS.map(({ id, title }) => (
          <Link key={id} href={`/settings/${id}`} aria-current={id === part ? 'page' : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      <found.Part />
    </div>
  );
}
