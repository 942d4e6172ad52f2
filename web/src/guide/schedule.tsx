// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One channel's programmes of one day, and the rows that search shows, too.

import { call, session } from '../lib/api';
import { formatDate } from '../lib/format';
import { language, lessonLang } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { useStore } from '../lib/store';
import type { Channel } from '../live/types';
import { makeRulePath } from '../rules/draft';
import { useRulesTexts } from '../rules/texts';
import { Empty, ErrorNotice, Loading } from '../ui/basics';
import { mayUpload } from '../ui/frame';
import { BookButton } from './book';
import { addDays, nameDay, nameWeekday, startOfDay, writeTime } from './days';
import { useGuideTexts } from './texts';
import type { FoundEvent, GuideEvent } from './types';

interface RowProps {
  channel: Channel | undefined;
  event: GuideEvent;
  now: number;
  /** Shown before the time when rows are of several days. */
  day?: string;
  onChanged: () => void;
}

function WatchLinks({ channel, event, now }: RowProps) {
  const texts = useGuideTexts();
  const start = event.start_ms ?? 0;
  const end = start + (event.duration_ms ?? 0);
  const first = channel?.window?.first_ms ?? Infinity;
  if (!channel || start > now || end <= first) return null;
  const title = event.title || texts.untitled;
  return (
    <>
      {end > now && (
        <a class="button" href={`/channel/${channel.slug}`} aria-label={texts.watchOf(title)}>
          {texts.watch}
        </a>
      )}
      <a
        class="button"
        href={`/channel/${channel.slug}?start=${Math.max(start, first)}`}
        aria-label={texts.fromStartOf(title)}
      >
        {texts.fromStart}
      </a>
    </>
  );
}

function EventRow(props: RowProps) {
  const { channel, event, now, day, onChanged } = props;
  const texts = useGuideTexts();
  const rules = useRulesTexts();
  const account = useStore(session)?.account;
  const start = event.start_ms ?? 0;
  const end = start + (event.duration_ms ?? 0);
  const current = start <= now && now < end;
  const tag = lessonLang({ tha: 'th', eng: 'en' }[event.language]);
  const more = event.description || event.summary;
  return (
    <li class={current ? 'row programme programme-now' : 'row programme'}>
      <p class="programme-time">
        {day && <span class="programme-day">{day} </span>}
        <time dateTime={new Date(start).toISOString()}>{writeTime(start)}</time>
        {event.duration_ms !== null && <span class="hint">–{writeTime(end)}</span>}
      </p>
      <div class="row-main">
        <p class="row-title">
          <span lang={tag}>{event.title || texts.untitled}</span>{' '}
          {current && <span class="chip chip-on-air">{texts.onAir}</span>}{' '}
          {event.age > 0 && <span class="chip">{texts.age(event.age)}</span>}
        </p>
        {day && channel && <p class="hint">{channel.name}</p>}
        {more && (
          <details>
            <summary class="hint">{event.summary || texts.more}</summary>
            <p class="description" lang={tag}>
              {more}
            </p>
          </details>
        )}
      </div>
      <div class="programme-acts">
        <WatchLinks {...props} />
        {channel && mayUpload(account) && (
          <BookButton channel={channel.id} event={event} onChanged={onChanged} firstMs={channel.window?.first_ms ?? now} />
        )}
        {channel && mayUpload(account) && event.title && (
          <a
            class="button button-quiet"
            href={makeRulePath(channel.id, event)}
            aria-label={rules.alwaysOf(event.title)}
          >
            {rules.always}
          </a>
        )}
      </div>
    </li>
  );
}

/** A week of days as links; the address says which. */
export function Days({ day, onChoose }: { day: number; onChoose: (day: number) => void }) {
  const texts = useGuideTexts();
  const lang = useStore(language);
  const today = startOfDay(Date.now());
  const days = [-1, 0, 1, 2, 3, 4, 5, 6, 7].map((ahead) => addDays(today, ahead));
  return (
    <div class="guide-days" role="group" aria-label={texts.days}>
      {days.map((one) => (
        <button
          key={one}
          type="button"
          class="guide-day"
          aria-pressed={one === day}
          onClick={() => onChoose(one)}
        >
          <span>{one === today ? texts.today : nameWeekday(one, lang)}</span>
          <strong>{new Date(one).getDate()}</strong>
          <span class="unseen">{formatDate(one, lang).replace(/^\d+/u, '')}</span>
        </button>
      ))}
    </div>
  );
}

export function Schedule({ channel, day, now, turn }: { channel: Channel; day: number; now: number; turn: number }) {
  const texts = useGuideTexts();
  const lang = useStore(language);
  const { data, error, loading, reload } = useLoad(
    (signal) =>
      call<{ items: GuideEvent[] }>(`channels/${channel.id}/guide?from=${day}&to=${addDays(day, 1)}`, { signal }),
    [channel.id, day, turn],
  );
  return (
    <section class="guide" aria-label={texts.scheduleOf(channel.name)}>
      <h2>
        {channel.name} <span class="hint">{nameDay(day, lang)}</span>
      </h2>
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {loading && !data && <Loading />}
      {data && data.items.length === 0 && (
        <Empty title={day === startOfDay(now) ? texts.empty : texts.emptyDay} help={texts.emptyHelp} />
      )}
      {data && data.items.length > 0 && (
        <ul class="panel rows">
          {data.items.map((event) => (
            <EventRow key={event.event_id} channel={channel} event={event} now={now} onChanged={reload} />
          ))}
        </ul>
      )}
      <p class="guide-files hint">
        <a href={`/channels/${channel.slug}/schedule.ics`} download>
          {texts.subscribe}
        </a>{' '}
        <a href={`/channels/${channel.slug}/guide.xml`} download>
          {texts.xmltv}
        </a>
      </p>
    </section>
  );
}

export function Found(props: { words: string; channels: readonly Channel[]; now: number }) {
  const texts = useGuideTexts();
  const lang = useStore(language);
  const { data, error, reload } = useLoad(
    (signal) => call<{ items: FoundEvent[] }>(`guide?query=${encodeURIComponent(props.words)}`, { signal }),
    [props.words],
  );
  const items = data?.items ?? [];
  return (
    <>
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {data && (
        <p class="hint" role="status">
          {texts.found(items.length)}
        </p>
      )}
      {data && items.length === 0 && <Empty title={texts.found(0)} help={texts.foundHelp} />}
      {items.length > 0 && (
        <ul class="panel rows">
          {items.map((event) => (
            <EventRow
              key={`${event.channel.id} ${event.event_id}`}
              channel={props.channels.find(({ id }) => id === event.channel.id)}
              event={event}
              now={props.now}
              day={nameDay(event.start_ms ?? 0, lang)}
              onChanged={reload}
            />
          ))}
        </ul>
      )}
    </>
  );
}
