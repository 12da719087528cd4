import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('projects')
export class ProjectEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  workspaceId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  idea!: string;

  @Column('text')
  constraints!: string;

  @Column('text', { nullable: true })
  preferredProvider!: string | null;

  @Column('text', { nullable: true })
  preferredModel!: string | null;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;
}
