// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The kept lessons: open without a line, delete one, or make room beginning with what was watched
// longest ago. With a line it can be asked whether the server has newer versions.

import { useEffect, useState } from 'preact/hooks';
import { ApiError, call } from '../lib/api';
import { formatBytes, formatDate } from '../lib/format';
import { language, lessonLang, useTexts } from '../lib/i18n';
import { useStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import { binWithUndo, CopyState } from '../offline/copy-state';
import type { Copy } from '../offline/database';
import { FRESH_QUERY } from '../offline/header';
import { keep, kept, obstacle, planRenewal, start } from '../offline/queue';
import { SpaceMeter } from '../offline/space';
import { useOfflineTexts } from '../offline/texts';
import '../offline/offline.css';
import { Empty, Loading, Notice, PageHead } from '../ui/basics';
import { showToast } from '../ui/toast';
import { WorkButton } from '../ui/work';

interface Renewal {
  kind: 'renewed';
  lesson: Lesson;
  /** What is to be had anew; a rung that the server has no more keeps its copy. */
  rungs: readonly string[];
  /** Bytes that would come over the line. */
  bytes: number;
}

type Verdict = { kind: 'current' } | { kind: 'withdrawn' } | { kind: 'unreachable' } | Renewal;

/** What the server says of a lesson that is kept. */
async function judge(copies: readonly Copy[]): Promise<Verdict> {
  try {
    const lesson = await call<Lesson>(`lessons/${copies[0]!.lesson_id}${FRESH_QUERY}`);
    if (lesson.state === 'withdrawn') return { kind: 'withdrawn' };
    const plans = await planRenewal(lesson, copies.filter((copy) => copy.state === 'kept'));
    if (plans.length === 0) return { kind: 'current' };
    const rungs = plans.map(({ copy }) => copy.rung);
    return { kind: 'renewed', lesson, rungs, bytes: plans.reduce((sum, { bytes }) => sum + bytes, 0) };
  } catch (error) {
    return { kind: error instanceof ApiError && error.status === 404 ? 'withdrawn' : 'unreachable' };
  }
}

function VerdictNotice({ verdict }: { verdict: Verdict }) {
  const texts = useOfflineTexts();
  if (verdict.kind === 'current') return <p class="hint">{texts.current}</p>;
  if (verdict.kind !== 'renewed') {
    return <Notice kind={verdict.kind === 'withdrawn' ? 'warning' : 'info'}>{texts[verdict.kind]}</Notice>;
  }
  const { lesson, rungs, bytes } = verdict;
  const renew = async (): Promise<void> => {
    for (const rung of rungs) await keep(lesson, rung).catch(() => showToast(texts.fault.server));
  };
  return (
    <Notice kind="info">
      <p>{texts.renewed}</p>
      <WorkButton onWork={renew}>{texts.renew(formatBytes(bytes))}</WorkButton>
    </Notice>
  );
}

function KeptLesson({ copies, verdict }: { copies: readonly Copy[]; verdict: Verdict | undefined }) {
  const texts = useOfflineTexts();
  const names = useTexts().rungs.name;
  const lang = useStore(language);
  const lesson = copies[0]!.lesson;
  const watched = Math.max(...copies.map((copy) => copy.watched_ms));
  const whole = copies.some((copy) => copy.state === 'kept');
  return (
    <li>
      <h2 lang={lessonLang(lesson.language)}>
        {whole ? <a href={`/watch/${lesson.id}`}>{lesson.title}</a> : lesson.title}
      </h2>
      {copies.map((copy) => (
        <CopyState key={copy.key} copy={copy} name={names[copy.rung] ?? copy.rung} />
      ))}
      {whole && <p class="hint">{watched ? texts.watched(formatDate(watched, lang)) : texts.neverWatched}</p>}
      {verdict && <VerdictNotice verdict={verdict} />}
    </li>
  );
}

/** Asks how far to delete, beginning with what was watched longest ago. */
function MakeRoom({ copies, onDone }: { copies: readonly Copy[]; onDone: () => void }) {
  const texts = useOfflineTexts();
  const names = useTexts().rungs.name;
  const oldest = copies
    .filter((copy) => copy.state === 'kept' && copy.watched_ms > 0)
    .sort((a, b) => a.watched_ms - b.watched_ms);
  const [count, setCount] = useState(1);
  const chosen = oldest.slice(0, count);
  if (oldest.length === 0) return <Notice kind="info">{texts.freeNone}</Notice>;
  return (
    <section aria-label={texts.free}>
      <p class="hint">{texts.freeHelp}</p>
      <ol class="free-list">
        {oldest.map((copy, index) => (
          <li key={copy.key}>
            <label>
              <input
                type="checkbox"
                checked={index < count}
                onChange={(event) => setCount(event.currentTarget.checked ? index + 1 : index)}
              />
              <span>{`${copy.lesson.title} · ${names[copy.rung] ?? copy.rung} · ${formatBytes(copy.bytes)}`}</span>
            </label>
          </li>
        ))}
      </ol>
      <div class="actions">
        <button
          type="button"
          class="button button-bad"
          disabled={chosen.length === 0}
          onClick={() => {
            void binWithUndo(chosen, texts);
            onDone();
          }}
        >
          {texts.freeConfirm(chosen.length, formatBytes(chosen.reduce((sum, copy) => sum + copy.bytes, 0)))}
        </button>
        <button type="button" class="button button-quiet" onClick={onDone}>
          {texts.cancel}
        </button>
      </div>
    </section>
  );
}

function groupByLesson(copies: readonly Copy[]): Copy[][] {
  const groups = new Map<string, Copy[]>();
  for (const copy of copies) {
    if (copy.state === 'bin') continue;
    groups.set(copy.lesson_id, [...(groups.get(copy.lesson_id) ?? []), copy]);
  }
  return [...groups.values()];
}

function KeptList({ copies }: { copies: readonly Copy[] }) {
  const texts = useOfflineTexts();
  const [freeing, setFreeing] = useState(false);
  const [verdicts, setVerdicts] = useState<Record<string, Verdict>>({});
  const groups = groupByLesson(copies);
  const check = async (): Promise<void> => {
    for (const group of groups) {
      const verdict = await judge(group);
      setVerdicts((all) => ({ ...all, [group[0]!.lesson_id]: verdict }));
    }
  };
  if (groups.length === 0) {
    return (
      <Empty title={texts.none} help={texts.noneHelp}>
        <a class="button" href="/">
          {texts.browse}
        </a>
      </Empty>
    );
  }
  return (
    <>
      <SpaceMeter />
      <div class="actions">
        <button type="button" class="button" aria-expanded={freeing} onClick={() => setFreeing(!freeing)}>
          {texts.free}
        </button>
        <WorkButton class="button button-quiet" onWork={check}>
          {texts.check}
        </WorkButton>
      </div>
      {freeing && <MakeRoom copies={copies} onDone={() => setFreeing(false)} />}
      <ul class="copies">
        {groups.map((group) => (
          <KeptLesson key={group[0]!.lesson_id} copies={group} verdict={verdicts[group[0]!.lesson_id]} />
        ))}
      </ul>
    </>
  );
}

export default function OfflinePage() {
  const texts = useOfflineTexts();
  const all = useStore(kept);
  const blocked = useStore(obstacle);
  useEffect(() => void start(), []);
  return (
    <>
      <PageHead title={texts.list} />
      {blocked && (
        <Notice kind="info">
          <p>{texts[blocked]}</p>
          {blocked === 'insecure' && (
            <p>
              <a href="/trust">{texts.trust}</a>
            </p>
          )}
        </Notice>
      )}
      {!blocked && !all && <Loading />}
      {all && <KeptList copies={all.copies} />}
    </>
  );
}
