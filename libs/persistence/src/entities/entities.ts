import { DocumentVersionEntity, SectionEntity } from './document.entities.js';
import { ProjectEntity } from './project.entity.js';
import { RunEntity } from './run.entity.js';

/** Tables that are written row by row. The others are known to the SQL that owns them and to nobody else. */
export const ENTITIES = [ProjectEntity, RunEntity, DocumentVersionEntity, SectionEntity];
