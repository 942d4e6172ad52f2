// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The guide of a service, a day at a time. A recording in a loop lives in its own week: its clock says
// which day is today.

import { useCallback, useState } from 'preact/hooks';
import { call } from '../lib/api';
import { formatDate } from '../lib/format';
import { language } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { useLive } from '../lib/staff';
import { useStore } from '../lib/store';
import type { Page } from '../lib/types';
import { Empty, ErrorNotice, Loading } from '../ui/basics';
import { Imported } from './imported';
import { nameService } from './services';
import { useBroadcastsTexts } from './texts';
import type { Multiplex, Programme, Service } from './types';

const DAY_MS = 86_400_000;

function startOfDay(ms: number): number {
  const day = new Date(ms);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}

/** The day so many days from @start; days are not all as long as one another. */
function addDays(start: number, days: number): number {
  return startOfDay(start + days * DAY_MS + DAY_MS / 2);
}

function timeOf(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

function ProgrammeRow({ programme, now }: { programme: Programme; now: number }) {
  const texts = useBroadcastsTexts();
  const start = programme.start_ms ?? 0;
  const end = start + (programme.duration_ms ?? 0);
  const current = start <= now && now < end;
  const more = [programme.summary, programme.description].filter((text) => text !== '');
  return (
    <li class={current ? 'row programme programme-now' : 'row programme'}>
      <p class="programme-time">
        <time dateTime={new Date(start).toISOString()}>{timeOf(start)}</time>
        {programme.duration_ms !== null && <span class="hint">–{timeOf(end)}</span>}
      </p>
      <div class="row-main">
        <p class="row-title">
          {programme.title || texts.untitled} {current && <span class="chip chip-running">{texts.onAir}</span>}{' '}
          {programme.age > 0 && <span class="chip">{texts.age(String(programme.age))}</span>}{' '}
          {programme.source === 'file' && <span class="chip">{texts.file.chip}</span>}
        </p>
        {more.length > 0 && (
          <details>
            <summary class="hint">{programme.summary || texts.more}</summary>
            <p class="description">{programme.description || programme.summary}</p>
          </details>
        )}
      </div>
    </li>
  );
}

function Day({ service, offset, turn }: { service: Service; offset: number; turn: number }) {
  const texts = useBroadcastsTexts();
  const lang = useStore(language);
  const now = Date.now() + offset;
  const [day, setDay] = useState(() => startOfDay(now));
  const next = addDays(day, 1);
  const { data, error, loading, reload } = useLoad(
    (signal) => call<Page<Programme>>(`services/${service.id}/guide?from_ms=${day}&until_ms=${next}`, { signal }),
    [service.id, day, turn],
  );
  return (
    <>
      <div class="day-head">
        <button type="button" class="button" onClick={() => setDay(addDays(day, -1))}>
          {texts.dayBefore}
        </button>
        <h2 class="row-title" role="status">
          {formatDate(day, lang)}
        </h2>
        <button type="button" class="button" onClick={() => setDay(next)}>
          {texts.dayAfter}
        </button>
      </div>
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {loading && !data && <Loading />}
      {data && data.items.length === 0 && (
        <Empty title={texts.noProgrammes} help={texts.noProgrammesHelp}>
          {!service.imported && (
            <a class="button" href="/admin/broadcasts/guide-file">
              {texts.file.take}
            </a>
          )}
        </Empty>
      )}
      {data && data.items.length > 0 && (
        <ul class="panel rows">
          {data.items.map((programme) => (
            <ProgrammeRow key={programme.event_id} programme={programme} now={now} />
          ))}
        </ul>
      )}
    </>
  );
}

/** A service's guide with its name, and the way back. */
export function Guide({ id }: { id: string }) {
  const texts = useBroadcastsTexts();
  const [turn, setTurn] = useState(0);
  const { data, error, reload } = useLoad(
    async (signal) => {
      const service = await call<Service>(`services/${encodeURIComponent(id)}`, { signal });
      const multiplex = await call<Multiplex>(`multiplexes/${service.multiplex_id}`, { signal });
      return { service, multiplex };
    },
    [id, turn],
  );
  const again = useCallback(() => setTurn((n) => n + 1), []);
  const multiplex = data?.multiplex.id;
  const take = useCallback(
    (changed: Multiplex) => {
      if (changed.id === multiplex) again();
    },
    [multiplex, again],
  );
  // A scan, an import, somebody else's decision.
  useLive({ onMultiplex: take, onOpen: again });
  const offset = data?.multiplex.status.clock_offset_ms ?? 0;
  return (
    <>
      <p>
        <a href="/admin/broadcasts">{texts.back}</a>
      </p>
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {!data && !error && <Loading />}
      {data && (
        <section class="guide" aria-label={texts.guideOf(nameService(data.service))}>
          <p class="row-title">{texts.guideOf(nameService(data.service))}</p>
          <Imported service={data.service} onChanged={again} />
          <Day service={data.service} offset={Math.abs(offset) > DAY_MS ? offset : 0} turn={turn} />
        </section>
      )}
    </>
  );
}
