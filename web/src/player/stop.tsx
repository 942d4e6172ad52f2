// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The end of the week's budget: nothing more is fetched until the learner says how to go on. Every way
// says what it costs. It takes the focus, so that a screen reader reads it and the keyboard is in it.

import { useEffect, useRef } from 'preact/hooks';
import { allowOnce, budget } from '../lib/budget';
import { formatBytes } from '../lib/format';
import { useTexts } from '../lib/i18n';
import { useLateTexts } from '../lib/late';
import { recall } from '../lib/storage';
import { useStore } from '../lib/store';
import type { Lesson, Rung } from '../lib/types';
import { openSettings } from '../ui/settings-door';
import { leftBytes } from './cost';
import type { Session } from './session';
import { listPlayable } from './support';

interface StopProps {
  session: Session;
  lesson: Lesson;
  choice: string;
  onChoose: (name: string) => void;
}

/** At most two cheaper ways: slides where there are any, and the cheapest of all. */
function listCheaper(lesson: Lesson, choice: string): Rung[] {
  const rungs = listPlayable(lesson);
  const now = rungs.find((rung) => rung.name === choice)?.bytes ?? Infinity;
  const cheaper = rungs.filter((rung) => rung.bytes < now);
  const slides = cheaper.find((rung) => rung.name === 'slides');
  return [...new Set([slides, cheaper[0]])].filter((rung): rung is Rung => rung !== undefined);
}

export function BudgetStop({ session, lesson, choice, onChoose }: StopProps) {
  const texts = useLateTexts();
  const names = useTexts().rungs.name;
  const { spent, limit } = useStore(budget);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector('button')?.focus({ preventScroll: true });
  }, []);
  return (
    <div
      ref={box}
      class="player-message player-stop"
      role="alertdialog"
      aria-labelledby="stop-title"
      aria-describedby="stop-help"
    >
      <p id="stop-title">
        <strong>{texts.budget.over}</strong>
      </p>
      <p id="stop-help">
        {limit !== null && texts.budget.spentOf(formatBytes(spent), formatBytes(limit))}{' '}
        {texts.budget.overHelp}
      </p>
      <div class="player-ways">
        <button type="button" class="button button-main" onClick={() => allowOnce()}>
          {texts.budget.once} ({texts.player.left(formatBytes(leftBytes(session.video, lesson, choice)))})
        </button>
        {listCheaper(lesson, choice).map((rung) => (
          <button
            key={rung.name}
            type="button"
            class="button"
            onClick={() => {
              onChoose(rung.name);
              allowOnce();
            }}
          >
            {texts.budget.cheaper(
              names[rung.name] ?? rung.name,
              formatBytes(leftBytes(session.video, lesson, rung.name)),
            )}
          </button>
        ))}
        <button type="button" class="button" onClick={() => openSettings()}>
          {texts.budget.change}
        </button>
        {recall<string[]>('kept', []).length > 0 && (
          <a class="button" href="/offline">
            {texts.budget.kept}
          </a>
        )}
      </div>
    </div>
  );
}
