import { findCycle } from '@planwright/contracts';
import type { ExportedVersion, ExportedSection, ExportedTask, FieldError, PlanBundle } from '@planwright/contracts';
import { sha256Of } from './bundle.js';

type Say = (pointer: string, message: string) => void;

/** What is wrong with a bundle beyond its shape: its parts don't fit together, or a text is not the one that was hashed. */
export function bundleProblems(bundle: PlanBundle): FieldError[] {
  const found: FieldError[] = [];
  const say: Say = (pointer, message) => found.push({ pointer, code: 'custom', message });
  checkColumns(bundle, say);
  checkFeatures(bundle, say);
  checkDocuments(bundle, say);
  checkTasks(bundle, say);
  return found;
}

function checkColumns({ columns }: PlanBundle, say: Say): void {
  twice(columns.map(({ key }) => key)).forEach((i) => say(`/columns/${i}/key`, 'is the key of two columns'));
  if (!columns.some(({ category }) => category === 'todo')) say('/columns', 'must have a column of category todo');
}

function checkFeatures({ features }: PlanBundle, say: Say): void {
  twice(features.map(({ id }) => id)).forEach((i) => say(`/features/${i}/id`, 'is the id of two features'));
  features.forEach(({ status, error_message: error }, i) => {
    if ((status === 'failed') !== (error !== null))
      say(`/features/${i}/error_message`, 'is for a failed feature alone');
  });
}

function checkDocuments({ project, documents, features }: PlanBundle, say: Say): void {
  const known = new Set(features.map(({ id }) => id));
  twice(documents.map(({ kind, feature }) => `${kind} ${feature}`)).forEach((i) =>
    say(`/documents/${i}/kind`, 'is there twice: a project has one document of a kind, and a feature too'),
  );
  twice(documents.map(({ id }) => id)).forEach((i) => say(`/documents/${i}/id`, 'is the id of two documents'));
  twice(documents.map(({ version }) => version.id)).forEach((i) =>
    say(`/documents/${i}/version/id`, 'is the id of two versions'),
  );
  const versions = new Set(documents.map(({ version }) => version.id));
  documents.forEach(({ feature, version }, i) => {
    checkRequirements(version, project, `/documents/${i}/version/requirements`, say);
    for (const [kind, id] of Object.entries(version.inputs)) {
      if (!versions.has(id)) say(`/documents/${i}/version/inputs/${kind}`, 'is not the id of a version here');
    }
    if (feature !== null && !known.has(feature)) say(`/documents/${i}/feature`, 'is not the id of a feature here');
    checkVersion(version, `/documents/${i}/version`, say);
  });
}

function checkVersion({ status, sections }: ExportedVersion, at: string, say: Say): void {
  twice(sections.map(({ id }) => id)).forEach((i) => say(`${at}/sections/${i}/id`, 'is the id of two sections'));
  sections.forEach((section, i) => checkSection(section, `${at}/sections/${i}`, say));
  const completed = sections.filter((section) => section.status === 'completed').length;
  if (completed === 0) say(`${at}/sections`, 'must have a completed section');
  else if ((status === 'ready') !== (completed === sections.length)) {
    say(`${at}/status`, 'must be ready where all sections are completed, and partial where some are not');
  }
}

function checkRequirements(version: ExportedVersion, project: PlanBundle['project'], at: string, say: Say): void {
  const { sections, requirements } = version;
  twice(requirements.map(({ key }) => key)).forEach((i) => say(`${at}/${i}/key`, 'is there twice'));
  requirements.forEach(({ key, section_id: id }, i) => {
    if (!sections.some((section) => section.id === id)) say(`${at}/${i}/section_id`, 'is not the id of a section here');
    const [prefix, number] = key.split('-') as ['FR' | 'NFR', string];
    if (Number(number) > (project.last_requirement_numbers[prefix] ?? 0)) {
      say(`/project/last_requirement_numbers/${prefix}`, `must be at least the number of ${key}`);
    }
  });
}

function checkSection(section: ExportedSection, at: string, say: Say): void {
  const { status, content, draft, error, problem, sha256 } = section;
  const isCompleted = status === 'completed';
  if (isCompleted !== (content !== null)) say(`${at}/content`, 'is there when the section is completed, and only then');
  if (isCompleted && draft !== null) say(`${at}/draft`, 'is for a section that is not completed');
  if ((status === 'failed') !== (error !== null)) say(`${at}/error`, 'is there when the section failed, and only then');
  if ((error === null) !== (problem === null)) say(`${at}/problem`, 'goes together with error');
  if (content === null && sha256 !== null) say(`${at}/sha256`, 'is for a section with content');
  if (content !== null && sha256 !== sha256Of(content)) {
    say(`${at}/sha256`, 'is not the SHA-256 of content: the text was changed after it was exported');
  }
}

function checkTasks({ project, columns, documents, features, tasks }: PlanBundle, say: Say): void {
  const statuses = new Set(columns.map(({ key }) => key));
  const versions = new Set(documents.map(({ version }) => version.id));
  const known = new Set(features.map(({ id }) => id));
  const keys = new Set(tasks.map(({ key }) => key));
  twice(tasks.map(({ key }) => key)).forEach((i) => say(`/tasks/${i}/key`, 'is the key of two cards'));
  tasks.forEach((task, i) => {
    const { status, source, feature, base, origin } = task;
    const at = `/tasks/${i}`;
    if (!statuses.has(status)) say(`${at}/status`, 'is not the key of a column here');
    if (source !== null && !versions.has(source)) say(`${at}/source`, 'is not the id of a version here');
    if (feature !== null && !known.has(feature)) say(`${at}/feature`, 'is not the id of a feature here');
    if ((origin === 'ai') !== (base !== null)) say(`${at}/base`, 'is there when origin is ai, and only then');
    if (numberOf(task) > project.last_task_number) {
      say('/project/last_task_number', `must be at least the number of ${task.key}`);
    }
    checkDependencies(task.dependencies, keys, `${at}/dependencies`, say);
    if (base) checkDependencies(base.dependencies, keys, `${at}/base/dependencies`, say);
    checkDependencies(task.suggestion?.fields.dependencies ?? [], keys, `${at}/suggestion/fields/dependencies`, say);
  });
  twice(tasks.map(({ status, rank }) => `${rank} ${status}`)).forEach((i) =>
    say(`/tasks/${i}/rank`, 'is the rank of two cards of one column'),
  );
  const cycle = findCycle(new Map(tasks.map(({ key, dependencies }) => [key, dependencies])));
  if (cycle) say('/tasks', `depend on each other in a cycle: ${cycle.join(' → ')}`);
}

function checkDependencies(dependencies: readonly string[], keys: ReadonlySet<string>, at: string, say: Say): void {
  dependencies.forEach((key, i) => {
    if (!keys.has(key)) say(`${at}/${i}`, 'is not the key of a card here');
  });
}

const numberOf = ({ key }: Pick<ExportedTask, 'key'>): number => Number(key.slice(2));

/** Places of values that stand further up as well. */
function twice(values: readonly string[]): number[] {
  const seen = new Set<string>();
  return values.flatMap((value, i) => (seen.size === seen.add(value).size ? [i] : []));
}
