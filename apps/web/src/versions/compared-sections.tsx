import type { ReactElement } from 'react';
import { useState } from 'react';
import { Markdown } from '../markdown/markdown.js';
import { Badge } from '../ui/badge.js';
import type { Tone } from '../ui/badge.js';
import { changeId } from './change-navigator.js';
import type { Block, ComparedSection } from './diff-blocks.js';
import { rowsOf } from './diff-blocks.js';
import styles from './versions.module.css';

const STATUSES: Partial<Record<ComparedSection['status'], { word: string; tone: Tone }>> = {
  changed: { word: 'Changed', tone: 'info' },
  added: { word: 'New', tone: 'good' },
  removed: { word: 'Removed', tone: 'bad' },
};

interface ComparedSectionsProps {
  sections: readonly ComparedSection[];
  isBeside: boolean;
  /** Texts of sections that are the same, to be read when they are opened. */
  texts: ReadonlyMap<string, string>;
}

/** Sections of two versions in document order; those that are the same are folded. */
export function ComparedSections({ sections, isBeside, texts }: ComparedSectionsProps): ReactElement {
  return (
    <div className={styles.compared}>
      {sections.map((section) =>
        section.status === 'same' ? (
          <SameSection key={section.id} title={section.title} text={texts.get(section.id) ?? null} />
        ) : (
          <section key={section.id} className={styles.comparedSection}>
            <h3 className={styles.sectionTitle}>
              {section.title} <Badge tone={STATUSES[section.status]?.tone}>{STATUSES[section.status]?.word}</Badge>
            </h3>
            {isBeside ? <Beside blocks={section.blocks} /> : <Inline blocks={section.blocks} />}
          </section>
        ),
      )}
    </div>
  );
}

function SameSection({ title, text }: { title: string; text: string | null }): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  if (text === null) {
    return (
      <p className={styles.same}>
        {title} <span>Unchanged</span>
      </p>
    );
  }
  return (
    <details className={styles.same} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        {title} <span>Unchanged</span>
      </summary>
      {isOpen && <Markdown text={text} />}
    </details>
  );
}

function Inline({ blocks }: { blocks: readonly Block[] }): ReactElement {
  return (
    <div className={styles.source}>
      {blocks.map((block, i) =>
        block.kind === 'same' ? (
          <span key={i}>{block.text}</span>
        ) : (
          <span key={i} id={changeId(block.index)} tabIndex={-1} className={styles.change}>
            <Removed text={block.removed} />
            <Added text={block.added} />
          </span>
        ),
      )}
    </div>
  );
}

function Beside({ blocks }: { blocks: readonly Block[] }): ReactElement {
  return (
    <div className={styles.beside}>
      {rowsOf(blocks).map((row, i) => (
        <div key={i} className={styles.besideRow}>
          <div className={styles.source}>
            {row.map((block, j) => (block.kind === 'same' ? block.text : <Removed key={j} text={block.removed} />))}
          </div>
          <div className={styles.source}>
            {row.map((block, j) =>
              block.kind === 'same' ? (
                block.text
              ) : (
                <span key={j} id={changeId(block.index)} tabIndex={-1} className={styles.change}>
                  <Added text={block.added} />
                </span>
              ),
            )}
          </div>
        </div>
      ))}
    </div>
  );
}

function Removed({ text }: { text: string }): ReactElement | null {
  if (text === '') return null;
  return (
    <del className={styles.del}>
      <span className="visually-hidden">Removed: </span>
      {text}
      <span className="visually-hidden"> End of removed. </span>
    </del>
  );
}

function Added({ text }: { text: string }): ReactElement | null {
  if (text === '') return null;
  return (
    <ins className={styles.ins}>
      <span className="visually-hidden">Added: </span>
      {text}
      <span className="visually-hidden"> End of added. </span>
    </ins>
  );
}
