// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The encoding jobs: where each is, and retry, cancel, priority. They move live.

import { useCallback, useState } from 'preact/hooks';
import { call, describeError } from '../lib/api';
import { formatDateTime } from '../lib/format';
import { language, useTexts } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { useLive, useStaffTexts } from '../lib/staff';
import { useStore } from '../lib/store';
import type { Job, Page } from '../lib/types';
import { Empty, ErrorNotice, Loading, Notice } from '../ui/basics';
import { SelectField } from '../ui/forms';
import { showToast } from '../ui/toast';
import { Progress, WorkButton } from '../ui/work';

const LEVELS = [10, 0, -10] as const;

/** The level a priority belongs to. */
function levelOf(priority: number): string {
  if (priority > 0) return '10';
  return priority < 0 ? '-10' : '0';
}

function useJobActions(job: Job, onChanged: (job: Job) => void) {
  const act = async (path: string, options: { method: 'POST' | 'PATCH'; body?: unknown }): Promise<void> => {
    try {
      onChanged(await call<Job>(`jobs/${encodeURIComponent(job.id)}${path}`, options));
    } catch (error) {
      showToast(describeError(error));
    }
  };
  return {
    retry: () => act('/retry', { method: 'POST' }),
    cancel: () => act('/cancel', { method: 'POST' }),
    setPriority: (priority: number) => act('', { method: 'PATCH', body: { priority } }),
  };
}

function JobProgress({ job }: { job: Job }) {
  const texts = useStaffTexts();
  const common = useTexts();
  if (job.state === 'failed' || (job.error && job.state !== 'running')) {
    return job.error ? <Notice kind={job.state === 'failed' ? 'error' : 'warning'}>{job.error}</Notice> : null;
  }
  if (job.state !== 'running') return null;
  const percent = Math.min(99, Math.floor(job.permille / 10));
  const stage = job.stage === 'pictures' ? texts.lesson.pictures : common.rungs.name[job.stage ?? ''];
  return (
    <>
      <Progress percent={percent} label={texts.upload.encoding(job.lesson_title ?? job.id)} />
      <p class="hint">
        {percent}%{stage ? ` · ${texts.lesson.stage(stage)}` : ''}
      </p>
    </>
  );
}

function JobRow({ job, onChanged }: { job: Job; onChanged: (job: Job) => void }) {
  const texts = useStaffTexts();
  const lang = useStore(language);
  const actions = useJobActions(job, onChanged);
  const open = job.state === 'queued' || job.state === 'running' || job.state === 'waiting';
  const title = job.lesson_title || texts.jobs.untitled;
  return (
    <li class="row">
      <div class="row-main">
        <p class="row-title">
          <a href={`/watch/${job.lesson_id}`}>{title}</a>{' '}
          <span class={`chip chip-${job.state}`}>{texts.jobs.states[job.state] ?? job.state}</span>
        </p>
        <p class="hint">
          {texts.jobs.kinds[job.kind] ?? job.kind} · {texts.jobs.attempt(Math.max(1, job.attempts))} ·{' '}
          {texts.jobs.updated(formatDateTime(job.updated_ms, lang))}
        </p>
        <JobProgress job={job} />
      </div>
      {open && (
        <SelectField
          label={texts.jobs.priorityOf(title)}
          hideLabel
          value={levelOf(job.priority)}
          options={LEVELS.map((level, i) => [
            String(level),
            [texts.jobs.high, texts.jobs.normal, texts.jobs.low][i]!,
          ])}
          onChange={(level) => void actions.setPriority(Number(level))}
        />
      )}
      {(job.state === 'failed' || job.state === 'cancelled') && (
        <WorkButton onWork={actions.retry}>{texts.jobs.retry}</WorkButton>
      )}
      {open && (
        <WorkButton class="button button-quiet button-bad" onWork={actions.cancel}>
          {texts.jobs.cancel}
        </WorkButton>
      )}
    </li>
  );
}

export function Jobs() {
  const texts = useStaffTexts();
  const { data, error, loading, reload } = useLoad(
    (signal) => call<Page<Job>>('jobs?limit=100', { signal }),
    [],
  );
  const [live, setLive] = useState<Readonly<Record<string, Job>>>({});
  const take = useCallback((job: Job) => setLive((all) => ({ ...all, [job.id]: job })), []);
  useLive({ onJob: take });
  const listed = data?.items ?? [];
  const newest = listed.map((job) => {
    const other = live[job.id];
    return other && other.updated_ms >= job.updated_ms ? { ...job, ...other } : job;
  });
  const fresh = Object.values(live).filter((job) => !listed.some((one) => one.id === job.id));
  const jobs = [...fresh, ...newest];
  return (
    <>
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {loading && !data && <Loading />}
      {data && jobs.length === 0 && <Empty title={texts.jobs.none} help={texts.jobs.noneHelp} />}
      {jobs.length > 0 && (
        <ul class="panel rows">
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} onChanged={take} />
          ))}
        </ul>
      )}
    </>
  );
}
