// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// For editors of a lesson: choose a language, bring a file, have a draft written, edit, approve, delete.

import { useId, useState } from 'preact/hooks';
import { describeError } from '../lib/api';
import type { Captions } from '../lib/types';
import type { PanelProps } from '../pages/watch-panels';
import { CueEditor } from './cue-editor';
import { useDocument } from './document';
import { FileDrop } from './file-drop';
import { Machine } from './machine';
import { removeCaptions } from './store';
import { nameLanguage, useCaptionsTexts } from './texts';
import { Versions } from './versions';
import { WorkButton } from '../ui/work';

const COMMON = ['th', 'en', 'ms', 'lo', 'km', 'my', 'zh'];
const TAG = /^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?$/;

interface EditorProps extends PanelProps {
  items: Captions[];
  onItems: (items: Captions[]) => void;
}

function LanguageChoice(props: { items: readonly Captions[]; chosen: string; onChoose: (tag: string) => void }) {
  const texts = useCaptionsTexts();
  const id = useId();
  const [other, setOther] = useState('');
  const tags = [...new Set([...props.items.map((item) => item.language), ...COMMON, props.chosen])];
  const good = TAG.test(other);
  return (
    <div class="caption-choice">
      <label for={id}>{texts.editor.choose}</label>
      <select id={id} value={props.chosen} onChange={(event) => props.onChoose(event.currentTarget.value)}>
        {tags.map((tag) => (
          <option key={tag} value={tag}>
            {nameLanguage(texts, tag)}
            {props.items.some((item) => item.language === tag) ? ' ✓' : ''}
          </option>
        ))}
      </select>
      <input
        type="text"
        aria-label={texts.editor.other}
        placeholder={texts.editor.other}
        value={other}
        maxLength={12}
        onInput={(event) => setOther(event.currentTarget.value.trim())}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !good) return;
          props.onChoose(other);
          setOther('');
        }}
      />
    </div>
  );
}

/** Everything about one language; another language is another one of these. */
function Language(props: EditorProps & { language: string }) {
  const { lesson, language, items, onItems } = props;
  const texts = useCaptionsTexts();
  const item = items.find((one) => one.language === language);
  const [note, setNote] = useState('');
  const keep = (saved: Captions): void =>
    onItems([...items.filter((one) => one.language !== language), saved].sort((a, b) => (a.language < b.language ? -1 : 1)));
  const doc = useDocument({ lessonId: lesson.id, language, item, onSaved: keep });
  const take = (fresh: Captions[]): void => {
    onItems(fresh);
    doc.reload();
  };
  const remove = async (): Promise<void> => {
    if (!item || !confirm(texts.editor.removeSure(nameLanguage(texts, language)))) return;
    try {
      const changed = await removeCaptions(lesson.id, language, item.etag);
      take(changed.captions ?? []);
      setNote(texts.editor.removed);
    } catch (error) {
      setNote(describeError(error));
    }
  };
  return (
    <>
      <h3>{texts.editor.heading(nameLanguage(texts, language))}</h3>
      <FileDrop
        lessonId={lesson.id}
        language={language}
        item={item}
        onSaved={(saved) => {
          keep(saved);
          doc.reload();
        }}
      />
      <Machine lessonId={lesson.id} language={language} item={item} onItems={take} />
      <CueEditor
        doc={doc}
        language={language}
        item={item}
        video={props.video}
        seconds={props.seconds}
        onSeek={props.onSeek}
      />
      <Versions lessonId={lesson.id} language={language} item={item} onLoad={(cues) => doc.change(cues)} />
      {item && (
        <WorkButton class="button button-quiet" onWork={remove}>
          {texts.editor.remove_all}
        </WorkButton>
      )}
      <p role="status">{note}</p>
    </>
  );
}

export function Editor(props: EditorProps) {
  const { items, lesson } = props;
  const [language, setLanguage] = useState(items[0]?.language ?? lesson.language ?? 'th');
  return (
    <div class="caption-editor">
      <LanguageChoice items={items} chosen={language} onChoose={setLanguage} />
      <Language key={language} {...props} language={language} />
    </div>
  );
}
