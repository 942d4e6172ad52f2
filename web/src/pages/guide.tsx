// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The guide for everybody: what is on now and next in all channels, a channel's week day by day, search over
// all of it. The address says which channel and day, so that it can be handed on.

import { useState } from 'preact/hooks';
import { mayUpload } from '../ui/frame';
import { call, session } from '../lib/api';
import { useWhen } from '../lib/hooks';
import { language } from '../lib/i18n';
import { useDebounced, useLoad } from '../lib/load';
import { navigate, place } from '../lib/router';
import { useLive } from '../lib/staff';
import { useStore } from '../lib/store';
import { readDay, startOfDay, writeDay, writeTime } from '../guide/days';
import { Days, Found, Schedule } from '../guide/schedule';
import { useGuideTexts } from '../guide/texts';
import type { Channel, ChannelList } from '../live/types';
import { Empty, ErrorNotice, Loading, PageHead } from '../ui/basics';
import { TextField } from '../ui/forms';
import '../lib/traffic';
import '../live/live.css';
import '../guide/guide.css';

const AGAIN_MS = 60_000;

/** All channels with what is on; the one that is shown is marked. */
function NowAndNext(props: { channels: readonly Channel[]; chosen: string; linkTo: (slug: string) => string }) {
  const texts = useGuideTexts();
  return (
    <nav class="guide-channels" aria-label={texts.channels}>
      {props.channels.map((channel) => (
        <a
          key={channel.id}
          class="live-card"
          href={props.linkTo(channel.slug)}
          {...(channel.slug === props.chosen ? { 'aria-current': 'page' as const } : {})}
        >
          <strong>{channel.name}</strong>
          <span>{channel.now ? channel.now.title || texts.untitled : texts.nothingNow}</span>
          {channel.next && (
            <span class="live-card-next">{texts.next(writeTime(channel.next.start_ms), channel.next.title)}</span>
          )}
        </a>
      ))}
    </nav>
  );
}

/** Bookings change while the page is open: who may see them hears of it. */
function Hearing({ onNews }: { onNews: () => void }) {
  useLive({ onBooking: onNews });
  return null;
}

function Body({ channels, turn, now }: { channels: readonly Channel[]; turn: number; now: number }) {
  const texts = useGuideTexts();
  const { search } = useStore(place);
  const [typed, setTyped] = useState('');
  const words = useDebounced(typed.trim(), 300);
  const asked = new URLSearchParams(search);
  const day = readDay(asked.get('day')) ?? startOfDay(now);
  const channel = channels.find(({ slug }) => slug === asked.get('channel')) ?? channels[0]!;
  const linkTo = (slug: string, at = day): string => `/guide?channel=${slug}&day=${writeDay(at)}`;
  return (
    <>
      <TextField type="search" label={texts.search} help={texts.searchHelp} value={typed} onInput={setTyped} maxLength={100} />
      {words ? (
        <Found words={words} channels={channels} now={now} />
      ) : (
        <>
          <NowAndNext channels={channels} chosen={channel.slug} linkTo={linkTo} />
          <Days day={day} onChoose={(at) => navigate(linkTo(channel.slug, at), { replace: true, keepFocus: true })} />
          <Schedule key={channel.id} channel={channel} day={day} now={now} turn={turn} />
        </>
      )}
    </>
  );
}

export default function GuidePage() {
  const texts = useGuideTexts();
  const lang = useStore(language);
  const account = useStore(session)?.account;
  const [turn, setTurn] = useState(0);
  const [onNews] = useState(() => () => setTurn((n) => n + 1));
  const { data, error, loading, reload } = useLoad((signal) => call<ChannelList>('channels', { signal }), [lang, turn]);
  useWhen(() => {
    const timer = setInterval(() => document.hidden || onNews(), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const channels = (data?.items ?? []).filter((channel) => channel.state !== 'off');
  return (
    <>
      <PageHead title={texts.heading}>
        {mayUpload(account) && (
          <p>
            <a href="/recordings">{texts.recordings}</a>
          </p>
        )}
      </PageHead>
      {mayUpload(account) && <Hearing onNews={onNews} />}
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {loading && !data && <Loading />}
      {data && channels.length === 0 && <Empty title={texts.noChannels} help={texts.noChannelsHelp} />}
      {channels.length > 0 && <Body channels={channels} turn={turn} now={Date.now()} />}
    </>
  );
}
