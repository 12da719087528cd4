import type { Schemas } from '@planwright/client';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { useClient } from '@planwright/client/react';
import { useQueryClient } from '@tanstack/react-query';
import { Copy, Diff, Download, Ellipsis, History, Printer, RefreshCw } from 'lucide-react';
import { useLocation } from 'wouter';
import { ExportItems } from '../project/export-items.js';
import type { Project } from '../project/queries.js';
import { read } from '../project/queries.js';
import { useNames } from '../project/use-names.js';
import { messageOf } from '../session/messages.js';
import { Button } from '../ui/button.js';
import { Menu, MenuItem, MenuLine, MenuLink, SubMenu } from '../ui/menu.js';
import { useToasts } from '../ui/toasts.js';
import { comparePath, previousReadable } from '../versions/version-words.js';
import { documentMarkdown } from './copied-markdown.js';
import { RegenerateDialog } from './regenerate-dialog.js';
import { useCopy } from './use-copy.js';
import styles from './regenerate.module.css';

interface DocumentActionsProps {
  project: Project;
  document: Schemas['Document'];
}

/** What can be done with a document: regenerate it, read its versions, export it. */
export function DocumentActions({ project, document }: DocumentActionsProps): ReactElement {
  const names = useNames();
  const [isOpen, setIsOpen] = useState(false);
  const title = `Regenerate ${names.short(document.kind)}`;
  return (
    <div className={styles.bar} data-print="no">
      <Button onClick={() => setIsOpen(true)}>
        <RefreshCw /> {title}
      </Button>
      <DocumentMenu project={project} document={document} />
      {isOpen && (
        <RegenerateDialog
          projectId={project.id}
          title={title}
          wish={{ what: 'document', kind: document.kind }}
          onClose={() => setIsOpen(false)}
        />
      )}
    </div>
  );
}

function DocumentMenu({ project, document }: DocumentActionsProps): ReactElement {
  const names = useNames();
  const copy = useCopy();
  const compare = useCompareWithPrevious(project.id, document);
  const name = names.document(document.kind);
  const { active_version: active } = document;
  return (
    <Menu
      trigger={
        <Button look="quiet" icon aria-label={`More about the ${name}`}>
          <Ellipsis />
        </Button>
      }
    >
      <MenuLink href={`/projects/${project.id}/documents/${document.id}/versions`}>
        <History /> Version history
      </MenuLink>
      <MenuItem disabled={active === null || active.number === 1} onSelect={() => void compare()}>
        <Diff /> Compare with previous
      </MenuItem>
      <MenuLine />
      <SubMenu
        label={
          <>
            <Download /> Export
          </>
        }
      >
        <ExportItems project={project} />
      </SubMenu>
      <MenuItem onSelect={() => print()}>
        <Printer /> Print
      </MenuItem>
      <MenuItem
        disabled={active === null}
        onSelect={() => void copy(documentMarkdown(name, active?.sections ?? []), `${name} copied as Markdown`)}
      >
        <Copy /> Copy as Markdown
      </MenuItem>
    </Menu>
  );
}

/** Goes to what changed from the readable version before the active one. */
function useCompareWithPrevious(projectId: string, { id, active_version: active }: Schemas['Document']) {
  const client = useClient();
  const queries = useQueryClient();
  const toasts = useToasts();
  const [, go] = useLocation();
  return async () => {
    if (active === null) return;
    try {
      const versions = await queries.fetchQuery(read.versions(client, projectId, id));
      const previous = previousReadable(versions, active.number);
      if (previous) go(comparePath(projectId, id, previous.id, active.id));
      else toasts.show({ id: 'compare', title: 'There is no earlier version with a text', tone: 'plain' });
    } catch (error) {
      toasts.show({ id: 'compare', title: 'The versions could not be read', detail: messageOf(error), tone: 'bad' });
    }
  };
}
