// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The list of lessons with search as you type. The query is in the address, so that it can be shared
// and the back button works; answers are kept while the page lives, so that going back is instant.

import type { FunctionComponent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { budget, remainingBytes } from '../lib/budget';
import { call, describeError, isAbort } from '../lib/api';
import { formatBytes, formatClock, formatDuration } from '../lib/format';
import { useWhen, whenIdle } from '../lib/hooks';
import { language, lessonLang } from '../lib/i18n';
import { useDebounced } from '../lib/load';
import { useLateTexts } from '../lib/late';
import { navigate, place } from '../lib/router';
import { recall } from '../lib/storage';
import { useStore } from '../lib/store';
import type { Lesson, Page } from '../lib/types';
import { readLinkHints } from '../player/hints';
import { useRungs } from '../player/support';
import { Empty, ErrorNotice, Loading, PageHead } from '../ui/basics';
import { Icon } from '../ui/icons';
import { LateIcon } from '../ui/late-icons';
import '../ui/browse.css';

const PAGE_SIZE = 24;
const kept = new Map<string, Page<Lesson>>();

function listUrl(query: string, cursor: string | null): string {
  const search = new URLSearchParams({ limit: String(PAGE_SIZE) });
  if (query) search.set('query', query);
  if (cursor) search.set('cursor', cursor);
  return `lessons?${search.toString()}`;
}

interface Results {
  page: Page<Lesson> | null;
  error: string | null;
  busy: boolean;
  more: () => void;
  retry: () => void;
}

/** The lessons of a query; a newer query cancels the older one. */
function useResults(query: string): Results {
  const [page, setPage] = useState<Page<Lesson> | null>(kept.get(query) ?? null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(true);
  const [turn, setTurn] = useState(0);
  const abort = useRef<AbortController | null>(null);
  const ask = (before: Page<Lesson> | null): void => {
    abort.current?.abort();
    const mine = new AbortController();
    abort.current = mine;
    setBusy(true);
    call<Page<Lesson>>(listUrl(query, before?.next_cursor ?? null), { signal: mine.signal }).then(
      (got) => {
        const whole = before ? { ...got, items: [...before.items, ...got.items] } : got;
        kept.set(query, whole);
        setPage(whole);
        setError(null);
        setBusy(false);
      },
      (fault: unknown) => {
        if (isAbort(fault)) return;
        setError(describeError(fault));
        setBusy(false);
      },
    );
  };
  useWhen(() => {
    const known = kept.get(query);
    if (known) setPage(known);
    // A list that was paged on is kept as it is; a first page is asked for again.
    if (known && known.items.length > PAGE_SIZE && turn === 0) setBusy(false);
    else ask(null);
    return () => abort.current?.abort();
  }, [query, turn]);
  return { page, error, busy, more: () => ask(page), retry: () => setTurn((n) => n + 1) };
}

/** What each rung of the lesson costs here, cheapest first. */
function Prices({ lesson }: { lesson: Lesson }) {
  const texts = useLateTexts().browse;
  const names: Record<string, string> = texts.short;
  useStore(budget);
  const rungs = useRungs(lesson);
  if (rungs.length === 0) return <p class="card-facts">{texts.preparing}</p>;
  const chosen = recall<string | null>('rung', null);
  return (
    <ul class="prices" aria-label={texts.prices}>
      {rungs.map((rung) => {
        const over = rung.bytes > remainingBytes();
        const kind = `price ${rung.name === chosen ? 'price-chosen' : ''} ${over ? 'price-over' : ''}`;
        return (
          <li key={rung.name} class={kind.trim()} title={over ? texts.over : undefined}>
            {names[rung.name] ?? rung.name} <strong>{formatBytes(rung.bytes)}</strong>
            {over && <span class="unseen"> {texts.over}</span>}
          </li>
        );
      })}
    </ul>
  );
}

function LessonCard({ lesson }: { lesson: Lesson }) {
  const texts = useLateTexts().browse;
  const lang = useStore(language);
  return (
    <li class="card">
      <a href={`/watch/${lesson.id}`} class="card-link">
        <div class="card-picture">
          {lesson.poster && !readLinkHints().frugal ? (
            <img src={lesson.poster} alt="" loading="lazy" decoding="async" width={320} height={180} />
          ) : (
            <Icon name={lesson.rungs.length > 0 ? 'sound' : 'play'} />
          )}
          {lesson.duration_ms ? (
            <span class="card-time">
              <span class="unseen">{`${texts.minutes} ${formatDuration(lesson.duration_ms, lang)}`}</span>
              <span aria-hidden="true">{formatClock(lesson.duration_ms / 1000)}</span>
            </span>
          ) : null}
        </div>
        <h2 class="card-title" lang={lessonLang(lesson.language)}>
          {lesson.title}
        </h2>
        <Prices lesson={lesson} />
        {lesson.owner && <p class="card-facts">{lesson.owner.name}</p>}
      </a>
    </li>
  );
}

function SearchBox({ value, onInput }: { value: string; onInput: (text: string) => void }) {
  const texts = useLateTexts().browse;
  const field = useRef<HTMLInputElement>(null);
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        field.current?.blur();
      }}
    >
      <LateIcon name="search" />
      <input
        ref={field}
        type="search"
        value={value}
        aria-label={texts.search}
        placeholder={texts.placeholder}
        maxLength={200}
        autocomplete="off"
        enterkeyhint="search"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {value && (
        <button
          type="button"
          class="control"
          aria-label={texts.clear}
          onClick={() => {
            onInput('');
            field.current?.focus();
          }}
        >
          <Icon name="close" />
        </button>
      )}
    </form>
  );
}

