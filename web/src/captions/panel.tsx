// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Below the player: the captions of a lesson to read, to show on the picture, and for editors to edit.
// The text is fetched when it is asked for, since it costs; the editor is a chunk of its own.

import { useRef, useState } from 'preact/hooks';
import { countBytes, headBytes, KEPT_HEADER } from '../lib/budget';
import { describeError, isAbort } from '../lib/api';
import { formatBytes } from '../lib/format';
import { useWhen } from '../lib/hooks';
import type { Captions, Lesson } from '../lib/types';
import type { PanelProps } from '../pages/watch-panels';
import { ErrorNotice, Loading, Notice } from '../ui/basics';
import { readVtt, type Cue } from './cues';
import { drawLines, recallWish, showLanguage, shownLanguage } from './lines';
import { nameLanguage, useCaptionsTexts } from './texts';
import { Transcript } from './transcript';
import './captions.css';

type EditorModule = typeof import('./editor');

async function fetchCues(item: Captions, signal: AbortSignal): Promise<Cue[]> {
  const response = await fetch(item.url, { signal });
  if (!response.ok) throw new Error(`captions: ${response.status}`);
  const bytes = await response.arrayBuffer();
  if (!response.headers.get(KEPT_HEADER)) countBytes(headBytes(response) + bytes.byteLength);
  return readVtt(new TextDecoder().decode(bytes));
}

/** The language to begin with: what was chosen before, the lesson's own, the first. */
function chooseLanguage(items: readonly Captions[], lesson: Lesson): string | null {
  const wish = recallWish().language;
  const has = (tag: string | null | undefined): boolean => items.some((item) => item.language === tag);
  if (has(wish)) return wish;
  if (has(lesson.language)) return lesson.language ?? null;
  return items[0]?.language ?? null;
}

/** The lines on the picture: by the element itself, or drawn over a still. */
function useLines(props: PanelProps, language: string | null): [boolean, (shown: boolean) => void] {
  const { video, choice } = props;
  const [shown, setShown] = useState(recallWish().shown);
  useWhen(() => {
    if (!video) return undefined;
    if (language && recallWish().shown) showLanguage(video, language, true);
    const follow = (): void => setShown(shownLanguage(video) !== null);
    video.textTracks.addEventListener('change', follow);
    return () => video.textTracks.removeEventListener('change', follow);
  }, [video]);
  useWhen(() => (video && (choice === 'slides' || choice === 'voice') ? drawLines(video) : undefined), [
    video,
    choice,
  ]);
  const set = (on: boolean): void => {
    setShown(on);
    if (video && language) showLanguage(video, language, on);
  };
  return [shown, set];
}

interface TextProps extends PanelProps {
  item: Captions;
}

function Text(props: TextProps) {
  const { item } = props;
  const texts = useCaptionsTexts().transcript;
  const [open, setOpen] = useState(false);
  const [cues, setCues] = useState<Cue[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  useWhen(() => {
    if (!open) return undefined;
    const abort = new AbortController();
    setCues(null);
    setError(null);
    fetchCues(item, abort.signal).then(setCues, (fault: unknown) => {
      if (!isAbort(fault)) setError(describeError(fault));
    });
    return () => abort.abort();
  }, [open, item.url, turn]);
  return (
    <>
      <button type="button" class="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? texts.hide : texts.show(formatBytes(item.bytes))}
      </button>
      {open && error && <ErrorNotice message={texts.failed} onRetry={() => setTurn(turn + 1)} />}
      {open && !error && !cues && <Loading />}
      {open && cues && (
        <Transcript cues={cues} language={item.language} seconds={props.seconds} onSeek={props.onSeek} />
      )}
    </>
  );
}

function Languages(props: {
  items: readonly Captions[];
  chosen: string | null;
  onChoose: (language: string) => void;
}) {
  const texts = useCaptionsTexts();
  if (props.items.length < 2) return null;
  return (
    <div class="caption-languages" role="group" aria-label={texts.transcript.languages}>
      {props.items.map((item) => (
        <button
          key={item.language}
          type="button"
          class="button button-quiet"
          aria-pressed={item.language === props.chosen}
          onClick={() => props.onChoose(item.language)}
        >
          {nameLanguage(texts, item.language)}
        </button>
      ))}
    </div>
  );
}

/** Loads the editor when an editor of the lesson asks for it. */
function Editing(props: PanelProps & { items: Captions[]; onItems: (items: Captions[]) => void }) {
  const texts = useCaptionsTexts().transcript;
  const [editor, setEditor] = useState<EditorModule | null>(null);
  const [open, setOpen] = useState(false);
  const top = useRef<HTMLButtonElement>(null);
  const toggle = (): void => {
    setOpen(!open);
    if (!editor) import('./editor').then(setEditor, () => setOpen(false));
  };
  useWhen(() => {
    document.documentElement.classList.toggle('captions-editing', open);
    if (open) top.current?.closest('.captions')?.scrollIntoView({ block: 'start' });
    return () => document.documentElement.classList.remove('captions-editing');
  }, [open]);
  return (
    <>
      <button ref={top} type="button" class="button button-quiet" aria-expanded={open} onClick={toggle}>
        {open ? texts.closeEditor : texts.edit}
      </button>
      {open && (editor ? <editor.Editor {...props} /> : <Loading />)}
    </>
  );
}

export default function Panel(props: PanelProps) {
  const { lesson, video } = props;
  const texts = useCaptionsTexts().transcript;
  const [changed, setChanged] = useState<Captions[] | null>(null);
  const [picked, setPicked] = useState<string | null>(null);
  const items = changed ?? lesson.captions ?? [];
  const language = items.some((item) => item.language === picked) ? picked : chooseLanguage(items, lesson);
  const item = items.find((one) => one.language === language);
  const [shown, setShown] = useLines(props, language);
  const choose = (next: string): void => {
    setPicked(next);
    if (video && shown) showLanguage(video, next, true);
  };
  return (
    <section class="captions" aria-labelledby="captions-heading">
      <h2 id="captions-heading">{texts.heading}</h2>
      <Languages items={items} chosen={language} onChoose={choose} />
      {item && (
        <label class="check">
          <input
            type="checkbox"
            checked={shown}
            disabled={!video}
            onChange={(event) => setShown(event.currentTarget.checked)}
          />
          {texts.onPicture}
        </label>
      )}
      {item?.state === 'draft' && (
        <Notice kind="warning">
          <p>
            <strong>{texts.draft}</strong> {texts.draftHelp}
          </p>
        </Notice>
      )}
      {item ? <Text key={item.language} {...props} item={item} /> : <p class="hint">{texts.none}</p>}
      {lesson.may_edit && <Editing {...props} items={items} onItems={setChanged} />}
    </section>
  );
}
