// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The editor of one language's cues: list, tools, keyboard, saving, and what happens when somebody else
// saved first.

import { useRef, useState } from 'preact/hooks';
import { useWhen } from '../lib/hooks';
import type { Captions } from '../lib/types';
import { ErrorNotice, Loading, Notice } from '../ui/basics';
import { WorkButton } from '../ui/work';
import { CueList, type CueActions } from './cue-list';
import {
  changeCue,
  findAt,
  insertCue,
  isSound,
  mergeCue,
  removeCue,
  shiftCues,
  splitCue,
  type Cue,
} from './cues';
import type { CaptionsDocument } from './document';
import { readKey, type EditorKey } from './keys';
import { usePreview } from './preview';
import { useCaptionsTexts } from './texts';

interface CueEditorProps {
  doc: CaptionsDocument;
  language: string;
  item: Captions | undefined;
  video: HTMLVideoElement | null;
  seconds: number;
  onSeek: (seconds: number) => void;
}

interface Work extends CueActions {
  insert: () => void;
  shift: (seconds: number) => void;
  step: (by: number) => void;
  togglePlay: () => void;
}

function useWork(props: CueEditorProps, selected: number | null, select: (key: number | null) => void): Work {
  const { doc, video } = props;
  const stopAt = useRef<number | null>(null);
  const now = (): number => (video ? video.currentTime : props.seconds) * 1000;
  const find = (key: number): Cue | undefined => doc.cues.find((cue) => cue.key === key);
  useWhen(() => {
    if (!video) return undefined;
    const watch = (): void => {
      if (stopAt.current === null || video.currentTime < stopAt.current) return;
      stopAt.current = null;
      video.pause();
    };
    video.addEventListener('timeupdate', watch);
    return () => video.removeEventListener('timeupdate', watch);
  }, [video]);
  const step = (by: number): void => {
    const index = doc.cues.findIndex((cue) => cue.key === selected);
    const next = doc.cues[index < 0 ? 0 : index + by];
    if (next) select(next.key);
  };
  return {
    select,
    step,
    setText: (key, text) => doc.change(changeCue(doc.cues, key, { text }), `text ${key}`),
    setTimes: (key, times) => doc.change(changeCue(doc.cues, key, times)),
    setHere: (key, edge) => doc.change(changeCue(doc.cues, key, { [edge]: Math.round(now()) })),
    play: (key) => {
      const cue = find(key);
      if (!cue) return;
      props.onSeek(cue.start / 1000);
      stopAt.current = cue.end / 1000;
      void video?.play().catch(() => undefined);
    },
    split: (key, at) => {
      const cue = find(key);
      const inside = cue && now() > cue.start && now() < cue.end;
      doc.change(splitCue(doc.cues, key, at, inside ? now() : null));
    },
    merge: (key) => doc.change(mergeCue(doc.cues, key)),
    remove: (key) => {
      const index = doc.cues.findIndex((cue) => cue.key === key);
      doc.change(removeCue(doc.cues, key));
      select((doc.cues[index + 1] ?? doc.cues[index - 1])?.key ?? null);
    },
    insert: () => {
      const { cues, key } = insertCue(doc.cues, now());
      doc.change(cues);
      select(key);
    },
    shift: (seconds) => doc.change(shiftCues(doc.cues, seconds * 1000)),
    togglePlay: () => {
      if (!video) props.onSeek(props.seconds);
      else if (video.paused) void video.play().catch(() => undefined);
      else video.pause();
    },
  };
}

function handleKey(key: EditorKey, work: Work, doc: CaptionsDocument, selected: number | null, at: number): void {
  if (key === 'undo') doc.undo();
  else if (key === 'redo') doc.redo();
  else if (key === 'save') void doc.save(false);
  else if (key === 'play') work.togglePlay();
  else if (key === 'insert') work.insert();
  else if (key === 'previous') work.step(-1);
  else if (key === 'next') work.step(1);
  else if (selected === null) return;
  else if (key === 'split') work.split(selected, at);
  else if (key === 'merge') work.merge(selected);
  else work.setHere(selected, key);
}

