// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The cues as a list: one is open with its fields, the others are lines to choose from.

import { useRef, useState } from 'preact/hooks';
import { formatClock } from '../lib/format';
import { lessonLang } from '../lib/i18n';
import { useWhen } from '../lib/hooks';
import { findFaults, plainText, readTime, writeTime, type Cue, type Fault } from './cues';
import { useCaptionsTexts } from './texts';

export interface CueActions {
  select: (key: number) => void;
  setText: (key: number, text: string) => void;
  setTimes: (key: number, times: { start?: number; end?: number }) => void;
  setHere: (key: number, edge: 'start' | 'end') => void;
  play: (key: number) => void;
  split: (key: number, at: number) => void;
  merge: (key: number) => void;
  remove: (key: number) => void;
}

/** A time that is taken when it can be read; until then it stays as it is typed. */
function TimeField(props: { label: string; value: number; onTime: (ms: number) => void; name: string }) {
  const texts = useCaptionsTexts().editor;
  const [typed, setTyped] = useState<string | null>(null);
  const bad = typed !== null && readTime(typed) === null;
  const take = (): void => {
    const ms = typed === null ? null : readTime(typed);
    if (ms !== null && ms !== props.value) props.onTime(ms);
    if (ms !== null) setTyped(null);
  };
  return (
    <label class="cue-time">
      <span>{props.label}</span>
      <input
        type="text"
        inputMode="decimal"
        name={props.name}
        value={typed ?? writeTime(props.value)}
        maxLength={16}
        autocomplete="off"
        aria-invalid={bad ? true : undefined}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onBlur={take}
        onKeyDown={(event) => event.key === 'Enter' && take()}
      />
      {bad && (
        <span class="field-error" role="alert">
          {texts.badTime}
        </span>
      )}
    </label>
  );
}

function Faults({ faults }: { faults: readonly Fault[] }) {
  const texts = useCaptionsTexts().editor;
  if (faults.length === 0) return null;
  return (
    <ul class="cue-faults">
      {faults.map((fault) => (
        <li key={fault} class={fault === 'overlap' ? 'hint' : 'field-error'}>
          {texts.faults[fault]}
        </li>
      ))}
    </ul>
  );
}

function OpenCue(props: { cue: Cue; number: number; faults: readonly Fault[]; language: string; last: boolean; actions: CueActions }) {
  const { cue, actions, faults } = props;
  const texts = useCaptionsTexts().editor;
  const area = useRef<HTMLTextAreaElement>(null);
  useWhen(() => {
    area.current?.focus({ preventScroll: true });
    area.current?.closest('li')?.scrollIntoView({ block: 'nearest' });
  }, [cue.key]);
  return (
    <div class="cue-open" role="group" aria-label={texts.cue(props.number, formatClock(cue.start / 1000))}>
      <div class="cue-times">
        <TimeField
          label={texts.start}
          name="start"
          value={cue.start}
          onTime={(start) => actions.setTimes(cue.key, { start })}
        />
        <button type="button" class="button button-quiet" onClick={() => actions.setHere(cue.key, 'start')}>
          {texts.startHere}
        </button>
        <TimeField label={texts.end} name="end" value={cue.end} onTime={(end) => actions.setTimes(cue.key, { end })} />
        <button type="button" class="button button-quiet" onClick={() => actions.setHere(cue.key, 'end')}>
          {texts.endHere}
        </button>
      </div>
      <textarea
        ref={area}
        rows={2}
        class="cue-text"
        aria-label={texts.text}
        lang={lessonLang(props.language)}
        value={cue.text}
        maxLength={2000}
        onInput={(event) => actions.setText(cue.key, event.currentTarget.value)}
      />
      <Faults faults={faults} />
      <div class="actions">
        <button type="button" class="button button-quiet" onClick={() => actions.play(cue.key)}>
          {texts.play}
        </button>
        <button
          type="button"
          class="button button-quiet"
          onClick={() => actions.split(cue.key, area.current?.selectionStart ?? cue.text.length)}
        >
          {texts.split}
        </button>
        <button type="button" class="button button-quiet" disabled={props.last} onClick={() => actions.merge(cue.key)}>
          {texts.merge}
        </button>
        <button type="button" class="button button-quiet" onClick={() => actions.remove(cue.key)}>
          {texts.remove}
        </button>
      </div>
    </div>
  );
}

export function CueList(props: {
  cues: readonly Cue[];
  selected: number | null;
  at: number;
  language: string;
  actions: CueActions;
}) {
  const texts = useCaptionsTexts().editor;
  const { cues, selected, actions } = props;
  return (
    <ol class="cue-list" aria-label={texts.cues}>
      {cues.map((cue, index) => {
        const faults = findFaults(cue, cues[index - 1]);
        const serious = faults.some((fault) => fault !== 'overlap');
        return (
          <li key={cue.key} class={serious ? 'cue-faulty' : undefined}>
            {cue.key === selected ? (
              <OpenCue
                cue={cue}
                number={index + 1}
                faults={faults}
                language={props.language}
                last={index === cues.length - 1}
                actions={actions}
              />
            ) : (
              <button
                type="button"
                class="transcript-line"
                aria-current={index === props.at ? 'true' : undefined}
                onClick={() => actions.select(cue.key)}
              >
                <span class="transcript-time">{formatClock(cue.start / 1000)}</span>
                <span lang={lessonLang(props.language)}>{plainText(cue.text) || texts.faults.blank}</span>
              </button>
            )}
          </li>
        );
      })}
    </ol>
  );
}
