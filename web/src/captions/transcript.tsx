// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The words of a lesson beside it: search, jump on click, the present line marked and kept in sight.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatClock } from '../lib/format';
import { lessonLang } from '../lib/i18n';
import { useWhen } from '../lib/hooks';
import { LateIcon } from '../ui/late-icons';
import { findAt, plainText, searchCues, type Cue } from './cues';
import { useCaptionsTexts } from './texts';

interface TranscriptProps {
  cues: readonly Cue[];
  language: string;
  seconds: number;
  onSeek: (seconds: number) => void;
}

/** Brings a line into sight inside its own list; the page itself never moves. */
function bringIntoSight(list: HTMLElement | null, index: number): void {
  const line = list?.children[index] as HTMLElement | undefined;
  if (!list || !line) return;
  const top = line.offsetTop - list.offsetTop;
  const above = top < list.scrollTop;
  const below = top + line.offsetHeight > list.scrollTop + list.clientHeight;
  if (above || below) list.scrollTop = Math.max(0, top - list.clientHeight / 3);
}

interface Search {
  query: string;
  hits: number[];
  hit: number;
  setQuery: (query: string) => void;
  go: (by: number) => void;
}

function useSearch(cues: readonly Cue[], show: (index: number) => void): Search {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const hits = useMemo(() => searchCues(cues, query), [cues, query]);
  const go = (by: number): void => {
    if (hits.length === 0) return;
    const next = (at + by + hits.length) % hits.length;
    setAt(next);
    show(hits[next]!);
  };
  useWhen(() => {
    setAt(0);
    if (hits.length > 0) show(hits[0]!);
  }, [hits]);
  return { query, hits, hit: hits[at] ?? -1, setQuery, go };
}

function SearchRow({ search }: { search: Search }) {
  const texts = useCaptionsTexts().transcript;
  return (
    <div class="transcript-search" role="search">
      <LateIcon name="search" />
      <input
        type="search"
        aria-label={texts.search}
        placeholder={texts.search}
        value={search.query}
        maxLength={200}
        onInput={(event) => search.setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          search.go(event.shiftKey ? -1 : 1);
        }}
      />
      {search.query.trim() !== '' && (
        <>
          <span class="hint" role="status">
            {texts.found(search.hits.length)}
          </span>
          <button type="button" class="icon-button" aria-label={texts.previous} onClick={() => search.go(-1)}>
            <LateIcon name="previous" />
          </button>
          <button type="button" class="icon-button" aria-label={texts.next} onClick={() => search.go(1)}>
            <LateIcon name="next" />
          </button>
        </>
      )}
    </div>
  );
}

export function Transcript({ cues, language, seconds, onSeek }: TranscriptProps) {
  const texts = useCaptionsTexts().transcript;
  const list = useRef<HTMLOListElement>(null);
  const [follow, setFollow] = useState(true);
  const at = findAt(cues, seconds * 1000 + 50);
  const search = useSearch(cues, (index) => bringIntoSight(list.current, index));
  const hits = useMemo(() => new Set(search.hits), [search.hits]);
  useEffect(() => {
    if (follow && search.query === '') bringIntoSight(list.current, at);
  }, [at, follow, search.query]);
  return (
    <div class="transcript">
      <div class="transcript-tools">
        <SearchRow search={search} />
        <label class="check">
          <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.currentTarget.checked)} />
          {texts.follow}
        </label>
      </div>
      <ol class="transcript-lines" ref={list} lang={lessonLang(language)} tabIndex={0} aria-label={texts.heading}>
        {cues.map((cue, index) => (
          <li key={cue.key} class={hits.has(index) ? 'transcript-hit' : undefined}>
            <button
              type="button"
              class={index === search.hit ? 'transcript-line transcript-here' : 'transcript-line'}
              aria-current={index === at ? 'true' : undefined}
              onClick={() => onSeek(cue.start / 1000)}
            >
              <span class="transcript-time">
                <span class="unseen">{texts.goTo(formatClock(cue.start / 1000))} </span>
                <span aria-hidden="true">{formatClock(cue.start / 1000)}</span>
              </span>
              <span>{plainText(cue.text)}</span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
