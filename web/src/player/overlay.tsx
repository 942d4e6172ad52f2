// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is said over the picture of a playing lesson: waiting and failing, slides on their way, and the
// choice at the end of the budget.

import { formatClock } from '../lib/format';
import { useTexts } from '../lib/i18n';
import { useLateTexts } from '../lib/late';
import { useStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import type { Deck } from './deck';
import type { Session } from './session';
import { BudgetStop } from './stop';

export interface ActiveParts {
  session: Session;
  lesson: Lesson;
  choice: string;
  box: { readonly current: HTMLElement | null };
  onChoose: (name: string) => void;
}

/** That the slide of the present time is on its way. */
function SlideNote({ deck }: { deck: Deck }) {
  const texts = useLateTexts().slides;
  const { groups, at, shown, broken } = useStore(deck.state);
  if (!broken && (at < 0 || shown === at)) return null;
  const number = groups.findIndex((group) => group.last >= at) + 1;
  return (
    <p class="player-still-note" role="status">
      {broken ? texts.broken : texts.loading(number)}
    </p>
  );
}

export function Overlay({ session, lesson, choice, onChoose }: ActiveParts) {
  const texts = useLateTexts();
  const common = useTexts();
  const { phase, waiting, retrying, unsupported, deck } = useStore(session.state);
  return (
    <>
      {deck && <SlideNote deck={deck} />}
      {phase === 'failed' && (
        <div class="player-message" role="alert">
          <p>
            {texts.player.failed} {unsupported && texts.player.unsupported}
          </p>
          <button type="button" class="button" onClick={() => session.again()}>
            {texts.player.again}
          </button>
        </div>
      )}
      {phase === 'stopped' && (
        <BudgetStop session={session} lesson={lesson} choice={choice} onChoose={onChoose} />
      )}
      {phase === 'active' && (waiting || retrying) && (
        <p class="player-message" role="status">
          {retrying ? texts.player.retrying : texts.player.waiting}
        </p>
      )}
      <span class="unseen" role="status">
        {phase === 'stopped' ? `${common.rungs.over} ${formatClock(session.video.currentTime)}` : ''}
      </span>
    </>
  );
}
