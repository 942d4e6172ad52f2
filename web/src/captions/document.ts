// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The captions of one language while they are edited: what the server has, every step since, what is
// kept in the browser, saving, and two people at once. Nothing typed is ever dropped: what a conflict or
// an earlier version replaces can be undone.

import { useRef, useState } from 'preact/hooks';
import { ApiError, describeError } from '../lib/api';
import { useLatest, useWhen } from '../lib/hooks';
import type { Captions } from '../lib/types';
import { isSound, readVtt, writeVtt, type Cue } from './cues';
import { beginHistory, canRedo, canUndo, present, redo, step, undo, type History } from './history';
import { approveCaptions, fetchText, keepDraft, putCaptions, recallDraft } from './store';

export type Saving = 'saved' | 'dirty' | 'saving' | 'conflict' | 'error';

export interface CaptionsDocument {
  loading: boolean;
  error: string | null;
  cues: readonly Cue[];
  saving: Saving;
  /** What was typed on an earlier visit is back. */
  restored: boolean;
  canUndo: boolean;
  canRedo: boolean;
  /** A further step; with the topic of the step before it is part of that. */
  change: (cues: readonly Cue[], topic?: string | null) => void;
  undo: () => void;
  redo: () => void;
  save: (approve: boolean) => Promise<void>;
  keepMine: () => Promise<void>;
  takeTheirs: () => void;
  discard: () => void;
  reload: () => void;
}

interface Base {
  /** As the editor itself writes it, so that texts can be compared. */
  text: string;
  etag: string | null;
}

interface Place {
  lessonId: string;
  language: string;
  item: Captions | undefined;
  onSaved: (saved: Captions) => void;
}

const KEEP_MS = 300;
const EMPTY: Base = { text: writeVtt([]), etag: null };

function normalise(text: string): string {
  return writeVtt(readVtt(text));
}

async function fetchBase(place: Place): Promise<Base> {
  if (!place.item) return EMPTY;
  try {
    const { text, etag } = await fetchText(place.lessonId, place.language);
    return { text: normalise(text), etag };
  } catch (error) {
    // Deleted meanwhile: what is typed becomes a new file.
    if (error instanceof ApiError && error.status === 404) return EMPTY;
    throw error;
  }
}

/** Keeps what is not saved in the browser, a moment after each change and when the page goes. */
function useKeeping(place: Place, text: string, base: Base | null): void {
  const newest = useLatest({ place, text, base });
  const flush = (): void => {
    const now = newest.current;
    if (!now.base) return;
    const dirty = now.text !== now.base.text;
    keepDraft(now.place.lessonId, now.place.language, dirty ? { etag: now.base.etag, text: now.text } : null);
  };
  useWhen(() => {
    const timer = setTimeout(flush, KEEP_MS);
    return () => clearTimeout(timer);
  }, [text, base]);
  useWhen(() => {
    addEventListener('pagehide', flush);
    return () => {
      removeEventListener('pagehide', flush);
      flush();
    };
  }, []);
}

interface Loaded {
  base: Base | null;
  setBase: (base: Base) => void;
  history: History<readonly Cue[]>;
  setHistory: (history: History<readonly Cue[]>) => void;
  restored: boolean;
  error: string | null;
  reload: () => void;
}

/** The server's text, with what was typed before as a step upon it. */
function useBase(place: Place): Loaded {
  const [base, setBase] = useState<Base | null>(null);
  const [history, setHistory] = useState<History<readonly Cue[]>>(() => beginHistory<readonly Cue[]>([]));
  const [restored, setRestored] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  useWhen(() => {
    let gone = false;
    setBase(null);
    setError(null);
    fetchBase(place).then(
      (got) => {
        if (gone) return;
        const draft = recallDraft(place.lessonId, place.language);
        const typed = draft !== null && normalise(draft.text) !== got.text ? draft : null;
        const first = beginHistory<readonly Cue[]>(readVtt(got.text));
        setHistory(typed ? step(first, readVtt(typed.text)) : first);
        setRestored(typed !== null);
        // What it was typed upon counts: saving then tells when somebody else was faster.
        setBase({ text: got.text, etag: typed ? typed.etag : got.etag });
      },
      (fault: unknown) => {
        if (!gone) setError(describeError(fault));
      },
    );
    return () => {
      gone = true;
    };
  }, [place.lessonId, place.language, turn]);
  return { base, setBase, history, setHistory, restored, error, reload: () => setTurn(turn + 1) };
}

export function useDocument(place: Place): CaptionsDocument {
  const loaded = useBase(place);
  const { base, history, setBase, setHistory } = loaded;
  const [busy, setBusy] = useState<'none' | 'saving' | 'error'>('none');
  const [fault, setFault] = useState<string | null>(null);
  const [theirs, setTheirs] = useState<Base | null>(null);
  const state = useRef(place.item?.state ?? 'approved');
  const cues = present(history);
  const text = writeVtt(cues);
  const dirty = base !== null && text !== base.text;
  useWhen(() => {
    state.current = place.item?.state ?? 'approved';
  }, [place.item?.state, place.language]);
  useKeeping(place, text, base);

  const put = async (etag: string | null, approve: boolean): Promise<void> => {
    const draft = state.current === 'draft' && !approve;
    let saved: Captions = await putCaptions(place.lessonId, place.language, text, { etag, draft });
    if (approve && saved.state === 'draft') {
      const lesson = await approveCaptions(place.lessonId, place.language, saved.etag);
      saved = lesson.captions?.find((item) => item.language === place.language) ?? saved;
    }
    setBase({ text, etag: saved.etag });
    keepDraft(place.lessonId, place.language, null);
    place.onSaved(saved);
  };
  const saveUpon = async (etag: string | null, approve: boolean): Promise<void> => {
    if (!isSound(cues)) return;
    setBusy('saving');
    setFault(null);
    try {
      await put(etag, approve);
      setTheirs(null);
      setBusy('none');
    } catch (error) {
      const clash = error instanceof ApiError && error.status === 412;
      if (clash) setTheirs(await fetchBase({ ...place, item: place.item ?? ({} as Captions) }).catch(() => null));
      setFault(clash ? null : describeError(error));
      setBusy(clash ? 'none' : 'error');
    }
  };
  const takeTheirs = (): void => {
    if (!theirs) return;
    setHistory(step(history, readVtt(theirs.text)));
    setBase(theirs);
    setTheirs(null);
  };
  const saving = (): Saving => {
    if (theirs) return 'conflict';
    if (busy !== 'none') return busy;
    return dirty ? 'dirty' : 'saved';
  };
  return {
    loading: base === null && loaded.error === null,
    error: loaded.error ?? fault,
    cues,
    saving: saving(),
    restored: loaded.restored && dirty,
    canUndo: canUndo(history),
    canRedo: canRedo(history),
    change: (next, topic = null) => setHistory(step(history, next, topic)),
    undo: () => setHistory(undo(history)),
    redo: () => setHistory(redo(history)),
    save: (approve) => saveUpon(base?.etag ?? null, approve),
    keepMine: () => saveUpon(theirs?.etag ?? null, false),
    takeTheirs,
    discard: () => base && setHistory(step(history, readVtt(base.text))),
    reload: loaded.reload,
  };
}
