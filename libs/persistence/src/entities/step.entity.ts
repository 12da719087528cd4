import type { StepProblem, StepStatus, Usage } from '@planwright/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('steps')
export class StepEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  workspaceId!: string;

  @Column('uuid')
  runId!: string;

  @Column('uuid')
  documentId!: string;

  @Column('uuid')
  versionId!: string;

  @Column('text')
  sectionId!: string;

  @Column('integer')
  stage!: number;

  @Column('integer')
  ordinal!: number;

  @Column('text', { default: 'queued' })
  status!: StepStatus;

  @Column('integer', { default: 0 })
  attempt!: number;

  @Column('integer', { default: 0 })
  tries!: number;

  @Column('integer', { default: 0 })
  rateLimits!: number;

  @Column('integer', { default: 0 })
  spentMs!: number;

  @Column('integer', { default: 0 })
  losses!: number;

  @Column('timestamptz', { nullable: true })
  nextAttemptAt!: Date | null;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('integer', { nullable: true })
  position!: number | null;

  @Column('jsonb', { nullable: true })
  repair!: { code: string; detail: string } | null;

  @Column('boolean', { default: false })
  streaming!: boolean;

  @Column('timestamptz', { nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  finishedAt!: Date | null;

  @Column('jsonb', { nullable: true })
  problem!: StepProblem | null;

  @Column('jsonb', { nullable: true })
  usage!: Usage | null;
}
