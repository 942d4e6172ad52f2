// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The player of the lesson page before play: a picture and a large button. What plays is a chunk of its
// own (active.ts), fetched as soon as the page is there, or when the button is pressed. Nothing of
// the lesson is fetched before, except the poster.

import { useRef, useState } from 'preact/hooks';
import { useTexts } from '../lib/i18n';
import { setCalm, useLatest, useWhen } from '../lib/hooks';
import type { Lesson } from '../lib/types';
import { Icon } from '../ui/icons';
import { readLinkHints } from './hints';
import type { Session } from './session';

interface PlayerProps {
  lesson: Lesson;
  choice: string;
  startAt: number | null;
  /** Changes when somebody asks to go to a time; begins to play when nothing plays yet. */
  wish: { seconds: number } | null;
  onChoose: (name: string) => void;
  onTime: (seconds: number) => void;
  /** The first sound, and the first slide where there are any, are there. */
  onVideo: (video: HTMLVideoElement) => void;
  onPress: () => void;
}

type ActiveModule = typeof import('./active');
type ControlsModule = typeof import('./controls');

/** The large button before anything is fetched. */
function StartButton(props: { onStart: () => void; busy: boolean }) {
  const texts = useTexts();
  return (
    <button type="button" class="player-start" onClick={props.onStart} aria-busy={props.busy}>
      <span class="player-start-disc">
        <Icon name="play" filled />
      </span>
      <span class="unseen">{texts.player.play}</span>
    </button>
  );
}

const LONGEST_WAIT_MS = 12_000;

interface Parts {
  active: ActiveModule | null;
  controls: ControlsModule | null;
  failed: boolean;
}

/** What plays, then its controls. Each turn asks again for what did not come. */
function useParts(turn: number, settled: boolean): Parts {
  const [active, setActive] = useState<ActiveModule | null>(null);
  const [controls, setControls] = useState<ControlsModule | null>(null);
  const [failed, setFailed] = useState(false);
  const begun = useRef(false);
  begun.current = turn > 0;
  const load = (): void => {
    setFailed(false);
    // With play pressed the rest waits for the first sound.
    import('./active').then(setActive, () => setFailed(true)).finally(() => begun.current || setCalm());
  };
  useWhen(() => {
    // Who saves data may not press at all.
    if (turn === 0 && readLinkHints().frugal) setCalm();
    else if (!active) load();
  }, [turn, active]);
  useWhen(() => {
    if (!active || controls || turn === 0) return undefined;
    const load = (): void => void active.loadControls().then(setControls, () => undefined);
    // The first sound and slide, and one that is due soon, go before the buttons, unless they keep us waiting.
    const timer = setTimeout(load, settled ? 0 : LONGEST_WAIT_MS);
    return () => clearTimeout(timer);
  }, [turn, active, controls, settled]);
  return { active, controls, failed: failed && turn > 0 };
}

export function Player(props: PlayerProps) {
  const { lesson, choice } = props;
  const texts = useTexts();
  const video = useRef<HTMLVideoElement>(null);
  const box = useRef<HTMLElement>(null);
  const [turn, setTurn] = useState(0);
  const [settled, setSettled] = useState(false);
  const [session, setSession] = useState<Session | null>(null);
  const { active, controls, failed } = useParts(turn, settled);
  const newest = useLatest(props);
  const press = (): void => {
    // A gesture that loads lets the element play later, when the chunk has come.
    video.current?.load();
    setTurn(turn + 1);
    props.onPress();
  };
  useWhen(() => {
    if (turn === 0 || !active || !video.current) return undefined;
    const { wish, startAt } = newest.current;
    const at = wish ? wish.seconds : startAt;
    const element = video.current;
    const onSettled = (): void => {
      setSettled(true);
      setCalm();
      props.onVideo(element);
    };
    const begun = new active.Session(element, { lesson, choice, at, onSettled });
    setSession(begun);
    element.focus({ preventScroll: true });
    return () => begun.end();
  }, [turn > 0, active]);
  useWhen(() => session?.update(lesson, choice), [session, lesson, choice]);
  useWhen(() => {
    if (!props.wish) return;
    if (session) session.seek(props.wish.seconds);
    else press();
  }, [props.wish]);
  // The poster comes after what plays; once play is pressed, after the first sound.
  const poster = active && (turn === 0 || (settled && choice !== 'slides')) && !readLinkHints().frugal ? lesson.poster : null;
  const shown = useRef<string | null>(null);
  shown.current ??= poster;
  const parts = { session, lesson, choice, box, onChoose: props.onChoose };
  return (
    <section
      class="player"
      ref={box}
      aria-label={texts.player.label}
      onKeyDown={(event) => session && controls?.handleKey(event, session, box.current)}
    >
      <div class="player-stage">
        <video
          ref={video}
          playsInline
          preload="none"
          tabIndex={-1}
          {...(shown.current ? { poster: shown.current } : {})}
          onTimeUpdate={(event) => props.onTime(event.currentTarget.currentTime)}
          onClick={(event) => session && controls?.togglePlay(event.currentTarget)}
        >
          {(lesson.captions ?? []).map((item) => (
            <track
              key={item.url}
              kind="captions"
              src={item.url}
              srcLang={item.language}
              label={item.language}
            />
          ))}
        </video>
        {!session && <StartButton onStart={press} busy={turn > 0 && !failed} />}
        {failed && (
          <p class="player-fault" role="alert">
            {texts.errors.chunk}
          </p>
        )}
        {active && session && <active.Picture {...parts} session={session} />}
        {controls && session && <controls.Overlay {...parts} session={session} />}
      </div>
      {controls && session && <controls.Below {...parts} session={session} />}
    </section>
  );
}
