// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What each quality of this lesson costs, to choose from: a group of radio buttons with megabytes.

import { useTexts } from '../lib/i18n';
import { formatBytes } from '../lib/format';
import type { Lesson, Rung } from '../lib/types';
import { listPlayable } from './engine';

interface ChoiceProps {
  lesson: Lesson;
  choice: string | null;
  onChoose: (name: string) => void;
}

function detail(rung: Rung): string {
  return rung.height ? `${rung.height}p` : '';
}

export function RungChoice({ lesson, choice, onChoose }: ChoiceProps) {
  const texts = useTexts();
  const rungs = listPlayable(lesson);
  const pictures = rungs.filter((rung) => rung.height);
  const failed = lesson.rungs.filter((rung) => rung.error);
  const largest = pictures[pictures.length - 1];
  const option = (name: string, size: string, note: string) => (
    <label key={name} class="rung">
      <input
        type="radio"
        name="rung"
        value={name}
        checked={choice === name}
        onChange={() => onChoose(name)}
      />
      <span class="rung-name">{texts.rungs.name[name] ?? name}</span>
      <span class="rung-size">{size}</span>
      <span class="rung-note">{note}</span>
    </label>
  );
  return (
    <fieldset class="rungs">
      <legend>{texts.rungs.heading}</legend>
      <p class="hint">{texts.rungs.help}</p>
      <div class="rung-list">
        {rungs.map((rung) => option(rung.name, formatBytes(rung.bytes), detail(rung)))}
        {largest &&
          pictures.length > 1 &&
          option('auto', texts.rungs.atMost(formatBytes(largest.bytes)), texts.rungs.autoHelp)}
      </div>
      {failed.map((rung) => (
        <p key={rung.name} class="hint">
          {texts.rungs.name[rung.name] ?? rung.name}: {texts.rungs.failed}
        </p>
      ))}
    </fieldset>
  );
}
