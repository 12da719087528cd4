import type { ReactElement } from 'react';
import { useClient } from '@planwright/client/react';
import { messageOf } from '../session/messages.js';
import { MenuItem, MenuLabel } from '../ui/menu.js';
import { useToasts } from '../ui/toasts.js';
import { downloadFile } from './download-file.js';
import type { ExportFormat } from './export-formats.js';
import { EXPORT_FORMATS, fileNameOf } from './export-formats.js';
import type { Project } from './queries.js';

/** Paper may take the server a minute. */
const TIMEOUT_MS = 120_000;

/** Items of a menu that download the whole project, in each format there is. */
export function ExportItems({ project }: { project: Project }): ReactElement {
  const download = useExport(project);
  return (
    <>
      <MenuLabel>The whole plan as</MenuLabel>
      {EXPORT_FORMATS.map((format) => (
        <MenuItem key={format.name} onSelect={() => void download(format)}>
          {format.name}
        </MenuItem>
      ))}
    </>
  );
}

function useExport(project: Project): (format: ExportFormat) => Promise<void> {
  const client = useClient();
  const toasts = useToasts();
  return async function download(format) {
    const id = `export ${format.name}`;
    const name = fileNameOf(project.name, format);
    toasts.show({ id, title: `Preparing ${format.name}…`, tone: 'busy' });
    try {
      const file = await client.projects.export(project.id, format.query, { timeoutMs: TIMEOUT_MS });
      downloadFile(file, name);
      toasts.show({ id, title: 'Downloaded', detail: name, tone: 'good' });
    } catch (error) {
      const action = { label: 'Try again', onAction: () => void download(format) };
      toasts.show({ id, title: `${format.name} could not be made`, detail: messageOf(error), tone: 'bad', action });
    }
  };
}
