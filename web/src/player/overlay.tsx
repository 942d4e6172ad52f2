// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What lies over the picture of a playing lesson: the slide, the still of a sound-only rung, waiting and
// failing, and the choice at the end of the budget.

import { formatClock } from '../lib/format';
import { useTexts } from '../lib/i18n';
import { useLateTexts } from '../lib/late';
import { useStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import { Icon } from '../ui/icons';
import type { Deck } from './deck';
import { readLinkHints } from './hints';
import type { Session } from './session';
import { BudgetStop } from './stop';

export interface ActiveParts {
  session: Session;
  lesson: Lesson;
  choice: string;
  box: { readonly current: HTMLElement | null };
  onChoose: (name: string) => void;
}

/** The slide of the present time. An earlier one stays, dimmed, until it has come. */
function Slide({ deck, lesson }: { deck: Deck; lesson: Lesson }) {
  const texts = useLateTexts();
  const { stills, groups, at, urls, shown, broken } = useStore(deck.state);
  const number = groups.findIndex((group) => group.last >= at) + 1;
  const late = at >= 0 && shown !== at;
  return (
    <div class={late ? 'player-still player-still-late' : 'player-still'}>
      {shown >= 0 ? (
        <img
          src={urls[shown]}
          alt={texts.slides.of(number, groups.length)}
          data-still={shown}
          data-start={stills[shown]?.start}
        />
      ) : (
        <Poster lesson={lesson} />
      )}
      {(late || broken) && (
        <p class="player-still-note" role="status">
          {broken ? texts.slides.broken : texts.slides.loading(number)}
        </p>
      )}
    </div>
  );
}

/** The poster again, since a video element without a picture track shows black. */
function Poster({ lesson }: { lesson: Lesson }) {
  const poster = readLinkHints().frugal ? null : lesson.poster;
  return poster ? <img src={poster} alt="" /> : <Icon name="sound" />;
}

export function Overlay({ session, lesson, choice, onChoose }: ActiveParts) {
  const texts = useLateTexts();
  const common = useTexts();
  const { phase, waiting, retrying, unsupported, deck } = useStore(session.state);
  return (
    <>
      {deck && <Slide deck={deck} lesson={lesson} />}
      {choice === 'voice' && (
        <div class="player-still" aria-hidden="true">
          <Poster lesson={lesson} />
        </div>
      )}
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
