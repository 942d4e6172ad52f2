// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The health of all sources and channels: what is wrong first, in words and with what to do; then figures,
// PIDs, and the history as a graph and a table. New figures come by the event stream.

import { useState } from 'preact/hooks';
import { call } from '../lib/api';
import { formatDateTime } from '../lib/format';
import { useWhen } from '../lib/hooks';
import { language, useTexts } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { useLive } from '../lib/staff';
import { useStore } from '../lib/store';
import { Empty, ErrorNotice, Loading, Notice } from '../ui/basics';
import { SelectField } from '../ui/forms';
import { Graph } from './graph';
import { formatFigure } from './series';
import { useHealthTexts } from './texts';
import type { Health, HealthList, History } from './types';
import './health.css';

const URGENCY = { bad: 0, poor: 1, well: 2, off: 3 };
const NOTICE = { bad: 'error', poor: 'warning', well: 'success', off: 'info' } as const;

function Figures({ health }: { health: Health }) {
  const texts = useHealthTexts();
  const known = health.figures.filter((figure) => figure.now !== null || figure.minute !== null);
  if (known.length === 0) return null;
  return (
    <dl class="health-figures">
      {known.map((figure) => (
        <div key={figure.name}>
          <dt>{texts.names[figure.name] ?? figure.name}</dt>
          <dd>{formatFigure(figure.now ?? figure.minute!, figure.unit)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Facts({ health }: { health: Health }) {
  const texts = useHealthTexts();
  const rungs = useTexts().rungs.name;
  const lang = useStore(language);
  const facts = [
    ...(health.since_ms ? [texts.since(formatDateTime(health.since_ms, lang))] : []),
    ...(health.retry_ms ? [texts.retry(formatDateTime(health.retry_ms, lang))] : []),
    ...(health.last_picture_ms ? [texts.lastPicture(formatDateTime(health.last_picture_ms, lang))] : []),
    ...health.viewers.map(({ rung, count }) => texts.viewersBy(rungs[rung] ?? rung, count)),
  ];
  return facts.length > 0 ? <p class="hint">{facts.join(' · ')}</p> : null;
}

function Pids({ health }: { health: Health }) {
  const texts = useHealthTexts();
  if (health.pids.length === 0) return null;
  const title = texts.pids(health.pids.length);
  return (
    <details>
      <summary class="summary">{title}</summary>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={title}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{texts.pid}</th>
              <th scope="col">{texts.rate}</th>
              <th scope="col">{texts.lost}</th>
              <th scope="col">{texts.damagedPackets}</th>
              <th scope="col">{texts.jitter}</th>
            </tr>
          </thead>
          <tbody>
            {health.pids.map((pid) => (
              <tr key={pid.pid}>
                <th scope="row">
                  {pid.pid} {pid.scrambled && <span class="chip">{texts.scrambled}</span>}
                </th>
                <td>{formatFigure(pid.bits_per_second, 'bps')}</td>
                <td>{pid.cc_errors}</td>
                <td>{pid.tei_packets}</td>
                <td>{pid.jitter_us === null ? '–' : formatFigure(pid.jitter_us, 'us')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

type Step = 'minute' | 'hour';

/** Asked for when it is opened, and again each minute while it is. */
function Past({ health, turn }: { health: Health; turn: number }) {
  const texts = useHealthTexts();
  const [step, setStep] = useState<Step>('minute');
  const [name, setName] = useState(health.kind === 'multiplex' ? 'bits_per_second' : 'viewers');
  const { data, error, loading, reload } = useLoad(
    (signal) => call<History>(`health/${health.id}/history?step=${step}`, { signal }),
    [health.id, step, turn],
  );
  const names = health.figures.map((figure) => [figure.name, texts.names[figure.name] ?? figure.name] as const);
  const spans = Object.entries(texts.spans) as [Step, string][];
  return (
    <div class="stack">
      <div class="field-row">
        <SelectField label={texts.figure} value={name} options={names} onChange={setName} />
        <SelectField label={texts.span} value={step} options={spans} onChange={setStep} />
      </div>
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {loading && !data && <Loading />}
      {data && <Graph history={data} name={name} />}
    </div>
  );
}

function Subject({ health, turn }: { health: Health; turn: number }) {
  const texts = useHealthTexts();
  const [open, setOpen] = useState(false);
  return (
    <section class="panel health" aria-label={health.name}>
      <div class="card-head">
        <h2 class="row-title">
          {health.slug ? <a href={`/channel/${health.slug}`}>{health.name}</a> : health.name}{' '}
          <span class={`chip chip-${health.level}`}>{texts.levels[health.level]}</span>
        </h2>
        <span class="hint">{texts.kinds[health.kind]}</span>
      </div>
      <Notice kind={NOTICE[health.level]}>
        <p>{health.sentence}</p>
        {health.advice && <p>{health.advice}</p>}
        {health.detail && (
          <details>
            <summary class="hint">{texts.technical}</summary>
            <p class="detail" lang="en">
              {health.detail}
            </p>
          </details>
        )}
      </Notice>
      <Facts health={health} />
      <Figures health={health} />
      <Pids health={health} />
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary class="summary" aria-label={texts.historyOf(health.name)}>
          {texts.history}
        </summary>
        {open && <Past health={health} turn={turn} />}
      </details>
    </section>
  );
}

export function HealthPage() {
  const texts = useHealthTexts();
  const lang = useStore(language);
  const { data, error, loading, reload } = useLoad((signal) => call<HealthList>('health', { signal }), [lang]);
  const [renew] = useState(() => ({ go: reload }));
  renew.go = reload;
  const [onHealth] = useState(() => () => {
    if (!document.hidden) renew.go();
  });
  useLive({ onHealth, onOpen: onHealth });
  useWhen(() => {
    const look = (): void => {
      if (!document.hidden) renew.go();
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  const items = [...(data?.items ?? [])].sort((a, b) => URGENCY[a.level] - URGENCY[b.level]);
  const count = (level: Health['level']): number => items.filter((item) => item.level === level).length;
  return (
    <>
      <p class="hint">{texts.intro}</p>
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {loading && !data && <Loading />}
      {data && items.length === 0 && (
        <Empty title={texts.none} help={texts.noneHelp}>
          <a class="button button-main" href="/admin/broadcasts">
            {texts.add}
          </a>
        </Empty>
      )}
      {items.length > 0 && (
        <p class="health-summary" role="status">
          {texts.summary(count('bad'), count('poor'))}
        </p>
      )}
      {items.map((health) => (
        <Subject key={health.id} health={health} turn={Math.floor((data?.now_ms ?? 0) / 60_000)} />
      ))}
    </>
  );
}
