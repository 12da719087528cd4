import type { ChangeEvent, ReactElement } from 'react';
import { useRef } from 'react';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useLocation } from 'wouter';
import { Button } from '../ui/button.js';
import { useToasts } from '../ui/toasts.js';
import { importFailure, LARGEST_BUNDLE_BYTES, readBundle } from './read-bundle.js';

const TOO_LARGE = 'The file is too large: a backup may have 8 MiB at most.';

/** A button that makes a new project of a file that was exported as a backup, and goes there. */
export function ImportProject(): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const toasts = useToasts();
  const [, go] = useLocation();
  const input = useRef<HTMLInputElement>(null);
  const restore = useMutation({
    mutationFn: async (file: File) => {
      if (file.size > LARGEST_BUNDLE_BYTES) throw new Error(TOO_LARGE);
      const read = readBundle(await file.text());
      if (!read.ok) throw new Error(read.why);
      return client.projects.import(read.bundle);
    },
    onSuccess: async ({ id, name }) => {
      await queries.invalidateQueries({ queryKey: ['projects'] });
      toasts.show({ id: 'import', title: 'Project imported', detail: name, tone: 'good' });
      go(`/projects/${id}`);
    },
    onError: (error) =>
      toasts.show({ id: 'import', title: 'Nothing was imported', detail: importFailure(error), tone: 'bad' }),
  });
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    // The same file can be chosen again.
    event.target.value = '';
    if (file) restore.mutate(file);
  };
  return (
    <>
      <input ref={input} type="file" accept="application/json,.json" hidden onChange={take} />
      <Button busy={restore.isPending} onClick={() => input.current?.click()}>
        <Upload /> Import
      </Button>
    </>
  );
}
