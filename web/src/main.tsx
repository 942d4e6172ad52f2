// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The entry: starts session, router and theme, and shows the page of the address. The lesson page is
// here, since most first visits come by a link to a lesson; the others are chunks of their own,
// most of them behind a chunk that knows their names.

import { render, type FunctionComponent } from 'preact';
import { useState } from 'preact/hooks';
import { refreshSession, session } from './lib/api';
import { startBudget } from './lib/budget';
import { useWhen, whenIdle } from './lib/hooks';
import { language, restoreLanguage, useTexts } from './lib/i18n';
import { place, startRouter } from './lib/router';
import { useStore } from './lib/store';
import { applyTheme } from './lib/theme';
import { readLinkHints } from './player/hints';
import { WatchPage } from './pages/watch';
import { Empty, ErrorNotice, Loading, PageHead } from './ui/basics';
import { Frame } from './ui/frame';
import './ui/tokens.css';
import './ui/base.css';
import './ui/learner.css';

type PageModule = { default: FunctionComponent };

const CHUNKS: Record<string, () => Promise<PageModule>> = {
  '/': () => import('./pages/browse'),
  '/channel': () => import('./pages/channel'),
  '/offline': () => import('./pages/offline'),
};

/** Pages whose files the first visit need not even know by name. */
const DOORS = /^.(?:guide|recordings|login|setup|account|class|upload|manage|admin)$/;

function findLoader(name: string): (() => Promise<PageModule>) | undefined {
  if (DOORS.test(name)) return () => import('./pages/doors').then((module) => module.doors[name]!());
  return CHUNKS[name];
}

const loaded = new Map<string, FunctionComponent>();

/** A page that is fetched when it is first shown. */
function ChunkPage({ name, load }: { name: string; load: () => Promise<PageModule> }) {
  const texts = useTexts();
  const [failed, setFailed] = useState(false);
  const [, poke] = useState(0);
  useWhen(() => {
    if (loaded.has(name) || failed) return;
    load().then(
      (module) => {
        loaded.set(name, module.default);
        poke((n) => n + 1);
      },
      () => setFailed(true),
    );
  }, [name, failed]);
  const Page = loaded.get(name);
  if (Page) return <Page />;
  if (!failed) return <Loading />;
  return (
    <>
      <PageHead title={texts.errors.heading} />
      <ErrorNotice message={texts.errors.chunk} onRetry={() => location.reload()} />
    </>
  );
}

function NotFound() {
  const texts = useTexts();
  return (
    <>
      <PageHead title={texts.errors.notFound} />
      <Empty title={texts.errors.notFound} help={texts.errors.notFoundHelp}>
        <a class="button" href="/">
          {texts.errors.home}
        </a>
      </Empty>
    </>
  );
}

function CurrentPage() {
  const { path } = useStore(place);
  const watch = /^\/watch\/([^/]+)$/.exec(path);
  if (watch) return <WatchPage key={watch[1]} id={watch[1]!} />;
  const name = `/${path.split('/')[1] ?? ''}`;
  const load = findLoader(name);
  if (!load || (!/^.(?:admin|channel)/.test(name) && path !== name)) return <NotFound />;
  return <ChunkPage key={name} name={name} load={load} />;
}

function App() {
  useStore(language);
  useStore(session);
  return (
    <Frame>
      <CurrentPage />
    </Frame>
  );
}

applyTheme();
startRouter();
startBudget();
// A lesson's page is the same whoever looks: who is signed in can wait until it is there.
if (location.pathname.startsWith('/watch/')) whenIdle(() => void refreshSession());
else void refreshSession();
void restoreLanguage().then(() => {
  const root = document.getElementById('app');
  if (!root) return;
  root.textContent = '';
  render(<App />, root);
});

/** What works without a line comes when everything else is there. */
function startLater(): void {
  // Who saves data gets the worker when something is kept.
  if (readLinkHints().frugal && !navigator.serviceWorker?.controller) return;
  whenIdle(() => {
    import('./offline/register').then((module) => module.startOffline()).catch(() => undefined);
  });
}

if (document.readyState === 'complete') startLater();
else addEventListener('load', startLater, { once: true });
