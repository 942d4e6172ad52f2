// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One lesson: player, qualities with their cost, description. Works while only sound is published and
// gains qualities as they appear, without a reload.

import { useEffect, useState } from 'preact/hooks';
import { ApiError, call, describeError, isAbort, refreshSession, session } from '../lib/api';
import { formatDate, formatDuration, parseTime } from '../lib/format';
import { useWhen, whenIdle } from '../lib/hooks';
import { lessonLang, language, useTexts } from '../lib/i18n';
import { navigate, place } from '../lib/router';
import { recall, remember } from '../lib/storage';
import { useStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import { RungChoice } from '../player/choice';
import { Player } from '../player/player';
import { chooseRung, hasPicture, useRungs } from '../player/support';
import { Empty, ErrorNotice, Loading, Notice, PageHead } from '../ui/basics';

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
          const settled = (got.complete && !got.refining) || got.state === 'failed' || got.state === 'withdrawn';
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
          <progress max={100} value={percent} aria-label={texts.lesson.percent(percent)} />
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

type PanelsModule = typeof import('./watch-panels');

/** What is not needed before play comes when the browser is idle; once play is pressed, after the sound. */
function usePanels(pressed: boolean, playing: boolean): PanelsModule | null {
  const [panels, setPanels] = useState<PanelsModule | null>(null);
  useWhen(() => {
    if (panels) return undefined;
    const load = (): void => void import('./watch-panels').then(setPanels, () => undefined);
    if (!pressed || playing) return whenIdle(load);
    const timer = setTimeout(load, 12_000);
    return () => clearTimeout(timer);
  }, [panels, pressed, playing]);
  return panels;
}

/** The chosen rung; what is proposed stays as it is once the lesson plays, whatever rungs arrive. */
function useChoice(lesson: Lesson, begun: boolean): [string | null, (name: string) => void] {
  const rungs = useRungs(lesson);
  const [picked, setPicked] = useState<string | null>(null);
  const [proposed, setProposed] = useState<string | null>(null);
  const names = rungs.map((rung) => rung.name).join(' ');
  useWhen(() => {
    if (!begun || proposed === null) setProposed(chooseRung(lesson, rungs, recall('rung', null)));
  }, [names]);
  const choose = (name: string): void => {
    setPicked(name);
    remember('rung', name);
    if (rungs.some((rung) => rung.name === name && hasPicture(rung))) remember('cap', name);
  };
  return [picked ?? proposed, choose];
}

/** Whether more qualities are to come: what failed is not made again by itself. */
function isGrowing(lesson: Lesson): boolean {
  return lesson.refining === true || (!lesson.complete && !lesson.rungs.some((rung) => rung.error));
}

function About({ lesson }: { lesson: Lesson }) {
  const texts = useTexts();
  return (
    <section class="about">
      <h2>{texts.lesson.about}</h2>
      {lesson.description ? (
        <p class="prose" lang={lessonLang(lesson.language)}>
          {lesson.description}
        </p>
      ) : (
        <p class="hint">{texts.lesson.noDescription}</p>
      )}
    </section>
  );
}

function LessonView({ lesson }: { lesson: Lesson }) {
  const texts = useTexts();
  const [seconds, setSeconds] = useState(0);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [wish, setWish] = useState<{ seconds: number } | null>(null);
  const [pressed, setPressed] = useState(false);
  const panels = usePanels(pressed, video !== null);
  const [choice, choose] = useChoice(lesson, pressed);
  const startAt = parseTime(new URLSearchParams(place.get().search).get('t'));
  const playable = lesson.state !== 'withdrawn' && choice !== null;
  const onSeek = (at: number): void => setWish({ seconds: at });
  const parts = { lesson, choice: choice ?? '', video, seconds, onSeek };
  return (
    <article class="lesson">
      <div class="lesson-main">
        {playable ? (
          <Player
            key={lesson.id}
            lesson={lesson}
            choice={choice}
            startAt={startAt}
            wish={wish}
            onChoose={choose}
            onTime={setSeconds}
            onPress={() => setPressed(true)}
            onVideo={setVideo}
          />
        ) : (
          <Preparing lesson={lesson} />
        )}
        <PageHead title={lesson.title} lang={lessonLang(lesson.language)}>
          <Facts lesson={lesson} />
        </PageHead>
        {lesson.warnings.length > 0 && (
          <Notice kind="warning">
            {lesson.warnings.map((warning) => (
              <p key={warning.code}>{warning.sentence}</p>
            ))}
          </Notice>
        )}
        {playable && panels && <panels.MainPanels {...parts} />}
      </div>
      <div class="lesson-side">
        {playable && <RungChoice lesson={lesson} choice={choice} onChoose={choose} />}
        {playable && isGrowing(lesson) && (
          <p class="hint" role="status">
            {texts.lesson.more}
          </p>
        )}
        {playable && panels && <panels.SidePanels {...parts} />}
        <About lesson={lesson} />
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
