// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The state of the machine at a glance: disk, jobs, encoder, counts.

import { useEffect } from 'preact/hooks';
import { call } from '../lib/api';
import { formatBytes, formatPercent } from '../lib/format';
import { useLoad } from '../lib/load';
import { useStaffTexts } from '../lib/staff';
import type { Status } from '../lib/types';
import { ErrorNotice, Loading, Notice } from '../ui/basics';

const REFRESH_MS = 10_000;

function Disk({ disk }: { disk: Status['disk'] }) {
  const texts = useStaffTexts().admin;
  const parts = [
    ['originals', texts.originals, disk.originals_bytes],
    ['lessons', texts.lessonsBytes, disk.lessons_bytes],
    ['uploads', texts.uploadsBytes, disk.uploads_bytes],
  ] as const;
  const ours = parts.reduce((sum, [, , bytes]) => sum + bytes, 0);
  const other = Math.max(0, disk.total_bytes - disk.free_bytes - ours);
  const rows = [...parts, ['other', texts.otherBytes, other] as const];
  const low = disk.free_bytes < disk.floor_bytes * 2;
  const share = (bytes: number): string => `${formatPercent(bytes, disk.total_bytes)}%`;
  return (
    <section class="panel">
      <h2>{texts.disk}</h2>
      <p>{texts.diskFree(formatBytes(disk.free_bytes), formatBytes(disk.total_bytes))}</p>
      <div class="disk" aria-hidden="true">
        {rows.map(([key, , bytes]) => (
          <div key={key} class={`disk-${key}`} style={{ width: share(bytes) }} />
        ))}
      </div>
      <dl class="legend">
        {rows.map(([key, label, bytes]) => (
          <div key={key}>
            <dt>
              <span class={`dot disk-${key}`} aria-hidden="true" />
              {label}
            </dt>
            <dd>{formatBytes(bytes)}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{texts.floor(formatBytes(disk.floor_bytes))}</p>
      {low && <Notice kind="warning">{texts.diskLow}</Notice>}
    </section>
  );
}

function Figure({ label, value, href }: { label: string; value: string | number; href?: string }) {
  const body = (
    <>
      <span class="figure-value">{value}</span>
      <span class="figure-label">{label}</span>
    </>
  );
  return href ? (
    <a class="figure" href={href}>
      {body}
    </a>
  ) : (
    <div class="figure">{body}</div>
  );
}

export function Overview() {
  const texts = useStaffTexts().admin;
  const { data, error, reload } = useLoad((signal) => call<Status>('status', { signal }), []);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || reload(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);
  if (!data) return error ? <ErrorNotice message={error} onRetry={reload} /> : <Loading />;
  return (
    <>
      {error && <ErrorNotice message={error} onRetry={reload} />}
      <div class="figures">
        <Figure label={texts.running} value={data.jobs.running} href="/admin/jobs" />
        <Figure label={texts.queued} value={data.jobs.queued} href="/admin/jobs" />
        <Figure label={texts.failed} value={data.jobs.failed} href="/admin/jobs" />
        <Figure label={texts.lessons} value={data.lessons} href="/" />
        <Figure label={texts.accounts} value={data.accounts} href="/admin/users" />
      </div>
      <Disk disk={data.disk} />
      <p class="hint below">
        {texts.encoder}: {texts.encoderStates[data.encoder.state] ?? data.encoder.state} · {texts.version}{' '}
        {data.version}
      </p>
    </>
  );
}
