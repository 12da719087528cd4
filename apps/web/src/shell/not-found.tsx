import type { ReactElement } from 'react';
import { ButtonLink } from '../ui/button.js';
import { Empty } from '../ui/notice.js';
import { useTitle } from './use-title.js';

export function NotFound(): ReactElement {
  useTitle('Not found');
  return (
    <Empty title="There is nothing here">
      <p>The address may be mistyped, or what it showed was deleted.</p>
      <ButtonLink href="/" look="primary">
        All projects
      </ButtonLink>
    </Empty>
  );
}
