// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One lesson: player, qualities with their cost, description. Works while only sound is published and
// gains qualities as they appear, without a reload.

import { useEffect, useState } from 'preact/hooks';
import { ApiError, call, describeError, isAbort, refreshSession, session } from '../lib/api';
import { formatClock, formatDate, formatDuration, parseTime } from '../lib/format';
import { useWhen } from '../lib/hooks';
import { lessonLang, language, useTexts } from '../lib/i18n';
import { navigate, place } from '../lib/router';
import { recall, remember } from '../lib/storage';
import { useStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import { chooseRung, listPlayable } from '../player/engine';
import { RungChoice } from '../player/choice';
import { Player } from '../player/player';
import { Empty, ErrorNotice, Loading, Notice, PageHead, Progress } from '../ui/basics';
import { Icon } from '../ui/icons';
import { showToast } from '../ui/toast';

const FIRST_POLL_MS = 5000;
const LONGEST_POLL_MS = 60_000;

interface View {
  lesson: Lesson | null;
  error: string | null;
  missing: boolean;
  reload: () => void;
}

/** The lesson, asked for again (ever more seldom) until nothing can change by itself. */
function useLesson(id: string): View {
  const [lesson, setLesson] = useState<Lesson | null>(null);
  const [error, setError] = useState<ApiError | string | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    let pause = FIRST_POLL_MS;
    const ask = (): void => {
      call<Lesson>(`lessons/${encodeURIComponent(id)}`, { signal: abort.signal }).then(
        (got) => {
          setLesson(got);
          setError(null);
          const settled = got.complete || got.state === 'failed' || got.state === 'withdrawn';
          if (!settled) timer = window.setTimeout(again, pause);
        },
        (fault: unknown) => {
          if (isAbort(fault)) return;
          setError(fault instanceof ApiError ? fault : describeError(fault));
        },
      );
    };
    const again = (): void => {
      pause = Math.min(LONGEST_POLL_MS, pause * 1.3);
      if (document.hidden) timer = window.setTimeout(again, pause);
      else ask();
    };
    ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [id, turn]);
  const missing = error instanceof ApiError && (error.status === 404 || error.status === 400);
  const message = error instanceof ApiError ? error.message : error;
  return { lesson, error: message, missing, reload: () => setTurn((n) => n + 1) };
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not a secure context (a box on the local network): the old way.
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'unseen';
    document.body.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}

function ShareButtons({ lesson, seconds }: { lesson: Lesson; seconds: number }) {
  const texts = useTexts();
  const url = `${location.origin}/watch/${lesson.id}`;
  const at = Math.floor(seconds);
  const copy = async (text: string): Promise<void> => {
    showToast((await copyText(text)) ? texts.lesson.copied : texts.lesson.copyFailed);
  };
  const share = async (): Promise<void> => {
    if (!navigator.share) return copy(url);
    await navigator.share({ title: lesson.title, url }).catch(() => undefined);
  };
  return (
    <div class="actions">
      <button type="button" class="button" onClick={() => void share()}>
        <Icon name="share" />
        {'share' in navigator ? texts.lesson.share : texts.lesson.shareLink}
      </button>
      {at > 0 && (
        <button type="button" class="button button-quiet" onClick={() => void copy(`${url}?t=${at}`)}>
          <Icon name="link" />
          {texts.lesson.shareAt(formatClock(at))}
        </button>
      )}
    </div>
  );
}

function Preparing({ lesson }: { lesson: Lesson }) {
  const texts = useTexts();
  if (lesson.state === 'failed') {
    return (
      <Notice kind="error">
        <p>
          <strong>{texts.lesson.failed}</strong>
        </p>
        {lesson.error && <p>{lesson.error.sentence}</p>}
      </Notice>
    );
  }
  if (lesson.state === 'withdrawn') {
    return <Empty title={texts.lesson.withdrawn} help={texts.lesson.withdrawnHelp} />;
  }
  const percent = Math.floor((lesson.job?.permille ?? 0) / 10);
  return (
    <div class="player player-empty">
      <div class="player-stage">
        <div class="player-message" role="status">
          <p>
            <strong>{texts.lesson.preparing}</strong>
          </p>
          <p>{texts.lesson.preparingHelp}</p>
          <Progress percent={percent} label={texts.lesson.percent(percent)} />
          <p>{texts.lesson.percent(percent)}</p>
        </div>
      </div>
    </div>
  );
}

