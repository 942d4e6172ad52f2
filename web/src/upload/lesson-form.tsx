// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Edits the texts of a lesson. It saves by itself a moment after the last key; what is not saved yet is
// also in the browser's storage, so that nothing typed is lost. If somebody else changed the same field
// meanwhile, both are kept until a person decides.

import { useRef, useState } from 'preact/hooks';
import { ApiError, callWithTag, describeError } from '../lib/api';
import { useWhen } from '../lib/hooks';
import { fetchLesson, keepLesson, lessons, useStaffTexts } from '../lib/staff';
import { useStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import { Notice } from '../ui/basics';
import { SelectField, TextArea, TextField } from '../ui/forms';
import { keepDraft, recallDraft, type Fields } from './drafts';

type Saving = 'saved' | 'dirty' | 'saving' | 'conflict' | 'error';

const PAUSE_MS = 800;

function readFields(lesson: Lesson): Fields {
  return {
    title: lesson.title,
    description: lesson.description ?? '',
    language: lesson.language ?? '',
    visibility: lesson.visibility,
  };
}

/** The fields in which two differ. */
export function diffFields(from: Fields, to: Fields): Partial<Fields> {
  const changed: Partial<Record<keyof Fields, string>> = {};
  for (const name of Object.keys(to) as (keyof Fields)[]) {
    if (from[name] !== to[name]) changed[name] = to[name];
  }
  return changed as Partial<Fields>;
}

async function patch(lesson: Lesson, change: Partial<Fields>): Promise<Lesson> {
  const { body, etag } = await callWithTag<Lesson>(`lessons/${lesson.id}`, {
    method: 'PATCH',
    body: change,
    etag: lesson.etag ?? null,
  });
  return { ...body, etag: etag ?? body.etag ?? '' };
}

/** Saves; a change by others to other fields is no conflict. Null when it is one. */
async function saveFields(base: Lesson, change: Partial<Fields>): Promise<Lesson | null> {
  try {
    return await patch(base, change);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 412) throw error;
  }
  const newest = await fetchLesson(base.id);
  const theirs = diffFields(readFields(base), readFields(newest));
  const clash = Object.keys(change).some((name) => name in theirs);
  return clash ? null : patch(newest, change);
}

interface Editing {
  fields: Fields;
  saving: Saving;
  error: string | null;
  set: (change: Partial<Fields>) => void;
  keepMine: () => void;
  takeTheirs: () => void;
}

function useEditing(lesson: Lesson): Editing {
  const base = useRef(lesson);
  const [fields, setFields] = useState<Fields>(() => ({
    ...readFields(lesson),
    ...recallDraft(lesson.id),
  }));
  // What is typed, at once: a state is only read again when the form is next drawn.
  const typed = useRef(fields);
  const show = (next: Fields): void => {
    typed.current = next;
    setFields(next);
  };
  const [saving, setSaving] = useState<Saving>('saved');
  const [error, setError] = useState<string | null>(null);
  const save = async (now: Fields): Promise<void> => {
    const change = diffFields(readFields(base.current), now);
    if (Object.keys(change).length === 0) {
      keepDraft(lesson.id, {});
      setSaving('saved');
      return;
    }
    if (now.title.trim() === '') return;
    setSaving('saving');
    try {
      const saved = await saveFields(base.current, change);
      if (!saved) {
        setSaving('conflict');
        return;
      }
      base.current = saved;
      keepLesson({ ...(lessons.get()[saved.id] ?? saved), ...saved });
      keepDraft(lesson.id, {});
      setError(null);
      setSaving('saved');
    } catch (fault) {
      setError(describeError(fault));
      setSaving('error');
    }
  };
  useWhen(() => {
    const change = diffFields(readFields(base.current), fields);
    if (Object.keys(change).length === 0) return undefined;
    keepDraft(lesson.id, change);
    if (saving === 'conflict') return undefined;
    setSaving('dirty');
    const timer = setTimeout(() => void save(fields), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [fields]);
  // What others change shows here while nothing of ours is under way.
  useWhen(() => {
    const ours = diffFields(readFields(base.current), typed.current);
    if (Object.keys(ours).length > 0) return;
    base.current = lesson;
    show(readFields(lesson));
  }, [lesson.etag]);
  return {
    fields,
    saving,
    error,
    set: (change) => show({ ...typed.current, ...change }),
    keepMine() {
      void fetchLesson(lesson.id).then((newest) => {
        base.current = newest;
        return save(fields);
      });
    },
    takeTheirs() {
      void fetchLesson(lesson.id).then((newest) => {
        base.current = newest;
        keepDraft(lesson.id, {});
        show(readFields(newest));
        setSaving('saved');
      });
    },
  };
}

function SavingLine({ editing }: { editing: Editing }) {
  const texts = useStaffTexts();
  if (editing.saving === 'conflict') {
    return (
      <Notice kind="warning">
        <p>{texts.lesson.conflict}</p>
        <div class="actions">
          <button type="button" class="button" onClick={editing.keepMine}>
            {texts.lesson.overwrite}
          </button>
          <button type="button" class="button" onClick={editing.takeTheirs}>
            {texts.lesson.takeTheirs}
          </button>
        </div>
      </Notice>
    );
  }
  const words = {
    saved: texts.saved,
    dirty: texts.unsaved,
    saving: texts.saving,
    error: `${texts.unsaved} · ${editing.error ?? ''}`,
  };
  return (
    <p class={editing.saving === 'error' ? 'field-error' : 'hint'} role="status">
      {words[editing.saving]}
    </p>
  );
}

/** The fields of a lesson the server knows. */
export function LessonForm(props: { lessonId: string }) {
  const lesson = useStore(lessons)[props.lessonId];
  return lesson ? <LoadedForm lesson={lesson} /> : null;
}

function LoadedForm({ lesson }: { lesson: Lesson }) {
  const texts = useStaffTexts();
  const editing = useEditing(lesson);
  const { fields, set } = editing;
  const lang = fields.language || undefined;
  return (
    <div class="form">
      <TextField
        label={texts.lesson.title}
        value={fields.title}
        lang={lang}
        required
        onInput={(title) => set({ title })}
        error={fields.title.trim() === '' ? texts.lesson.titleMissing : undefined}
      />
      <TextArea
        label={texts.lesson.description}
        value={fields.description}
        lang={lang}
        onInput={(description) => set({ description })}
      />
      <div class="field-row">
        <SelectField
          label={texts.lesson.language}
          value={fields.language}
          options={[
            ['th', texts.lesson.thai],
            ['en', texts.lesson.english],
            ...(['', 'th', 'en'].includes(fields.language)
              ? []
              : ([[fields.language, fields.language]] as const)),
            ['', texts.lesson.otherLanguage],
          ]}
          onChange={(language) => set({ language })}
        />
        <SelectField
          label={texts.lesson.visibility}
          value={fields.visibility}
          options={(['public', 'signed-in', 'draft'] as const).map(
            (name) => [name, texts.visibilities[name]] as const,
          )}
          onChange={(visibility) => set({ visibility })}
        />
      </div>
      <SavingLine editing={editing} />
    </div>
  );
}
