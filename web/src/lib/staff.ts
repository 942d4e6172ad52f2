// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What staff pages share: their texts, the live event stream, and a store of lessons that it feeds.

import './traffic';
import { useEffect } from 'preact/hooks';
import { staffEn } from '../texts/staff-en';
import { staffTh, type StaffTexts } from '../texts/staff-th';
import { call } from './api';
import { language } from './i18n';
import { createStore, useStore } from './store';
import type { Multiplex } from '../broadcasts/types';
import type { Channel } from '../live/types';
import type { Job, Lesson, UploadEvent } from './types';

/** The staff texts of the present language, for code outside components. */
export function staffText(): StaffTexts {
  return language.get() === 'en' ? staffEn : staffTh;
}

export function useStaffTexts(): StaffTexts {
  useStore(language);
  return staffText();
}

/** Newest known state of lessons by id. */
export const lessons = createStore<Readonly<Record<string, Lesson>>>({});

/** Takes a lesson into the store. */
export function keepLesson(lesson: Lesson): void {
  lessons.update((all) => ({ ...all, [lesson.id]: lesson }));
}

/** Progress of a job shows in its lesson at once. */
function keepJob(job: Job): void {
  const lesson = lessons.get()[job.lesson_id];
  if (!lesson?.job) return;
  keepLesson({ ...lesson, job: { permille: job.permille, stage: job.stage, state: job.state } });
}

/** Asks the server for one lesson and keeps it. */
export async function fetchLesson(id: string): Promise<Lesson> {
  const lesson = await call<Lesson>(`lessons/${encodeURIComponent(id)}`);
  keepLesson(lesson);
  return lesson;
}

interface Listeners {
  job: Set<(job: Job) => void>;
  upload: Set<(upload: UploadEvent) => void>;
  multiplex: Set<(multiplex: Multiplex) => void>;
  channel: Set<(channel: Channel) => void>;
  health: Set<() => void>;
  booking: Set<() => void>;
  open: Set<() => void>;
}

const listeners: Listeners = {
  job: new Set(),
  upload: new Set(),
  multiplex: new Set(),
  channel: new Set(),
  health: new Set(),
  booking: new Set(),
  open: new Set(),
};
let source: EventSource | null = null;
let users = 0;

function parse<T>(event: Event): T | null {
  try {
    return JSON.parse((event as MessageEvent<string>).data) as T;
  } catch {
    return null;
  }
}

function connect(): void {
  source = new EventSource('/api/v1/events');
  source.addEventListener('lesson', (event) => {
    const lesson = parse<Lesson>(event);
    if (lesson) keepLesson(lesson);
  });
  source.addEventListener('job', (event) => {
    const job = parse<Job>(event);
    if (job) keepJob(job);
    if (job) for (const listener of listeners.job) listener(job);
  });
  source.addEventListener('upload', (event) => {
    const upload = parse<UploadEvent>(event);
    if (upload) for (const listener of listeners.upload) listener(upload);
  });
  source.addEventListener('multiplex', (event) => {
    const multiplex = parse<Multiplex>(event);
    if (multiplex) for (const listener of listeners.multiplex) listener(multiplex);
  });
  source.addEventListener('channel', (event) => {
    const channel = parse<Channel>(event);
    if (channel) for (const listener of listeners.channel) listener(channel);
  });
  source.addEventListener('health', () => {
    for (const listener of listeners.health) listener();
  });
  source.addEventListener('booking', () => {
    for (const listener of listeners.booking) listener();
  });
  source.addEventListener('gone', (event) => {
    const gone = parse<{ kind: string }>(event);
    for (const listener of gone?.kind === 'booking' ? listeners.booking : listeners.open) listener();
  });
  // After a break, or a burst too large for the server's queue, events are missing: ask again.
  const askAgain = (): void => {
    for (const listener of listeners.open) listener();
    for (const id of Object.keys(lessons.get()).slice(-50)) void fetchLesson(id).catch(() => undefined);
  };
  let opened = false;
  source.addEventListener('open', () => {
    if (opened) askAgain();
    opened = true;
  });
  source.addEventListener('resync', askAgain);
}

export interface LiveHooks {
  onJob?: (job: Job) => void;
  onMultiplex?: (multiplex: Multiplex) => void;
  onChannel?: (channel: Channel) => void;
  /** Figures of sources and channels are new; only administrators hear of it. */
  onHealth?: () => void;
  /** A booking is another; who may make lessons hears of it. */
  onBooking?: () => void;
  onOpen?: () => void;
}

/** Holds the event stream open while the component is shown; one stream for the whole page. */
export function useLive(hooks: LiveHooks = {}): void {
  const { onJob, onMultiplex, onChannel, onHealth, onBooking, onOpen } = hooks;
  useEffect(() => {
    users += 1;
    if (!source || source.readyState === EventSource.CLOSED) connect();
    return () => {
      users -= 1;
      if (users === 0) {
        source?.close();
        source = null;
      }
    };
  }, []);
  useEffect(() => {
    if (onJob) listeners.job.add(onJob);
    if (onMultiplex) listeners.multiplex.add(onMultiplex);
    if (onChannel) listeners.channel.add(onChannel);
    if (onHealth) listeners.health.add(onHealth);
    if (onBooking) listeners.booking.add(onBooking);
    if (onOpen) listeners.open.add(onOpen);
    return () => {
      if (onJob) listeners.job.delete(onJob);
      if (onMultiplex) listeners.multiplex.delete(onMultiplex);
      if (onChannel) listeners.channel.delete(onChannel);
      if (onHealth) listeners.health.delete(onHealth);
      if (onBooking) listeners.booking.delete(onBooking);
      if (onOpen) listeners.open.delete(onOpen);
    };
  }, [onJob, onMultiplex, onChannel, onHealth, onBooking, onOpen]);
}
