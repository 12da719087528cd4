import type { Mode, SectionStatus, VersionStatus } from '@planwright/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('document_versions')
export class DocumentVersionEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  workspaceId!: string;

  @Column('uuid')
  documentId!: string;

  @Column('integer')
  number!: number;

  @Column('text', { default: 'queued' })
  status!: VersionStatus;

  @Column('text', { nullable: true })
  mode!: Mode | null;

  @Column('text')
  blueprintId!: string;

  @Column('uuid', { nullable: true })
  runId!: string | null;

  @Column('integer')
  runPosition!: number;

  @Column('uuid', { nullable: true })
  baseActiveVersionId!: string | null;

  @Column('uuid', { nullable: true })
  sourceVersionId!: string | null;

  @Column('jsonb')
  inputs!: Record<string, string>;

  @Column('integer', { nullable: true })
  currentStage!: number | null;

  @Column('text')
  provider!: string;

  @Column('text')
  model!: string;

  @Column('jsonb')
  meta!: object;
}

@Entity('sections')
export class SectionEntity {
  @PrimaryColumn('uuid')
  versionId!: string;

  @PrimaryColumn('text')
  sectionId!: string;

  @Column('uuid')
  workspaceId!: string;

  @Column('text')
  title!: string;

  @Column('integer')
  order!: number;

  @Column('text', { default: 'pending' })
  status!: SectionStatus;

  @Column('uuid', { nullable: true })
  stepId!: string | null;
}
