import type { ReactElement } from 'react';
import { lazy, Suspense } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { ProjectsPage } from './projects/projects-page.js';
import { SessionProvider } from './session/session.js';
import { ErrorBoundary } from './shell/error-boundary.js';
import { NotFound } from './shell/not-found.js';
import { Shell } from './shell/shell.js';
import { Loading } from './ui/notice.js';
import { ToastProvider } from './ui/toasts.js';

// Who opens the address of a plan needs the code of both, and should not wait for them one after the other.
if (/^\/projects\/[^/]+\/plan\//.test(location.pathname)) {
  void Promise.allSettled([import('./project/project-page.js'), import('./plan/plan-screen.js')]);
}
const NewProjectPage = lazy(() => import('./projects/new-project-page.js'));
const ProjectPage = lazy(() => import('./project/project-page.js'));
const UsagePage = lazy(() => import('./usage/usage-page.js'));
const SettingsPage = lazy(() => import('./settings/settings-page.js'));

export function App(): ReactElement {
  return (
    <ToastProvider>
      <SessionProvider>
        <Shell>
          <Screens />
        </Shell>
      </SessionProvider>
    </ToastProvider>
  );
}

function Screens(): ReactElement {
  const [path] = useLocation();
  return (
    <ErrorBoundary place={path}>
      <Suspense fallback={<Loading what="the screen" />}>
        <Switch>
          <Route path="/" component={ProjectsPage} />
          <Route path="/projects/new" component={NewProjectPage} />
          <Route path="/projects/:projectId/*?">
            {({ projectId }) => <ProjectPage key={projectId} projectId={projectId} />}
          </Route>
          <Route path="/usage" component={UsagePage} />
          <Route path="/settings/:part?">{({ part }) => <SettingsPage part={part ?? 'api-keys'} />}</Route>
          <Route component={NotFound} />
        </Switch>
      </Suspense>
    </ErrorBoundary>
  );
}