let liveStrip: FunctionComponent | null = null;

/** Live channels, in a chunk of their own that comes after the lessons. */
function Channels() {
  const [Strip, setStrip] = useState(() => liveStrip);
  useWhen(() => {
    if (Strip) return undefined;
    return whenIdle(() => {
      import('../live/strip').then(
        (module) => {
          liveStrip = module.LiveStrip;
          setStrip(() => module.LiveStrip);
        },
        () => undefined,
      );
    });
  }, []);
  return Strip && <Strip />;
}

export default function BrowsePage() {
  const texts = useLateTexts().browse;
  const where = useStore(place);
  const inUrl = new URLSearchParams(where.search).get('q') ?? '';
  const [typed, setTyped] = useState(inUrl);
  const query = useDebounced(typed.trim(), 250);
  const { page, error, busy, more, retry } = useResults(query);
  // The address follows what is typed; the back button brings back what was typed.
  useWhen(() => {
    if (query !== inUrl && place.get().path === '/') {
      navigate(query ? `/?q=${encodeURIComponent(query)}` : '/', { replace: true });
    }
  }, [query]);
  useWhen(() => {
    if (inUrl !== typed.trim() && inUrl !== query) setTyped(inUrl);
  }, [inUrl]);
  const count = page?.items.length ?? 0;
  return (
    <>
      <PageHead title={texts.heading} />
      {!query && <Channels />}
      <SearchBox value={typed} onInput={setTyped} />
      <p class="hint" role="status" aria-live="polite">
        {page && !busy ? texts.results(count, page.next_cursor !== null) : ' '}
      </p>
      {error && <ErrorNotice message={error} onRetry={retry} />}
      {!page && busy && <Loading />}
      {page && count === 0 && !busy && !error && (
        <Empty
          title={query ? texts.noMatch(query) : texts.none}
          help={query ? texts.noMatchHelp : texts.noneHelp}
        />
      )}
      <ul class="cards" aria-busy={busy}>
        {page?.items.map((lesson) => <LessonCard key={lesson.id} lesson={lesson} />)}
      </ul>
      {page?.next_cursor && (
        <p class="more">
          <button type="button" class="button" onClick={more} disabled={busy}>
            {texts.more}
          </button>
        </p>
      )}
    </>
  );
}
