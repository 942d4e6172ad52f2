// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What lies over the picture: the start button, the still of a sound-only rung, waiting and failing.

import { useTexts } from '../lib/i18n';
import { Icon } from '../ui/icons';

export type Phase = 'idle' | 'active' | 'failed';

/** The large button before anything is fetched. */
export function StartButton(props: { onStart: () => void; disabled: boolean }) {
  const texts = useTexts();
  return (
    <button type="button" class="player-start" onClick={props.onStart} disabled={props.disabled}>
      <span class="player-start-disc">
        <Icon name="play" filled />
      </span>
      <span class="unseen">{texts.player.play}</span>
    </button>
  );
}

/** The poster again, since a video element without a picture track shows black. */
export function Still({ poster }: { poster: string | null }) {
  return (
    <div class="player-still" aria-hidden="true">
      {poster ? <img src={poster} alt="" /> : <Icon name="sound" />}
    </div>
  );
}

interface MessageProps {
  phase: Phase;
  waiting: boolean;
  retrying: boolean;
  fault: string;
  onAgain: () => void;
}

export function StageMessage({ phase, waiting, retrying, fault, onAgain }: MessageProps) {
  const texts = useTexts();
  if (phase === 'failed') {
    return (
      <div class="player-message" role="alert">
        <p>
          {texts.player.failed} {fault}
        </p>
        <button type="button" class="button" onClick={onAgain}>
          {texts.player.again}
        </button>
      </div>
    );
  }
  if (phase !== 'active' || !(waiting || retrying)) return null;
  return (
    <p class="player-message" role="status">
      {retrying ? texts.player.retrying : texts.player.waiting}
    </p>
  );
}
