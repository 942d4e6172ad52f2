// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sending lessons in: choose or drop files, watch them go, edit their texts meanwhile, see them being
// prepared.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { describeError } from '../lib/api';
import { formatBytes, formatDateTime, formatDuration, formatPercent } from '../lib/format';
import { language, useTexts } from '../lib/i18n';
import { lessons, useLive, useStaffTexts } from '../lib/staff';
import { useStore } from '../lib/store';
import type { Lesson, UnfinishedUpload } from '../lib/types';
import { ErrorNotice, Notice, PageHead } from '../ui/basics';
import { DropTarget } from '../ui/drop';
import { EDITORS, ForRoles, SelectField, TextArea, TextField } from '../ui/forms';
import { LateIcon } from '../ui/late-icons';
import { showToast } from '../ui/toast';
import { Progress, WorkButton } from '../ui/work';
import { LessonForm } from '../upload/lesson-form';
import { LessonMoves, LessonProgress, StateChip } from '../upload/lesson-moves';
import {
  addFiles,
  cancelSending,
  discardUnfinished,
  dismissSending,
  loadUnfinished,
  pauseSending,
  resumeSending,
  resumeWith,
  sendings,
  typeEarly,
  unfinished,
  type Sending,
} from '../upload/store';

const MEDIA = 'video/*,audio/*,.mkv,.ts,.m2ts,.mts,.flv,.wmv,.avi,.mpg,.mpeg,.mxf,.ogv,.opus,.3gp';

/** Where files are dropped or chosen; a single line once some are on their way. */
function Chooser({ compact }: { compact: boolean }) {
  const texts = useStaffTexts().upload;
  return (
    <DropTarget
      name="drop"
      words={texts.drop}
      choose={texts.choose}
      help={texts.help}
      accept={MEDIA}
      multiple
      compact={compact}
      button="button button-main"
      icon={<LateIcon name="share" />}
      onFiles={(files) => void addFiles(files)}
    />
  );
}

/** The fields before the server knows of the lesson: they travel with its creation. */
function EarlyForm({ item }: { item: Sending }) {
  const texts = useStaffTexts();
  const set = (change: Partial<Sending['draft']>): void => typeEarly(item.key, change);
  return (
    <div class="form">
      <TextField label={texts.lesson.title} value={item.draft.title} onInput={(title) => set({ title })} />
      <TextArea
        label={texts.lesson.description}
        value={item.draft.description}
        onInput={(description) => set({ description })}
      />
      <SelectField
        label={texts.lesson.language}
        value={item.draft.language}
        options={[
          ['th', texts.lesson.thai],
          ['en', texts.lesson.english],
          ['', texts.lesson.otherLanguage],
        ]}
        onChange={(code) => set({ language: code })}
      />
    </div>
  );
}

function SendLine({ item }: { item: Sending }) {
  const texts = useStaffTexts();
  const lang = useStore(language);
  const percent = formatPercent(item.sent, item.file.size);
  const left = item.rate && item.rate > 0 ? (item.file.size - item.sent) / item.rate : null;
  const tone = item.state === 'failed' ? 'error' : item.state === 'sending' ? undefined : 'wait';
  const words: Partial<Record<Sending['state'], string>> = {
    waiting: texts.upload.waiting,
    paused: texts.upload.paused,
    stalled: texts.upload.stalled,
    sending:
      left === null ? '' : texts.upload.speed(formatBytes(item.rate!), formatDuration(left * 1000, lang)),
  };
  return (
    <div class="stack">
      <Progress
        percent={percent}
        label={texts.upload.progress(item.file.name)}
        {...(tone ? { tone } : {})}
      />
      <p class="hint send-line">
        <span>
          {percent}% · {texts.upload.sent(formatBytes(item.sent), formatBytes(item.file.size))}
        </span>
        <span>{words[item.state]}</span>
      </p>
      {item.error && <Notice kind="error">{item.error}</Notice>}
    </div>
  );
}

function SendActions({ item, lesson }: { item: Sending; lesson: Lesson | undefined }) {
  const texts = useStaffTexts();
  const common = useTexts();
  const cancel = async (): Promise<void> => {
    if (!confirm(texts.upload.confirmCancel(item.file.name))) return;
    try {
      await cancelSending(item.key);
      showToast(texts.upload.cancelled);
    } catch (error) {
      showToast(describeError(error));
    }
  };
  if (item.state === 'received') {
    return (
      <div class="actions">
        {lesson?.state === 'published' && (
          <a class="button" href={`/watch/${lesson.id}`}>
            {texts.upload.view}
          </a>
        )}
        {lesson && <LessonMoves lesson={lesson} />}
        <button type="button" class="button button-quiet" onClick={() => dismissSending(item.key)}>
          {common.close}
        </button>
      </div>
    );
  }
  const stopped = item.state === 'paused' || item.state === 'failed';
  return (
    <div class="actions">
      <button
        type="button"
        class="button"
        onClick={() => (stopped ? resumeSending(item.key) : pauseSending(item.key))}
      >
        {stopped ? texts.upload.resume : texts.upload.pause}
      </button>
      <WorkButton class="button button-quiet button-bad" onWork={cancel}>
        {texts.upload.cancel}
      </WorkButton>
    </div>
  );
}

