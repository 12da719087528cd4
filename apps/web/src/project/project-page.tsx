import type { ReactElement } from 'react';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { PlanwrightError } from '@planwright/client';
import type { Schemas } from '@planwright/client';
import { useClient } from '@planwright/client/react';
import { usePrefetchQuery } from '@tanstack/react-query';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { FeatureToasts } from '../features/feature-toasts.js';
import { AffectedDialog } from '../regenerate/affected-dialog.js';
import { NotFound } from '../shell/not-found.js';
import { useTitle } from '../shell/use-title.js';
import { ErrorNotice, Loading } from '../ui/notice.js';
import { ProjectActions } from './project-actions.js';
import type { Project } from './queries.js';
import { read, useBlueprints, useProject } from './queries.js';
import { useProjectEvents } from './use-project-events.js';
import styles from './project.module.css';

const PlanScreen = lazy(() => import('../plan/plan-screen.js'));
const BoardScreen = lazy(() => import('../board/board-screen.js'));
const FeaturesScreen = lazy(() => import('../features/features-screen.js'));
const RunsScreen = lazy(() => import('../runs/runs-screen.js'));
const VersionsScreen = lazy(() => import('../versions/versions-screen.js'));
const VersionScreen = lazy(() => import('../versions/version-screen.js'));
const CompareScreen = lazy(() => import('../versions/compare-screen.js'));
const DetailsScreen = lazy(() => import('../details/details-screen.js'));

/** One project: its documents, board, features and runs, each a screen with an address of its own. */
export default function ProjectPage({ projectId }: { projectId: string }): ReactElement {
  const project = useProject(projectId);
  useReadAhead(projectId);
  useTitle(project.data?.name ?? null);
  useProjectEvents(projectId);
  if (project.error instanceof PlanwrightError && [400, 404].includes(project.error.problem.status))
    return <NotFound />;
  if (project.error && !project.data) {
    return <ErrorNotice error={project.error} onRetry={() => void project.refetch()} />;
  }
  if (!project.data) return <Loading what="the project" />;
  return (
    <>
      <div className={styles.head}>
        <h1>{project.data.name}</h1>
        <ProjectActions project={project.data} />
      </div>
      <Tabs projectId={projectId} />
      <Suspense fallback={<Loading what="the screen" />}>
        <Screens project={project.data} />
      </Suspense>
      <AffectedDialog project={project.data} />
      <FeatureToasts project={project.data} />
    </>
  );
}

/** Begins to read what most screens show, along with the project itself. */
function useReadAhead(projectId: string): void {
  const client = useClient();
  usePrefetchQuery(read.blueprints(client));
  usePrefetchQuery(read.runs(client, projectId));
  usePrefetchQuery(read.documents(client, projectId));
}

function Screens({ project }: { project: Project }): ReactElement {
  const at = `/projects/${project.id}`;
  return (
    <Switch>
      <Route path={at}>
        <Redirect to={`${at}/plan/prd`} replace />
      </Route>
      <Route path="/projects/:_/plan/:kind">
        {({ kind }) => <PlanScreen key={kind} project={project} kind={kind} />}
      </Route>
      <Route path={`${at}/board`}>
        <BoardScreen project={project} />
      </Route>
      <Route path={`${at}/features`}>
        <FeaturesScreen project={project} />
      </Route>
      <Route path={`${at}/runs`}>
        <RunsScreen project={project} />
      </Route>
      <Route path={`${at}/details`}>
        <DetailsScreen project={project} />
      </Route>
      <Route path="/projects/:_/documents/:documentId/versions">
        {({ documentId }) => <VersionsScreen project={project} documentId={documentId} />}
      </Route>
      <Route path="/projects/:_/documents/:documentId/versions/:versionId">
        {({ versionId }) => <VersionScreen project={project} versionId={versionId} />}
      </Route>
      <Route path="/projects/:_/documents/:documentId/compare/:from/:to">
        {({ from, to }) => <CompareScreen project={project} from={from} to={to} />}
      </Route>
      <Route component={NotFound} />
    </Switch>
  );
}

function Tabs({ projectId }: { projectId: string }): ReactElement {
  const [path] = useLocation();
  const blueprints = useBlueprints();
  const at = `/projects/${projectId}`;
  const tabs = [
    ...documentTabs(blueprints.data ?? []).map(({ kind, title }) => ({ href: `${at}/plan/${kind}`, title })),
    { href: `${at}/board`, title: 'Board' },
    { href: `${at}/features`, title: 'Features' },
    { href: `${at}/runs`, title: 'Runs' },
    { href: `${at}/details`, title: 'Details' },
  ];
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the tabs lie in a row that scrolls.
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [path, tabs.length]);
  return (
    <nav ref={nav} className={styles.tabs} aria-label="Project" data-print="no">
      {tabs.map(({ href, title }) => (
        <Link key={href} href={href} aria-current={path === href ? 'page' : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  );
}

/** Kinds of documents that are read as text, once each, whatever their modes. */
function documentTabs(blueprints: readonly Schemas['Blueprint'][]): { kind: string; title: string }[] {
  const tabs = new Map([
    ['prd', 'PRD'],
    ['tech_spec', 'Tech spec'],
  ]);
  for (const { document, title, in_plans, sections } of blueprints) {
    if (in_plans && !tabs.has(document) && sections.some(({ output }) => output === 'markdown'))
      tabs.set(document, title);
  }
  return [...tabs].map(([kind, title]) => ({ kind, title }));
}
