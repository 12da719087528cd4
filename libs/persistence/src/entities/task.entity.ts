import type { TaskDraft } from '@planwright/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('tasks')
export class TaskEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  workspaceId!: string;

  @Column('uuid')
  projectId!: string;

  @Column('integer')
  number!: number;

  @Column('text')
  title!: string;

  @Column('text')
  description!: string;

  @Column('text', { array: true })
  acceptanceCriteria!: string[];

  @Column('text')
  type!: TaskDraft['type'];

  @Column('text')
  priority!: TaskDraft['priority'];

  @Column('integer', { nullable: true })
  estimate!: number | null;

  @Column('text', { array: true })
  labels!: string[];

  @Column('text')
  status!: string;

  @Column('text')
  rank!: string;

  @Column('uuid', { array: true })
  dependencies!: string[];

  @Column('text', { array: true })
  requirements!: string[];

  @Column('text')
  origin!: 'ai' | 'user';

  @Column('uuid', { nullable: true })
  sourceTaskSetId!: string | null;

  @Column('jsonb', { nullable: true })
  base!: object | null;
}
