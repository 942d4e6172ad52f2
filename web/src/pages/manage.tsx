// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One's own lessons: find, edit, prepare again, withdraw, bring back. They change live.

import { useState } from 'preact/hooks';
import { call } from '../lib/api';
import { formatDate, formatDuration } from '../lib/format';
import { useWhen } from '../lib/hooks';
import { language, lessonLang } from '../lib/i18n';
import { useDebounced, useLoad } from '../lib/load';
import { place } from '../lib/router';
import { fetchLesson, keepLesson, lessons, useLive, useStaffTexts } from '../lib/staff';
import { useStore } from '../lib/store';
import type { Lesson, LessonState, Page } from '../lib/types';
import { Empty, ErrorNotice, Loading, PageHead } from '../ui/basics';
import { EDITORS, ForRoles, SelectField, TextField } from '../ui/forms';
import { LessonForm } from '../upload/lesson-form';
import { LessonMoves, LessonProgress, StateChip } from '../upload/lesson-moves';

const STATES: readonly LessonState[] = [
  'receiving',
  'queued',
  'encoding',
  'published',
  'failed',
  'withdrawn',
];

function LessonRow(props: { lesson: Lesson; open: boolean; onToggle: () => void }) {
  const texts = useStaffTexts();
  const lang = useStore(language);
  const { lesson } = props;
  return (
    <li class="panel" id={`lesson-${lesson.id}`}>
      <div class="card-head">
        <h2 class="row-title" lang={lessonLang(lesson.language)}>
          {lesson.state === 'published' ? <a href={`/watch/${lesson.id}`}>{lesson.title}</a> : lesson.title}
        </h2>
        <StateChip lesson={lesson} />
      </div>
      <p class="hint">
        {[
          formatDate(lesson.created_ms, lang),
          lesson.duration_ms ? formatDuration(lesson.duration_ms, lang) : '',
          texts.visibilities[lesson.visibility],
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <LessonProgress lesson={lesson} />
      {props.open && <LessonForm lessonId={lesson.id} />}
      <div class="actions">
        <button type="button" class="button" aria-expanded={props.open} onClick={props.onToggle}>
          {props.open ? texts.manage.close : texts.lesson.edit}
        </button>
        <LessonMoves lesson={lesson} />
      </div>
    </li>
  );
}

interface Listing {
  ids: readonly string[];
  cursor: string | null;
}

/** The lessons that match, newest texts from the live store. */
function useListing(query: string, state: string) {
  const [extra, setExtra] = useState<Listing | null>(null);
  const url = (cursor: string | null): string => {
    const search = new URLSearchParams({ mine: '1', limit: '30' });
    if (query) search.set('query', query);
    if (state) search.set('state', state);
    if (cursor) search.set('cursor', cursor);
    return `lessons?${search.toString()}`;
  };
  const take = (page: Page<Lesson>): Listing => {
    for (const lesson of page.items) keepLesson(lesson);
    return { ids: page.items.map((lesson) => lesson.id), cursor: page.next_cursor };
  };
  const first = useLoad(
    async (signal) => take(await call<Page<Lesson>>(url(null), { signal })),
    [query, state],
  );
  useWhen(() => setExtra(null), [query, state]);
  const cursor = extra ? extra.cursor : (first.data?.cursor ?? null);
  const more = async (): Promise<void> => {
    const next = take(await call<Page<Lesson>>(url(cursor)));
    setExtra({ ids: [...(extra?.ids ?? []), ...next.ids], cursor: next.cursor });
  };
  return { first, ids: [...(first.data?.ids ?? []), ...(extra?.ids ?? [])], cursor, more };
}

function Filters(props: {
  typed: string;
  state: string;
  onType: (text: string) => void;
  onState: (state: string) => void;
}) {
  const texts = useStaffTexts();
  return (
    <div class="field-row">
      <TextField type="search" label={texts.manage.search} value={props.typed} onInput={props.onType} />
      <SelectField
        label={texts.manage.state}
        value={props.state}
        options={[['', texts.manage.all], ...STATES.map((name) => [name, texts.states[name]] as const)]}
        onChange={props.onState}
      />
    </div>
  );
}

function ManageView() {
  const texts = useStaffTexts();
  const wanted = new URLSearchParams(useStore(place).search).get('lesson');
  const [typed, setTyped] = useState('');
  const [state, setState] = useState('');
  const [open, setOpen] = useState<string | null>(wanted);
  const query = useDebounced(typed.trim(), 250);
  const { first, ids, cursor, more } = useListing(query, state);
  const known = useStore(lessons);
  useLive();
  useWhen(() => {
    if (wanted) void fetchLesson(wanted).catch(() => undefined);
  }, [wanted]);
  const shown = wanted && !ids.includes(wanted) && known[wanted] ? [wanted, ...ids] : ids;
  const filtered = query !== '' || state !== '';
  return (
    <>
      <PageHead title={texts.manage.heading} />
      <p class="section">
        <a class="button button-main" href="/upload">
          {texts.manage.upload}
        </a>{' '}
        <a class="button" href="/class">
          {texts.manage.live}
        </a>
      </p>
      <Filters typed={typed} state={state} onType={setTyped} onState={setState} />
      {first.error && <ErrorNotice message={first.error} onRetry={first.reload} />}
      {first.loading && !first.data && <Loading />}
      {first.data && shown.length === 0 && (
        <Empty
          title={filtered ? texts.manage.noMatch : texts.manage.none}
          {...(filtered ? {} : { help: texts.manage.noneHelp })}
        />
      )}
      <ul class="panels">
        {shown.map((id) => {
          const lesson = known[id];
          if (!lesson) return null;
          return (
            <LessonRow
              key={id}
              lesson={lesson}
              open={open === id}
              onToggle={() => setOpen(open === id ? null : id)}
            />
          );
        })}
      </ul>
      {cursor && (
        <p class="more">
          <button type="button" class="button" onClick={() => void more().catch(() => first.reload())}>
            {texts.more}
          </button>
        </p>
      )}
    </>
  );
}

export default function ManagePage() {
  const texts = useStaffTexts();
  return (
    <ForRoles title={texts.manage.heading} roles={EDITORS}>
      <ManageView />
    </ForRoles>
  );
}
