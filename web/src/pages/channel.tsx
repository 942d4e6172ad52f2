// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One live channel: what is on, what an hour costs in each quality, the player with its rewind bar, and how
// the channel goes in a sentence.

import { useState } from 'preact/hooks';
import { formatBytes } from '../lib/format';
import { language, useTexts } from '../lib/i18n';
import { place } from '../lib/router';
import { recall, remember } from '../lib/storage';
import { useStore } from '../lib/store';
import { LivePlayer } from '../live/player';
import { formatWall, useLiveTexts } from '../live/texts';
import type { Channel, ChannelRung } from '../live/types';
import { useChannel } from '../live/use-channel';
import { Empty, ErrorNotice, Loading, Notice, PageHead } from '../ui/basics';
import '../lib/traffic';
import '../ui/playing.css';
import '../live/live.css';

/** States of which nobody need be warned. */
const CALM: readonly Channel['state'][] = ['on-air', 'waiting', 'resting'];

/** Bytes that an hour of the rung uses. */
function hourBytes(rung: ChannelRung): number {
  return (rung.average_bandwidth_bps / 8) * 3600;
}

/** The beginning of what is on, or of what can still be rewound to of it. */
function findStart(channel: Channel): number | null {
  const { now, window } = channel;
  return now && window ? Math.max(now.start_ms, window.first_ms) : null;
}

/** A moment that the address asks for, in the window. */
function readStart(search: string, channel: Channel): number | null {
  const asked = Number(new URLSearchParams(search).get('start') ?? NaN);
  return channel.window && asked > 0 && asked < channel.window.last_ms
    ? Math.max(asked, channel.window.first_ms)
    : null;
}

function Programmes({ channel }: { channel: Channel }) {
  const texts = useLiveTexts();
  const lang = useStore(language);
  const { now, next, window } = channel;
  const start = findStart(channel);
  return (
    <>
      <p class="facts">
        <span class={`chip chip-${channel.state}`}>{texts.states[channel.state]}</span>
        <span>{now ? texts.now(now.title) : texts.noGuide}</span>
      </p>
      {now?.summary && <p class="prose">{now.summary}</p>}
      <p class="actions">
        {start !== null && (
          <a class="button" href={`/channel/${channel.slug}?start=${start}`}>
            {texts.fromStart}
          </a>
        )}
        <a class="button button-quiet" href={`/guide?channel=${channel.slug}`}>
          {texts.guide}
        </a>
      </p>
      {next && (
        <p class="hint">
          {texts.nextHeading} {texts.next(formatWall(next.start_ms, lang), next.title)}
        </p>
      )}
      {window && (
        <p class="hint">{texts.windowOf(formatWall(window.first_ms, lang), formatWall(window.last_ms, lang))}</p>
      )}
    </>
  );
}

function Qualities(props: { channel: Channel; chosen: string; onChoose: (name: string) => void }) {
  const texts = useLiveTexts();
  const names = useTexts().rungs.name;
  return (
    <fieldset class="live-rungs">
      <legend>{texts.quality}</legend>
      <p class="hint">{texts.qualityHelp}</p>
      {props.channel.rungs.map((rung) => (
        <label key={rung.name} class="live-rung">
          <input
            type="radio"
            name="live-rung"
            value={rung.name}
            checked={rung.name === props.chosen}
            onChange={() => props.onChoose(rung.name)}
          />
          <span>
            {names[rung.name] ?? rung.name}
            {rung.height > 0 && <small> {rung.height}p</small>}
          </span>
          <strong>{texts.perHour(formatBytes(hourBytes(rung)))}</strong>
        </label>
      ))}
    </fieldset>
  );
}

/** What was chosen before, else the cheapest with a picture, else the cheapest. */
function findRung(rungs: readonly ChannelRung[], wanted: string | null): ChannelRung | undefined {
  return rungs.find((rung) => rung.name === wanted) ?? rungs.find((rung) => rung.height > 0) ?? rungs[0];
}

function ChannelPart({ channel }: { channel: Channel }) {
  const texts = useLiveTexts();
  const { search } = useStore(place);
  const [wanted, setWanted] = useState(recall<string | null>('live-rung', null));
  const rung = findRung(channel.rungs, wanted);
  // A window without a rung on the air now can still be rewound into, in what was chosen before.
  const [last, setLast] = useState<ChannelRung | null>(null);
  if (rung && rung.name !== last?.name) setLast(rung);
  const playing = rung ?? last;
  const choose = (name: string): void => {
    remember('live-rung', name);
    setWanted(name);
  };
  return (
    <article class="lesson">
      <div class="lesson-main">
        {channel.sentence && (
          <Notice kind={CALM.includes(channel.state) ? 'info' : 'warning'}>
            <p>{channel.sentence}</p>
          </Notice>
        )}
        {playing ? <LivePlayer channel={channel} rung={playing} from={readStart(search, channel)} wish={search} /> : <Empty title={texts.nothing} />}
        <PageHead title={channel.name}>
          <Programmes channel={channel} />
        </PageHead>
      </div>
      <div class="lesson-side">
        {channel.rungs.length > 0 && <Qualities channel={channel} chosen={playing?.name ?? ''} onChoose={choose} />}
      </div>
    </article>
  );
}

export default function ChannelPage() {
  const texts = useLiveTexts();
  const { path } = useStore(place);
  const { channel, missing, error, reload } = useChannel(path.split('/')[2] ?? '');
  if (channel) return <ChannelPart key={channel.id} channel={channel} />;
  if (missing) {
    return (
      <>
        <PageHead title={texts.missing} />
        <Empty title={texts.missing} help={texts.missingHelp}>
          <a class="button" href="/">
            {texts.home}
          </a>
        </Empty>
      </>
    );
  }
  if (error) {
    return (
      <>
        <PageHead title={texts.heading} />
        <ErrorNotice message={error} onRetry={reload} />
      </>
    );
  }
  return <Loading />;
}
