// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is missing in a recording, and why.

import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { formatWall } from '../live/texts';
import { useGuideTexts } from './texts';
import type { Gap } from '../lib/types';

export function Gaps({ gaps }: { gaps: readonly Gap[] }) {
  const texts = useGuideTexts();
  const lang = useStore(language);
  if (gaps.length === 0) return null;
  return (
    <details class="gaps">
      <summary class="hint">{texts.gaps(gaps.length)}</summary>
      <ul class="gap-list">
        {gaps.map((gap) => (
          <li key={gap.from_ms}>
            {texts.gap(
              formatWall(gap.from_ms, lang, Date.now(), true),
              formatWall(gap.to_ms, lang, gap.from_ms, true),
              texts.causes[gap.cause] ?? gap.cause,
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
