import type { Blueprint, Mode, RunKind, RunStatus, StepProblem } from '@planwright/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An interface without index signature: TypeORM's types cannot follow one. */
export interface InputSnapshot {
  project_name: string;
  idea: string;
  constraints: string;
  /** Only of a run that writes a feature. */
  feature_description?: string;
}

/** The template texts are written with the run and read by `renderInputs` alone: `select: false` keeps them out. */
@Entity('runs')
export class RunEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  workspaceId!: string;

  @Column('uuid')
  projectId!: string;

  @Column('text')
  kind!: RunKind;

  @Column('text', { nullable: true })
  mode!: Mode | null;

  @Column('text', { default: 'queued' })
  status!: RunStatus;

  @Column('text')
  provider!: string;

  @Column('text')
  model!: string;

  @Column('text')
  triggeredBy!: string;

  @Column('jsonb')
  inputSnapshot!: InputSnapshot;

  @Column('jsonb')
  pinnedBlueprints!: Record<string, Blueprint>;

  @Column('jsonb', { select: false })
  pinnedTemplates!: object;

  @Column('uuid', { nullable: true })
  retryOf!: string | null;

  @Column('timestamptz', { nullable: true })
  cancelRequestedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  cancelNotedAt!: Date | null;

  @Column('integer', { default: 0 })
  eventSeq!: number;

  @Column('integer')
  sectionsTotal!: number;

  @Column('jsonb', { nullable: true })
  problem!: StepProblem | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { nullable: true })
  startedAt!: Date | null;
}
