// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a rule means of the guide, and what becomes of each programme.

import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { formatWall } from '../live/texts';
import { useRulesTexts } from './texts';
import type { RuleMatch } from './types';

const SHOWN_MOST = 20;

function Match({ match }: { match: RuleMatch }) {
  const texts = useRulesTexts();
  const lang = useStore(language);
  const other = match.other ? ` ${formatWall(match.other.start_ms, lang)}` : '';
  return (
    <li class="rule-match">
      <span class="rule-match-main">
        <span class="hint">
          {formatWall(match.start_ms, lang)} · {match.channel_name}
        </span>{' '}
        {match.title}
      </span>
      <span class={`chip chip-${match.verdict}`}>
        {texts.verdicts[match.verdict]}
        {other}
      </span>
    </li>
  );
}

export function Matches({ items, label }: { items: readonly RuleMatch[]; label: string }) {
  const texts = useRulesTexts();
  return (
    <section class="rule-matches" aria-label={label}>
      <h4>{texts.preview}</h4>
      <p class="hint" role="status">
        {texts.matches(items.length)}
      </p>
      <ul>
        {items.slice(0, SHOWN_MOST).map((match) => (
          <Match key={`${match.channel} ${match.event_id}`} match={match} />
        ))}
      </ul>
      {items.length > SHOWN_MOST && <p class="hint">{texts.moreMatches(items.length - SHOWN_MOST)}</p>}
    </section>
  );
}
