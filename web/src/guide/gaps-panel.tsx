// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// On a lesson's page: what is missing in the recording it came from, each with a way to the place where it is
// felt. A chunk of its own, fetched only where something is missing.

import { formatClock } from '../lib/format';
import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { formatWall } from '../live/texts';
import { Notice } from '../ui/basics';
import type { PanelProps } from '../pages/watch-panels';
import { useGuideTexts } from './texts';
import './guide.css';

export default function GapsPanel({ lesson, onSeek }: PanelProps) {
  const texts = useGuideTexts();
  const lang = useStore(language);
  const gaps = lesson.gaps ?? [];
  return (
    <Notice kind="info">
      <p>{texts.gapsOf(gaps.length)}</p>
      <ul class="gap-list">
        {gaps.map((gap) => (
          <li key={gap.from_ms}>
            <button type="button" class="gap-place" onClick={() => onSeek(gap.media_ms / 1000)}>
              {formatClock(gap.media_ms / 1000)}
            </button>{' '}
            {texts.gap(
              formatWall(gap.from_ms, lang, Date.now(), true),
              formatWall(gap.to_ms, lang, gap.from_ms, true),
              texts.causes[gap.cause] ?? gap.cause,
            )}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
