// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One's live class: its title, how it goes, and the stream key, which is seen once.

import { useEffect, useState } from 'preact/hooks';
import type { Booking, BookingState } from '../guide/types';
import { call, describeError } from '../lib/api';
import { formatDateTime } from '../lib/format';
import { language } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { useStore } from '../lib/store';
import { useClassTexts } from '../live/class-texts';
import { ErrorNotice, Loading, Notice, PageHead } from '../ui/basics';
import { EDITORS, ForRoles, ShownOnce, TextField } from '../ui/forms';
import { showToast } from '../ui/toast';
import { WorkButton } from '../ui/work';

interface LiveClass {
  title: string;
  has_key: boolean;
  key_made_ms: number | null;
  on_air_ms: number | null;
  slug: string | null;
  booking: string | null;
  state: 'off' | 'away' | 'coming' | 'on-air' | 'paused';
  code: string | null;
  sentence: string | null;
  bits_per_second: number;
  cc_errors: number;
  ends_ms: number | null;
  port: number | null;
  key?: string;
}

const LOOK_MS = 3000;
const COMING: BookingState[] = ['waiting', 'running', 'finishing'];

/** How it goes, looked at again and again while the page is seen. */
function useClass() {
  const loaded = useLoad((signal) => call<LiveClass>('class', { signal }), []);
  const { setData } = loaded;
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) call<LiveClass>('class').then(setData, () => undefined);
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [setData]);
  return loaded;
}

/** What became of the class that was on the air last: its lesson, or why there is none yet. */
function LastLesson({ booking }: { booking: string }) {
  const texts = useClassTexts();
  const loaded = useLoad((signal) => call<Booking>(`bookings/${encodeURIComponent(booking)}`, { signal }), [booking]);
  const { data, setData } = loaded;
  const coming = data !== null && COMING.includes(data.state);
  useEffect(() => {
    if (!coming) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) call<Booking>(`bookings/${encodeURIComponent(booking)}`).then(setData, () => undefined);
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [booking, coming, setData]);
  if (!data) return null;
  return (
    <section class="panel form" data-last-class={data.state}>
      <h2>{texts.last}</h2>
      <p>{data.title}</p>
      {data.error && <Notice kind="warning">{data.error.sentence}</Notice>}
      {coming && !data.error && <p class="hint">{texts.making}</p>}
      {data.lesson_id && (
        <p>
          <a class="button" href={`/watch/${data.lesson_id}`}>
            {texts.openLesson}
          </a>
        </p>
      )}
    </section>
  );
}

function StatePanel({ live }: { live: LiveClass }) {
  const texts = useClassTexts();
  const lang = useStore(language);
  const rate = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 }).format(live.bits_per_second / 1e6);
  const good = live.state === 'on-air' && !live.code;
  return (
    <section class="panel form" data-state={live.state}>
      <Notice kind={good ? 'success' : live.code ? 'warning' : 'info'}>
        <p>
          <strong>{texts.states[live.state]}</strong>
        </p>
        {live.sentence && <p>{live.sentence}</p>}
        {live.state === 'on-air' && <p>{texts.rate(`${rate} Mbit/s`)}</p>}
        {live.state === 'on-air' && live.cc_errors > 0 && <p>{texts.losses(live.cc_errors)}</p>}
        {live.ends_ms && <p>{texts.ends(formatDateTime(live.ends_ms, lang))}</p>}
      </Notice>
      {live.slug && (
        <p>
          <a class="button" href={`/channel/${live.slug}`}>
            {texts.watch}
          </a>
        </p>
      )}
    </section>
  );
}

function TitlePanel(props: { title: string; onSaved: (live: LiveClass) => void }) {
  const texts = useClassTexts();
  const [title, setTitle] = useState(props.title);
  const save = async (): Promise<void> => {
    try {
      props.onSaved(await call<LiveClass>('class', { method: 'PATCH', body: { title: title.trim() } }));
      showToast(texts.saved);
    } catch (fault) {
      showToast(describeError(fault));
    }
  };
  return (
    <form
      class="panel form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextField label={texts.title} value={title} onInput={setTitle} required maxLength={150} />
      <button type="submit" class="button">
        {texts.save}
      </button>
    </form>
  );
}

function NewKey({ live, value }: { live: LiveClass; value: string }) {
  const texts = useClassTexts();
  const server = `srt://${location.hostname}:${live.port ?? ''}`;
  return (
    <>
      {live.port && <ShownOnce title={texts.address} value={`${server}?streamid=${value}`} />}
      {live.port && <ShownOnce title={texts.server} value={server} />}
      <ShownOnce title={texts.streamId} value={value} />
    </>
  );
}

function KeyPanel(props: { live: LiveClass; onChanged: () => void }) {
  const texts = useClassTexts();
  const lang = useStore(language);
  const { live } = props;
  const [made, setMade] = useState<string | null>(null);
  const make = async (): Promise<void> => {
    if (live.has_key && !confirm(texts.confirmRenew)) return;
    try {
      setMade((await call<LiveClass>('class/key', { method: 'POST' })).key ?? null);
      props.onChanged();
    } catch (fault) {
      showToast(describeError(fault));
    }
  };
  const withdraw = async (): Promise<void> => {
    if (!confirm(texts.confirmWithdraw)) return;
    try {
      await call('class/key', { method: 'DELETE' });
      setMade(null);
      showToast(texts.withdrawn);
      props.onChanged();
    } catch (fault) {
      showToast(describeError(fault));
    }
  };
  return (
    <section class="panel form">
      <h2>{texts.key}</h2>
      <p class="hint">{texts.keyHelp}</p>
      <p>{live.key_made_ms ? texts.made(formatDateTime(live.key_made_ms, lang)) : texts.noKey}</p>
      {made && <NewKey live={live} value={made} />}
      <div class="actions">
        <WorkButton onWork={make} class="button">
          {live.has_key ? texts.renew : texts.make}
        </WorkButton>
        {live.has_key && (
          <WorkButton onWork={withdraw} class="button button-quiet button-bad">
            {texts.withdraw}
          </WorkButton>
        )}
      </div>
    </section>
  );
}

function ClassView() {
  const texts = useClassTexts();
  const { data, error, reload, setData } = useClass();
  return (
    <div class="medium">
      <PageHead title={texts.heading}>
        <p class="hint">{texts.intro}</p>
      </PageHead>
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {!data && !error && <Loading />}
      {data && <StatePanel live={data} />}
      {data?.booking && (data.state === 'away' || data.state === 'off') && <LastLesson booking={data.booking} />}
      {data && <TitlePanel title={data.title} onSaved={setData} />}
      {data && <KeyPanel live={data} onChanged={reload} />}
      <section class="panel form">
        <h2>{texts.how}</h2>
        <ol>
          {texts.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </section>
    </div>
  );
}

export default function ClassPage() {
  const texts = useClassTexts();
  return (
    <ForRoles title={texts.heading} roles={EDITORS}>
      <ClassView />
    </ForRoles>
  );
}
