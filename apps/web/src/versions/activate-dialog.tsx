import type { Schemas } from '@planwright/client';
import type { ReactElement } from 'react';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { listed, madeFrom } from '../project/names.js';
import type { Project } from '../project/queries.js';
import { read, useBlueprints, useDocuments } from '../project/queries.js';
import { useNames } from '../project/use-names.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { ErrorNotice } from '../ui/notice.js';
import { useToasts } from '../ui/toasts.js';
import { comparePath } from './version-words.js';

interface ActivateDialogProps {
  project: Project;
  kind: string;
  version: Schemas['VersionSummary'] | Schemas['Version'];
  activeId: string | null;
  onClose: () => void;
}

/** Asks before a version becomes the one readers get, and says what is outdated by that. */
export function ActivateDialog({ project, kind, version, activeId, onClose }: ActivateDialogProps): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const toasts = useToasts();
  const names = useNames();
  const { id, number, document_id: documentId } = version;
  const documents = useDocuments(project.id).data ?? [];
  const made = madeFrom(kind, useBlueprints().data ?? []).filter((one) =>
    documents.some((document) => document.kind === one && document.active_version !== null),
  );
  const activate = useMutation({
    mutationFn: async () => {
      await client.versions.activate(id);
      await queries.invalidateQueries({ queryKey: ['project', project.id] });
      return queries.fetchQuery({ ...read.documents(client, project.id), staleTime: 0 });
    },
    onSuccess: (now) => {
      const outdated = now.filter(({ stale, feature_id: feature }) => stale && feature === null);
      toasts.show({
        id: 'activated',
        title: `Version ${number} is the active one now`,
        detail:
          outdated.length > 0
            ? `Out of date: ${listed(outdated.map((one) => names.document(one.kind)))}.`
            : 'Everything is up to date.',
        tone: 'good',
      });
      onClose();
    },
  });
  return (
    <Dialog title={`Make version ${number} the active version?`} onClose={onClose}>
      <p>
        Readers, exports and new runs then get this text. No text is changed, and every other version stays here.{' '}
        {activeId !== null && (
          <Link href={comparePath(project.id, documentId, activeId, id)}>Compare it with the active version</Link>
        )}
      </p>
      {made.length > 0 && (
        <p>
          {listed(made.map(names.document))} may show as out of date afterwards, where{' '}
          {made.length === 1 ? 'it was' : 'they were'} made from a text that differs. Making the other version active
          again takes that back.
        </p>
      )}
      {kind === 'task_set' && (
        <p>
          Cards on the board follow: those nobody touched change, edited ones keep their text with the other one offered
          beside.
        </p>
      )}
      {activate.error && <ErrorNotice error={activate.error} />}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" busy={activate.isPending} onClick={() => activate.mutate()}>
          Make active
        </Button>
      </DialogActions>
    </Dialog>
  );
}
