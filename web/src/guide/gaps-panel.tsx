// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// On a lesson's page: what is missing in the recording it came from, each with a way to the place where it is
// felt. A chunk of its own, fetched only where something is missing.

import { useEffect, useState } from 'preact/hooks';
import { formatClock } from '../lib/format';
import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import { Notice } from '../ui/basics';
import type { PanelProps } from '../pages/watch-panels';
import { countMissing, describeGap } from './gaps';
import type LessonPatch from './patch-gaps';
import { useGuideTexts } from './texts';
import './guide.css';

/** Fetched for whoever may fill them alone. */
function LatePatch({ lesson }: { lesson: Lesson }) {
  const [panel, setPanel] = useState<{ show: typeof LessonPatch } | null>(null);
  useEffect(() => {
    import('./patch-gaps').then(
      (module) => setPanel({ show: module.default }),
      () => undefined,
    );
  }, []);
  return panel && <panel.show lesson={lesson} />;
}

export default function GapsPanel({ lesson, onSeek }: PanelProps) {
  const texts = useGuideTexts();
  const lang = useStore(language);
  const gaps = lesson.gaps ?? [];
  return (
    <Notice kind="info">
      <p>{texts.gapsOf(countMissing(gaps), gaps.length)}</p>
      <ul class="gap-list">
        {gaps.map((gap) => (
          <li key={gap.from_ms}>
            <button type="button" class="gap-place" onClick={() => onSeek(gap.media_ms / 1000)}>
              {formatClock(gap.media_ms / 1000)}
            </button>{' '}
            {describeGap(gap, texts, lang)}
          </li>
        ))}
      </ul>
      {lesson.may_edit && <LatePatch lesson={lesson} />}
    </Notice>
  );
}
