// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is missing in a recording, and why.

import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { formatWall } from '../live/texts';
import type { Gap, Language } from '../lib/types';
import { useGuideTexts } from './texts';
import type { GuideTexts } from './texts-th';

/** From when to when and why, or what fills it. */
export function describeGap(gap: Gap, texts: GuideTexts, lang: Language): string {
  const why = gap.patched_ms
    ? texts.gapFilled(formatWall(gap.patched_ms, lang))
    : (texts.causes[gap.cause] ?? gap.cause);
  return texts.gap(
    formatWall(gap.from_ms, lang, Date.now(), true),
    formatWall(gap.to_ms, lang, gap.from_ms, true),
    why,
  );
}

/** Those that nothing fills. */
export function countMissing(gaps: readonly Gap[]): number {
  return gaps.filter((gap) => !gap.patched_from).length;
}

export function Gaps({ gaps }: { gaps: readonly Gap[] }) {
  const texts = useGuideTexts();
  const lang = useStore(language);
  if (gaps.length === 0) return null;
  return (
    <details class="gaps">
      <summary class="hint">{texts.gaps(countMissing(gaps), gaps.length)}</summary>
      <ul class="gap-list">
        {gaps.map((gap) => (
          <li key={gap.from_ms}>
            {describeGap(gap, texts, lang)}
          </li>
        ))}
      </ul>
    </details>
  );
}