/** Who types goes on typing where the lesson's own form takes the place of the early one, which has the same fields first. */
function useHandover() {
  const form = useRef<HTMLDivElement>(null);
  const findFields = (): HTMLInputElement[] => Array.from(form.current?.querySelectorAll('input, textarea, select') ?? []);
  const before = findFields();
  const at = before.findIndex((field) => field === document.activeElement);
  useLayoutEffect(() => {
    const [held, field] = [before[at], findFields()[at]];
    if (!held || !field || held.isConnected) return;
    field.focus();
    // Only where there is text to select: elsewhere asking for it is an error.
    if (typeof held.selectionStart === 'number') field.setSelectionRange(held.selectionStart, held.selectionEnd);
  });
  return form;
}

function SendCard({ item }: { item: Sending }) {
  const texts = useStaffTexts();
  const known = useStore(lessons);
  const lesson = item.lessonId ? known[item.lessonId] : undefined;
  const form = useHandover();
  return (
    <li class="panel send-card">
      <div class="stack send-side">
        <div class="card-head">
          <h2 class="file-name">{item.file.name}</h2>
          {lesson && <StateChip lesson={lesson} />}
        </div>
        {item.state === 'received' ? (
          <>
            <p class="hint">{texts.upload.received}</p>
            {lesson && <LessonProgress lesson={lesson} />}
          </>
        ) : (
          <SendLine item={item} />
        )}
        <SendActions item={item} lesson={lesson} />
      </div>
      <div ref={form}>
        {item.lessonId && lesson ? (
          <LessonForm key={item.lessonId} lessonId={item.lessonId} />
        ) : (
          <EarlyForm item={item} />
        )}
      </div>
    </li>
  );
}

function UnfinishedRow({ upload }: { upload: UnfinishedUpload }) {
  const texts = useStaffTexts();
  const lang = useStore(language);
  const input = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState(false);
  const name = upload.filename ?? upload.id;
  const take = async (file: File | undefined): Promise<void> => {
    if (file) setWrong(!(await resumeWith(upload, file)));
  };
  const discard = async (): Promise<void> => {
    if (!confirm(texts.upload.confirmDiscard(name))) return;
    try {
      await discardUnfinished(upload.id);
    } catch (error) {
      showToast(describeError(error));
    }
  };
  const total = upload.length_bytes ?? 0;
  return (
    <li class="panel">
      <h3 class="file-name">{name}</h3>
      <Progress
        percent={formatPercent(upload.offset_bytes, total)}
        label={texts.upload.progress(name)}
        tone="wait"
      />
      <p class="hint send-line">
        <span>{texts.upload.sent(formatBytes(upload.offset_bytes), formatBytes(total))}</span>
        {upload.expires_ms && <span>{texts.upload.until(formatDateTime(upload.expires_ms, lang))}</span>}
      </p>
      {wrong && <Notice kind="error">{texts.upload.notSame(name)}</Notice>}
      <div class="actions">
        <button
          type="button"
          class="button button-main"
          aria-label={texts.upload.chooseNamed(name)}
          onClick={() => input.current?.click()}
        >
          {texts.upload.chooseAgain}
        </button>
        <WorkButton
          class="button button-quiet button-bad"
          label={texts.upload.discardNamed(name)}
          onWork={discard}
        >
          {texts.upload.discard}
        </WorkButton>
      </div>
      <input
        ref={input}
        class="unseen"
        type="file"
        tabIndex={-1}
        aria-label={texts.upload.chooseNamed(name)}
        onChange={(event) => {
          void take(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
    </li>
  );
}

function UploadView() {
  const texts = useStaffTexts();
  const list = useStore(sendings);
  const rest = useStore(unfinished);
  const [error, setError] = useState<string | null>(null);
  const load = (): void => {
    loadUnfinished().then(
      () => setError(null),
      (fault: unknown) => setError(describeError(fault)),
    );
  };
  useEffect(load, []);
  useLive();
  return (
    <>
      <PageHead title={texts.upload.heading} />
      <Chooser compact={list.length > 0} />
      {error && <ErrorNotice message={error} onRetry={load} />}
      <ul class="panels">
        {list.map((item) => (
          <SendCard key={item.key} item={item} />
        ))}
      </ul>
      {rest.length > 0 && (
        <section class="section">
          <h2>{texts.upload.unfinished}</h2>
          <p class="hint">{texts.upload.unfinishedHelp}</p>
          <ul class="panels">
            {rest.map((upload) => (
              <UnfinishedRow key={upload.id} upload={upload} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

export default function UploadPage() {
  const texts = useStaffTexts();
  return (
    <ForRoles title={texts.upload.heading} roles={EDITORS}>
      <UploadView />
    </ForRoles>
  );
}