function Shift({ work }: { work: Work }) {
  const texts = useCaptionsTexts().editor;
  const [typed, setTyped] = useState('');
  const seconds = Number(typed.replace(',', '.'));
  const good = typed.trim() !== '' && Number.isFinite(seconds) && seconds !== 0;
  return (
    <div class="cue-shift">
      <label>
        <span>{texts.shift}</span>
        <input
          type="text"
          inputMode="text"
          value={typed}
          maxLength={10}
          placeholder="-0.5"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <button
        type="button"
        class="button button-quiet"
        disabled={!good}
        onClick={() => {
          work.shift(seconds);
          setTyped('');
        }}
      >
        {texts.shiftDo}
      </button>
    </div>
  );
}

function Tools(props: { doc: CaptionsDocument; work: Work; item: Captions | undefined }) {
  const { doc, work, item } = props;
  const texts = useCaptionsTexts().editor;
  const draft = item?.state === 'draft';
  const sound = isSound(doc.cues);
  const busy = doc.saving === 'saving';
  return (
    <div class="cue-tools">
      <div class="actions">
        <WorkButton class="button" disabled={!sound || busy || doc.saving === 'saved'} onWork={() => doc.save(false)}>
          {draft ? texts.saveDraft : texts.save}
        </WorkButton>
        {draft && (
          <WorkButton class="button" disabled={!sound || busy} onWork={() => doc.save(true)}>
            {texts.approve}
          </WorkButton>
        )}
        <button type="button" class="button button-quiet" disabled={!doc.canUndo} onClick={doc.undo}>
          {texts.undo}
        </button>
        <button type="button" class="button button-quiet" disabled={!doc.canRedo} onClick={doc.redo}>
          {texts.redo}
        </button>
        <button type="button" class="button button-quiet" onClick={work.insert}>
          {texts.insert}
        </button>
      </div>
      <Shift work={work} />
    </div>
  );
}

/** Where saving stands, in one line that is read out. */
function State({ doc }: { doc: CaptionsDocument }) {
  const texts = useCaptionsTexts();
  const words = { saved: texts.editor.saved, dirty: texts.editor.unsaved, saving: '…', conflict: '', error: '' };
  return (
    <>
      <p class="hint" role="status">
        {doc.cues.length > 0 ? words[doc.saving] : ''}
        {doc.saving === 'dirty' && !isSound(doc.cues) && ` · ${texts.editor.notSound}`}
      </p>
      {doc.error && <ErrorNotice message={doc.error} />}
      {doc.restored && (
        <Notice kind="info">
          <p>{texts.editor.restored}</p>
          <button type="button" class="button button-quiet" onClick={doc.discard}>
            {texts.editor.discard}
          </button>
        </Notice>
      )}
      {doc.saving === 'conflict' && (
        <Notice kind="error">
          <p>
            <strong>{texts.conflict.heading}</strong>
          </p>
          <p>{texts.conflict.help}</p>
          <div class="actions">
            <WorkButton onWork={doc.keepMine}>{texts.conflict.mine}</WorkButton>
            <button type="button" class="button" onClick={doc.takeTheirs}>
              {texts.conflict.theirs}
            </button>
          </div>
        </Notice>
      )}
    </>
  );
}

export function CueEditor(props: CueEditorProps) {
  const { doc } = props;
  const texts = useCaptionsTexts().editor;
  const [selected, setSelected] = useState<number | null>(null);
  const work = useWork(props, selected, setSelected);
  usePreview(props.video, doc.cues);
  const onKeyDown = (event: KeyboardEvent): void => {
    const key = readKey(event);
    if (!key) return;
    event.preventDefault();
    event.stopPropagation();
    const area = event.target instanceof HTMLTextAreaElement ? event.target : null;
    handleKey(key, work, doc, selected, area?.selectionStart ?? 0);
  };
  if (doc.loading) return <Loading />;
  if (doc.error && doc.cues.length === 0) return <ErrorNotice message={doc.error} onRetry={doc.reload} />;
  return (
    <div class="cue-editor" onKeyDown={onKeyDown}>
      <Tools doc={doc} work={work} item={props.item} />
      <State doc={doc} />
      {doc.cues.length > 0 ? (
        <CueList
          cues={doc.cues}
          selected={selected}
          at={findAt(doc.cues, props.seconds * 1000 + 50)}
          language={props.language}
          actions={work}
        />
      ) : (
        <button type="button" class="button" onClick={work.insert}>
          {texts.scratch}
        </button>
      )}
      <details class="keys">
        <summary>{texts.keys}</summary>
        <p>{texts.keysList}</p>
      </details>
    </div>
  );
}
