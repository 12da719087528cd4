import type { ReactElement } from 'react';
import { memo, useMemo } from 'react';
import type { Block } from './blocks.js';
import { createBlockRenderer } from './render-block.js';
import type { SafeHtml } from './sanitise.js';
import { createSanitiser } from './sanitise.js';
import { useBlocks } from './use-blocks.js';
import styles from './markdown.module.css';

const render = createBlockRenderer(createSanitiser(window));

/** So many blocks stand in a box of their own, which costs nothing while it is far from the screen. */
const GROUP = 16;

interface MarkdownProps {
  text: string;
  /** It is being written: new text appears evenly, with a cursor at its end. */
  isGrowing?: boolean;
}

/** A text of a model, drawn as a document; hostile until it is sanitised, and so it is. */
export const Markdown = memo(function Markdown({ text, isGrowing = false }: MarkdownProps): ReactElement {
  return <Groups blocks={useBlocks(text, isGrowing)} isGrowing={isGrowing} />;
});

interface GroupsProps {
  blocks: readonly Block[];
  isGrowing: boolean;
}

function Groups({ blocks, isGrowing }: GroupsProps): ReactElement {
  const count = Math.max(1, Math.ceil(blocks.length / GROUP));
  return (
    <div className={styles.text}>
      {Array.from({ length: count }, (_, index) => (
        <Group
          key={index}
          blocks={blocks.slice(index * GROUP, (index + 1) * GROUP)}
          isGrowing={isGrowing && index === count - 1}
        />
      ))}
    </div>
  );
}

/** Drawn again only if a block of it is another. */
const Group = memo(
  function Group({ blocks, isGrowing }: GroupsProps): ReactElement {
    return (
      <div className={blocks.length === GROUP && !isGrowing ? `${styles.group} ${styles.full}` : styles.group}>
        {blocks.map((block, index) => (
          <OneBlock
            key={index}
            html={render(block)}
            isTable={block.token.type === 'table'}
            hasCursor={isGrowing && index === blocks.length - 1}
          />
        ))}
      </div>
    );
  },
  (before, after) =>
    before.isGrowing === after.isGrowing &&
    before.blocks.length === after.blocks.length &&
    before.blocks.every((block, index) => block === after.blocks[index]),
);

interface OneBlockProps {
  html: SafeHtml;
  /** Scrolls by itself where it is too wide, and so has to be reached by the keyboard. */
  isTable: boolean;
  hasCursor: boolean;
}

/** Drawn again only if its HTML is another. */
const OneBlock = memo(
  function OneBlock({ html, isTable, hasCursor }: OneBlockProps): ReactElement {
    const inner = useMemo(() => ({ __html: html }), [html]);
    const look = [isTable && styles.table, hasCursor && styles.cursor].filter(Boolean).join(' ') || undefined;
    return isTable ? (
      <div className={look} role="region" aria-label="Table" tabIndex={0} dangerouslySetInnerHTML={inner} />
    ) : (
      <div className={look} dangerouslySetInnerHTML={inner} />
    );
  },
  (before, after) =>
    before.isTable === after.isTable &&
    before.hasCursor === after.hasCursor &&
    (before.html === after.html || String(before.html) === String(after.html)),
);
