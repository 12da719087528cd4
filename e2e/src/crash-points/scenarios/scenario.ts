import type { Play } from '../audit.js';
import type { Armed } from '../instruments.js';
import type { Role } from '../places.js';
import type { CrashStage } from '../stage.js';

/** Who is to die, and where; nobody while it is found out which points a scenario passes. */
export interface Victim {
  role: Role;
  armed?: Armed | undefined;
}

/** Something that happens to a platform, and to a process of it in the middle. */
export interface Scenario {
  name: string;
  /** True where it does something to the victim's process itself, so that it differs from role to role. */
  perRole?: boolean;
  /** True where it takes a second or two: for the sample. */
  quick?: boolean;
  play(stage: CrashStage, victim: Victim): Promise<Play>;
}