function Facts({ lesson }: { lesson: Lesson }) {
  const texts = useTexts();
  const lang = useStore(language);
  return (
    <p class="facts">
      {lesson.duration_ms ? <span>{formatDuration(lesson.duration_ms, lang)}</span> : null}
      {lesson.owner && <span>{texts.lesson.by(lesson.owner.name)}</span>}
      {lesson.published_ms && <span>{texts.lesson.published(formatDate(lesson.published_ms, lang))}</span>}
    </p>
  );
}

function LessonView({ lesson }: { lesson: Lesson }) {
  const texts = useTexts();
  const rungs = listPlayable(lesson);
  const [picked, setPicked] = useState<string | null>(null);
  const [seconds, setSeconds] = useState(0);
  const choice = picked ?? chooseRung(rungs, recall<string | null>('rung', null));
  // What is chosen first must not change under a playing lesson when better rungs arrive.
  const [fixed, setFixed] = useState<string | null>(null);
  const begun = seconds > 0;
  useWhen(() => {
    if (begun && fixed === null) setFixed(choice);
  }, [begun]);
  const shown = picked ?? fixed ?? choice;
  const startAt = parseTime(new URLSearchParams(place.get().search).get('t'));
  const lang = lessonLang(lesson.language);
  const visible = lesson.state !== 'withdrawn' && rungs.length > 0;
  return (
    <article class="lesson">
      <div class="lesson-main">
        {visible && shown ? (
          <Player key={lesson.id} lesson={lesson} choice={shown} startAt={startAt} onTime={setSeconds} />
        ) : (
          <Preparing lesson={lesson} />
        )}
        <PageHead title={lesson.title} lang={lang}>
          <Facts lesson={lesson} />
        </PageHead>
        {visible && <ShareButtons lesson={lesson} seconds={seconds} />}
        {lesson.warnings.length > 0 && (
          <Notice kind="warning">
            {lesson.warnings.map((warning) => (
              <p key={warning.code}>{warning.sentence}</p>
            ))}
          </Notice>
        )}
      </div>
      <div class="lesson-side">
        {visible && (
          <RungChoice
            lesson={lesson}
            choice={shown}
            onChoose={(name) => {
              setPicked(name);
              remember('rung', name);
            }}
          />
        )}
        {visible && !lesson.complete && lesson.job && (
          <p class="hint" role="status">
            {texts.lesson.more}
          </p>
        )}
        <section class="about">
          <h2>{texts.lesson.about}</h2>
          {lesson.description ? (
            <p class="prose" lang={lang}>
              {lesson.description}
            </p>
          ) : (
            <p class="hint">{texts.lesson.noDescription}</p>
          )}
        </section>
        {visible && (
          <details class="keys">
            <summary>{texts.player.keys}</summary>
            <p>{texts.player.keysList}</p>
          </details>
        )}
        <p class="side-links">
          <a href={`/lite/${lesson.id}`}>{texts.lesson.light}</a>
          {lesson.may_edit && <a href={`/manage?lesson=${lesson.id}`}>{texts.lesson.edit}</a>}
        </p>
      </div>
    </article>
  );
}

export function WatchPage({ id }: { id: string }) {
  const texts = useTexts();
  const { lesson, error, missing, reload } = useLesson(id);
  const who = useStore(session);
  // A lesson for signed-in people only: after signing in come back here.
  useWhen(() => {
    if (missing && who === null) void refreshSession();
  }, [missing]);
  if (lesson) return <LessonView lesson={lesson} />;
  if (missing) {
    return (
      <>
        <PageHead title={texts.errors.heading} />
        <Empty title={texts.errors.notFound} help={texts.errors.notFoundHelp}>
          <a class="button" href="/">
            {texts.errors.home}
          </a>
          {who && !who.account && (
            <button
              type="button"
              class="button button-quiet"
              onClick={() => navigate(`/login?next=${encodeURIComponent(`/watch/${id}`)}`)}
            >
              {texts.nav.login}
            </button>
          )}
        </Empty>
      </>
    );
  }
  if (error) {
    return (
      <>
        <PageHead title={texts.errors.heading} />
        <ErrorNotice message={error} onRetry={reload} />
      </>
    );
  }
  return <Loading />;
}
