import type { ReactElement } from 'react';
import { Download } from 'lucide-react';
import { Button } from '../ui/button.js';
import { Menu } from '../ui/menu.js';
import { ExportItems } from './export-items.js';
import type { Project } from './queries.js';

/** What can be done with a project as a whole. */
export function ProjectActions({ project }: { project: Project }): ReactElement {
  return (
    <div data-print="no">
      <Menu
        trigger={
          <Button look="quiet">
            <Download /> Export
          </Button>
        }
      >
        <ExportItems project={project} />
      </Menu>
    </div>
  );
}
