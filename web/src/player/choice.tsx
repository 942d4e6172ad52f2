// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What each quality of this lesson costs, to choose from: a group of radio buttons with megabytes. Of
// `auto` the learner says which quality it must not exceed.

import { useState } from 'preact/hooks';
import { budget, remainingBytes } from '../lib/budget';
import { formatBytes } from '../lib/format';
import { useTexts } from '../lib/i18n';
import { recall, remember } from '../lib/storage';
import { useStore } from '../lib/store';
import type { Lesson, Rung } from '../lib/types';
import { findCap, hasPicture, isRefused, useRungs } from './support';

interface ChoiceProps {
  lesson: Lesson;
  choice: string | null;
  onChoose: (name: string) => void;
}

function Cap({ rungs, onChange }: { rungs: readonly Rung[]; onChange: () => void }) {
  const texts = useTexts().rungs;
  const [cap, setCap] = useState(recall<string | null>('cap', null));
  return (
    <label class="rung-cap">
      {texts.cap}{' '}
      <select
        value={findCap(rungs, cap)!.name}
        onChange={(event) => {
          remember('cap', event.currentTarget.value);
          setCap(event.currentTarget.value);
          onChange();
        }}
      >
        {rungs.map((rung) => (
          <option key={rung.name} value={rung.name}>
            {texts.name[rung.name] ?? rung.name} {formatBytes(rung.bytes)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function RungChoice({ lesson, choice, onChoose }: ChoiceProps) {
  const texts = useTexts();
  useStore(budget);
  const rungs = useRungs(lesson);
  const pictures = rungs.filter(hasPicture);
  const failed = lesson.rungs.filter((rung) => rung.error);
  const wanted = recall<string | null>('rung', null);
  const cap = findCap(rungs, recall<string | null>('cap', null));
  const option = (name: string, size: string, note: string, over: boolean) => (
    <label key={name} class={over ? 'rung rung-over' : 'rung'}>
      <input
        type="radio"
        name="rung"
        value={name}
        checked={choice === name}
        onChange={() => onChoose(name)}
      />
      <span class="rung-name">{texts.rungs.name[name] ?? name}</span>
      <span class="rung-size">{size}</span>
      <span class="rung-note">{over ? `${note} ${texts.rungs.over}`.trim() : note}</span>
    </label>
  );
  return (
    <fieldset class="rungs">
      <legend>{texts.rungs.heading}</legend>
      <p class="hint">{texts.rungs.help}</p>
      <div class="rung-list">
        {rungs.map((rung) =>
          option(
            rung.name,
            formatBytes(rung.bytes),
            hasPicture(rung) ? `${rung.height}p` : '',
            rung.bytes > remainingBytes(),
          ),
        )}
        {cap &&
          pictures.length > 1 &&
          option('auto', texts.rungs.atMost(formatBytes(cap.bytes)), texts.rungs.autoHelp, false)}
      </div>
      {choice === 'auto' && pictures.length > 1 && (
        <Cap rungs={pictures} onChange={() => onChoose('auto')} />
      )}
      {wanted && isRefused(lesson, wanted) && (
        <p class="hint" role="status">
          {texts.rungs.refused(texts.rungs.name[wanted] ?? wanted)}
        </p>
      )}
      {failed.map((rung) => (
        <p key={rung.name} class="hint">
          {texts.rungs.name[rung.name] ?? rung.name}: {texts.rungs.failed}
        </p>
      ))}
    </fieldset>
  );
}
