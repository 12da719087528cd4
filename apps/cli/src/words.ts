const DOCUMENTS: Readonly<Record<string, string>> = { prd: 'PRD', tech_spec: 'Tech spec', task_set: 'Tasks' };

/** What people call a document. */
export function documentName(kind: string): string {
  return DOCUMENTS[kind] ?? sentenceCase(kind);
}

/** `goals_objectives` as `Goals objectives`: for what has no title yet. */
export function sentenceCase(id: string): string {
  const words = id.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `48 s`, `2 min 10 s`, `1 h 5 min`: coarser the longer it is. */
export function durationText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joined(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.ceil(whole / 60);
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function joined(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}
