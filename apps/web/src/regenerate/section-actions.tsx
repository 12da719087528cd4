import type { Schemas } from '@planwright/client';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { Copy, Ellipsis, Link2, RefreshCw } from 'lucide-react';
import type { Project } from '../project/queries.js';
import { useNames } from '../project/use-names.js';
import { Button } from '../ui/button.js';
import { Menu, MenuItem } from '../ui/menu.js';
import { sectionMarkdown } from './copied-markdown.js';
import { RegenerateDialog } from './regenerate-dialog.js';
import { useCopy } from './use-copy.js';

interface SectionActionsProps {
  project: Project;
  document: Schemas['Document'];
  sectionId: string;
}

/** What can be done with a section: regenerate it, copy its text, link to it. */
export function SectionActions({ project, document, sectionId }: SectionActionsProps): ReactElement {
  const names = useNames();
  const copy = useCopy();
  const [isOpen, setIsOpen] = useState(false);
  const { kind, id: documentId, active_version: active } = document;
  const section = active?.sections.find(({ id }) => id === sectionId);
  const title = section?.title ?? names.section(sectionId);
  const link = `${location.origin}/projects/${project.id}/plan/${kind}#${sectionId}`;
  return (
    <>
      <Menu
        trigger={
          <Button look="quiet" icon small aria-label={`Actions for ${title}`} data-print="no">
            <Ellipsis />
          </Button>
        }
      >
        <MenuItem onSelect={() => setIsOpen(true)}>
          <RefreshCw /> Regenerate
        </MenuItem>
        <MenuItem
          disabled={section?.content == null}
          onSelect={() => section && void copy(sectionMarkdown(section), `${title} copied`)}
        >
          <Copy /> Copy section
        </MenuItem>
        <MenuItem onSelect={() => void copy(link, 'Link copied')}>
          <Link2 /> Copy link
        </MenuItem>
      </Menu>
      {isOpen && (
        <RegenerateDialog
          projectId={project.id}
          title={`Regenerate ${title}`}
          wish={{ what: 'section', kind, documentId, sectionId }}
          onClose={() => setIsOpen(false)}
        />
      )}
    </>
  );
}
