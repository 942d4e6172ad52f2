// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The player of a channel: picture, rewind bar over the window, live edge. Before play nothing of hls.js
// is fetched.

import { useRef, useState } from 'preact/hooks';
import { allowOnce } from '../lib/budget';
import { useWhen } from '../lib/hooks';
import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { Icon } from '../ui/icons';
import { LateIcon } from '../ui/late-icons';
import type { Playback } from './playback';
import { ScrubPicture } from './scrub';
import { formatWall, useLiveTexts } from './texts';
import { TrackChoice } from './track-choice';
import type { Channel, ChannelRung } from './types';

/** One press of an arrow key on the bar. */
const STEP_MS = 10_000;

interface BarProps {
  channel: Channel;
  playback: Playback;
}

/** The window as a slider in wall-clock time. */
function RewindBar({ channel, playback }: BarProps) {
  const texts = useLiveTexts();
  const lang = useStore(language);
  const { live, wallMs } = useStore(playback.state);
  const [held, setHeld] = useState<number | null>(null);
  const bar = useRef<HTMLInputElement>(null);
  const { first_ms: first, last_ms: last } = channel.window!;
  const end = Math.max(last, wallMs, first + STEP_MS);
  const at = Math.min(end, Math.max(first, held ?? (live || wallMs === 0 ? end : wallMs)));
  const played = `${(100 * (at - first)) / (end - first)}%`;
  const go = (ms: number): void => {
    setHeld(null);
    if (ms >= end - STEP_MS) playback.goLive();
    else playback.seek(ms);
  };
  return (
    <div class="rewind">
      {channel.scrub && <ScrubPicture url={channel.scrub} first={first} end={end} held={held} bar={bar.current} />}
      <span class="rewind-time" aria-hidden="true">
        {formatWall(first, lang)}
      </span>
      <input
        ref={bar}
        class="seek"
        type="range"
        min={first}
        max={end}
        step={STEP_MS}
        value={at}
        style={{ '--played': played, '--ready': '100%' }}
        aria-label={texts.rewind}
        aria-valuetext={live && held === null ? texts.atEdge : formatWall(at, lang, Date.now(), true)}
        onInput={(event) => setHeld(Number(event.currentTarget.value))}
        onChange={(event) => go(Number(event.currentTarget.value))}
      />
      <span class="rewind-time" aria-hidden="true">
        {formatWall(held ?? end, lang)}
      </span>
    </div>
  );
}

function Controls({ channel, playback, video, box }: BarProps & { video: HTMLVideoElement; box: HTMLElement | null }) {
  const texts = useLiveTexts();
  const lang = useStore(language);
  const { live, wallMs, muted } = useStore(playback.state);
  const [, poke] = useState(0);
  useWhen(() => {
    const abort = new AbortController();
    const again = (): void => poke((n) => n + 1);
    for (const name of ['play', 'pause', 'volumechange']) video.addEventListener(name, again, abort);
    document.addEventListener('fullscreenchange', again, abort);
    return () => abort.abort();
  }, [video]);
  const start = channel.now?.start_ms ?? 0;
  const canRestart = channel.window !== null && start > 0 && channel.now !== null;
  const full = document.fullscreenElement !== null;
  return (
    <div class="controls">
      {channel.window && <RewindBar channel={channel} playback={playback} />}
      <div class="controls-row live-row">
        <button
          type="button"
          class="control control-play"
          aria-label={video.paused ? texts.play : texts.pause}
          onClick={() => (video.paused ? void video.play().catch(() => undefined) : video.pause())}
        >
          {video.paused ? <Icon name="play" filled /> : <LateIcon name="pause" filled />}
        </button>
        <span class="clock" role="status">
          {live ? texts.atEdge : texts.behind(formatWall(wallMs, lang))}
        </span>
        {canRestart && (
          <button
            type="button"
            class="live-button"
            onClick={() => playback.seek(Math.max(start, channel.window!.first_ms))}
          >
            {texts.fromStart}
          </button>
        )}
        {!live && (
          <button type="button" class="live-button live-edge" onClick={() => playback.goLive()}>
            {texts.edge}
          </button>
        )}
        <TrackChoice channel={channel} playback={playback} />
        <button
          type="button"
          class="control"
          aria-label={muted ? texts.unmute : texts.mute}
          onClick={() => playback.setMuted(!muted)}
        >
          <LateIcon name={muted ? 'muted' : 'volume'} />
        </button>
        <button
          type="button"
          class="control"
          aria-label={full ? texts.unfull : texts.full}
          onClick={() => void (full ? document.exitFullscreen() : box?.requestFullscreen?.())}
        >
          <LateIcon name={full ? 'unfull' : 'full'} />
        </button>
      </div>
    </div>
  );
}

function Messages({ playback, starting }: { playback: Playback; starting: boolean }) {
  const texts = useLiveTexts();
  const { phase, waiting, retrying } = useStore(playback.state);
  if (phase === 'active') {
    const doing = retrying ? texts.retrying : texts.waiting;
    return waiting || retrying ? (
      <p class="player-message" role="status">
        {starting ? texts.starting : doing}
      </p>
    ) : null;
  }
  const sentence = { failed: texts.failed, unsupported: texts.unsupported, stopped: texts.overBudget }[phase];
  const again = (): void => {
    if (phase === 'stopped') allowOnce();
    playback.again();
  };
  return (
    <div class="player-message" role="alert">
      <p>{sentence}</p>
      {phase !== 'unsupported' && (
        <button type="button" class="button" onClick={again}>
          {phase === 'stopped' ? texts.goOn : texts.again}
        </button>
      )}
    </div>
  );
}

interface PlayerProps {
  channel: Channel;
  rung: ChannelRung;
  /** Begin there and not at the live edge; UTC milliseconds. */
  from: number | null;
  /** Another wish is another beginning, also while it plays. */
  wish: string;
}

export function LivePlayer({ channel, rung, from, wish }: PlayerProps) {
  const texts = useLiveTexts();
  const box = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [playback, setPlayback] = useState<Playback | null>(null);
  const [pressed, setPressed] = useState(false);
  const [broken, setBroken] = useState(false);
  useWhen(() => () => playback?.stop(), [playback]);
  useWhen(() => playback?.setRung(rung), [rung.name, playback]);
  const press = (): void => {
    setPressed(true);
    setBroken(false);
    import('./playback').then(
      (module) => setPlayback(new module.Playback(video.current!, rung, from)),
      () => {
        setPressed(false);
        setBroken(true);
      },
    );
  };
  const first = useRef(wish);
  useWhen(() => {
    if (wish === first.current) return;
    first.current = wish;
    if (from === null) return;
    if (playback) playback.seek(from);
    else press();
  }, [wish]);
  return (
    <div class="player" ref={box} role="region" aria-label={texts.player}>
      <div class="player-stage">
        <video ref={video} playsInline tabIndex={-1} />
        {!pressed && (
          <button type="button" class="player-start" aria-label={texts.play} onClick={press}>
            <span class="player-start-disc">
              <Icon name="play" filled />
            </span>
          </button>
        )}
        {broken && (
          <p class="player-message" role="alert">
            {texts.failed}
          </p>
        )}
        {playback && (
          <Messages playback={playback} starting={channel.state === 'resting' || channel.state === 'waiting'} />
        )}
      </div>
      {playback && <Controls channel={channel} playback={playback} video={video.current!} box={box.current} />}
    </div>
  );
}
