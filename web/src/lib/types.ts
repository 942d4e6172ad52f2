// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The JSON of the API, as ARCHITECTURE.md fixes it. Types only: nothing here is in the built client.

export type Language = 'th' | 'en';
export type Role =
  | 'administrator'
  | 'manager'
  | 'teacher'
  | 'staff'
  | 'volunteer'
  | 'learner';
export type LessonState =
  | 'receiving'
  | 'queued'
  | 'encoding'
  | 'published'
  | 'failed'
  | 'withdrawn';
export type Visibility = 'public' | 'signed-in' | 'group' | 'draft';

export interface Account {
  id: string;
  name: string;
  display_name?: string;
  role: Role;
  language?: string | null;
}

export interface Session {
  account: Account | null;
  csrf_token: string | null;
  setup_needed: boolean;
}

export interface Sentence {
  code: string;
  sentence: string;
}

export type RungFamily = 'sound' | 'slides' | 'avc' | 'av1';

export interface Rung {
  name: string;
  bytes: number;
  bandwidth_bps: number;
  codecs: string;
  width: number | null;
  height: number | null;
  /** The media playlist. */
  url: string | null;
  /** The MP4 file itself. */
  file_url?: string | null;
  error: Sentence | null;
  /** Against the source scaled to this rung; null when it was not measured. */
  ssim?: number | null;
  family?: RungFamily;
  /** How many stills `slides` has. */
  stills?: number | null;
}

export interface LessonJob {
  permille: number;
  stage: string | null;
  state: string;
}

export interface Captions {
  language: string;
  state: 'draft' | 'approved';
  source: 'upload' | 'embedded' | 'recogniser';
  url: string;
  bytes: number;
  etag: string;
}

/** Another sound of all rungs. */
export interface Sound {
  name: string;
  language: string;
  purpose: 'main' | 'described' | 'hearing';
  bytes: number;
  bandwidth_bps: number;
  codecs: string;
  url: string;
  file_url: string;
}

export interface Slides {
  count: number;
  /** A cue a still: its payload is the relative file name, a second line `grows` for a build. */
  vtt: string;
  pdf: string | null;
  pdf_bytes?: number | null;
}

/** A part of the shown picture, in permille of its width and height. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A stretch on the air that is not in the lesson. */
export interface Gap {
  from_ms: number;
  to_ms: number;
  /** Where in the lesson it is felt. */
  media_ms: number;
  cause: string;
  /** What fills it: the recording of a repeat, and when that was on the air. */
  patched_from?: string | null;
  patched_ms?: number | null;
}

export interface Lesson {
  id: string;
  title: string;
  description: string | null;
  language: string | null;
  state: LessonState;
  complete: boolean;
  visibility: Visibility;
  duration_ms: number | null;
  created_ms: number;
  published_ms: number | null;
  owner: { id: string; name: string } | null;
  poster: string | null;
  rungs: Rung[];
  /** Others than the one that rungs have, as of a recorded programme. */
  sounds?: Sound[];
  captions?: Captions[];
  slides?: Slides | null;
  /** Address of the .vtt whose payload is `file#xywh=x,y,w,h`. */
  storyboard?: string | null;
  /** Address of `{"version":1,"interval_ms":…,"peaks":[0–255,…]}`. */
  waveform?: string | null;
  interpreter?: Area | null;
  inset?: Area | null;
  /** What is missing in a recording of a broadcast. */
  gaps?: Gap[];
  /** A better rung is still being made. */
  refining?: boolean;
  /** From this browser's own copy: only what is kept can be played. Never from the server. */
  kept_only?: boolean;
  job: LessonJob | null;
  error: Sentence | null;
  warnings: Sentence[];
  received_bytes?: number | null;
  length_bytes?: number | null;
  etag?: string;
  may_edit?: boolean;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface UnfinishedUpload {
  id: string;
  lesson_id: string | null;
  filename: string | null;
  offset_bytes: number;
  length_bytes: number | null;
  expires_ms: number | null;
}

export interface UploadEvent {
  id: string;
  lesson_id: string | null;
  offset_bytes: number;
  length_bytes: number | null;
}

export interface Job {
  id: string;
  lesson_id: string;
  lesson_title: string | null;
  kind: string;
  state: string;
  permille: number;
  stage: string | null;
  attempts: number;
  priority: number;
  error_code: string | null;
  error: string | null;
  not_before_ms: number | null;
  created_ms: number;
  updated_ms: number;
}

export interface User {
  id: string;
  name: string;
  display_name: string | null;
  role: Role;
  disabled: boolean;
  created_ms: number;
  last_seen_ms: number | null;
}

export interface Token {
  id: string;
  label: string;
  created_ms: number;
  last_used_ms: number | null;
  token?: string;
}

export interface Status {
  version: string;
  disk: {
    free_bytes: number;
    total_bytes: number;
    floor_bytes: number;
    originals_bytes: number;
    lessons_bytes: number;
    uploads_bytes: number;
  };
  jobs: { queued: number; running: number; failed: number };
  lessons: number;
  accounts: number;
  encoder: { state: string };
}

export interface AuditRow {
  id: string;
  when_ms: number;
  account_id: string | null;
  account_name: string | null;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
}
