// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What can be done with a lesson as a whole: prepare again, stop preparing, withdraw with undo, bring
// back. And the line that says how far it is.

import { call, describeError } from '../lib/api';
import { useTexts } from '../lib/i18n';
import { keepLesson, staffText, useStaffTexts } from '../lib/staff';
import type { Lesson } from '../lib/types';
import { Notice } from '../ui/basics';
import { showToast } from '../ui/toast';
import { Progress, WorkButton } from '../ui/work';

type Move = 'retry' | 'cancel' | 'withdraw' | 'restore';

async function move(lesson: Lesson, name: Move): Promise<boolean> {
  try {
    keepLesson(await call<Lesson>(`lessons/${lesson.id}/${name}`, { method: 'POST' }));
    return true;
  } catch (error) {
    showToast(describeError(error));
    return false;
  }
}

async function restore(lesson: Lesson): Promise<void> {
  if (await move(lesson, 'restore')) showToast(staffText().lesson.restored(lesson.title));
}

async function withdraw(lesson: Lesson): Promise<void> {
  if (!(await move(lesson, 'withdraw'))) return;
  showToast(staffText().lesson.withdrawn(lesson.title), () => void restore(lesson));
}

function isWorking(lesson: Lesson): boolean {
  return lesson.job !== null && ['queued', 'running', 'waiting'].includes(lesson.job.state);
}

export function LessonMoves({ lesson }: { lesson: Lesson }) {
  const texts = useStaffTexts();
  const canRetry = lesson.state === 'failed' || (lesson.state === 'published' && !lesson.complete && !isWorking(lesson));
  return (
    <>
      {canRetry && (
        <WorkButton onWork={async () => void (await move(lesson, 'retry'))}>{texts.lesson.retry}</WorkButton>
      )}
      {isWorking(lesson) && (
        <WorkButton class="button button-quiet" onWork={async () => void (await move(lesson, 'cancel'))}>
          {texts.lesson.cancelJob}
        </WorkButton>
      )}
      {lesson.state === 'withdrawn' ? (
        <WorkButton onWork={() => restore(lesson)}>{texts.lesson.restore}</WorkButton>
      ) : (
        lesson.state !== 'receiving' && (
          <WorkButton class="button button-quiet button-bad" onWork={() => withdraw(lesson)}>
            {texts.lesson.withdraw}
          </WorkButton>
        )
      )}
    </>
  );
}

/** The state of a lesson in a word, coloured; the word alone says it. */
export function StateChip({ lesson }: { lesson: Lesson }) {
  const texts = useStaffTexts();
  return <span class={`chip chip-${lesson.state}`}>{texts.states[lesson.state]}</span>;
}

/** Where preparing is, while it goes on; why it failed, when it did. */
export function LessonProgress({ lesson }: { lesson: Lesson }) {
  const texts = useStaffTexts();
  const common = useTexts();
  if (lesson.state === 'failed' && lesson.error) return <Notice kind="error">{lesson.error.sentence}</Notice>;
  if (!lesson.job || !isWorking(lesson)) return null;
  const percent = Math.min(99, Math.floor(lesson.job.permille / 10));
  const { stage } = lesson.job;
  const name = stage === 'pictures' ? texts.lesson.pictures : stage ? (common.rungs.name[stage] ?? stage) : '';
  return (
    <div class="stack">
      <Progress percent={percent} label={texts.upload.encoding(lesson.title)} />
      <p class="hint">
        {texts.states.encoding} {percent}%{name ? ` · ${texts.lesson.stage(name)}` : ''}
      </p>
    </div>
  );
}
