// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Schema steps. STRICT tables with explicit primary keys, so that change sets can be replicated;
// ids are UUIDv7 text; times are UTC milliseconds in columns that end in _ms, 0 where there is
// none. Run by migrations.c.
#include "catalog/schema.h"

#include <stddef.h>

// Tables that a later step makes anew. start_ms NULL: no time is given. end_ms is for the index
// alone.
#define GUIDE_EVENTS_TABLE(name, most)                                                             \
    "CREATE TABLE " name " ("                                                                      \
    " service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,"                           \
    " event_id INTEGER NOT NULL CHECK (event_id BETWEEN 0 AND " most "),"                          \
    " start_ms INTEGER,"                                                                           \
    " duration_ms INTEGER,"                                                                        \
    " end_ms INTEGER GENERATED ALWAYS AS (start_ms + coalesce(duration_ms, 0)) STORED,"            \
    " title TEXT NOT NULL,"                                                                        \
    " summary TEXT NOT NULL,"                                                                      \
    " description TEXT NOT NULL,"                                                                  \
    " language TEXT NOT NULL,"                                                                     \
    " genre TEXT,"                                                                                 \
    " age INTEGER NOT NULL DEFAULT 0,"                                                             \
    " programme_crid TEXT,"                                                                        \
    " series_crid TEXT,"                                                                           \
    " running INTEGER NOT NULL DEFAULT 0,"                                                         \
    " updated_ms INTEGER NOT NULL,"                                                                \
    " PRIMARY KEY (service, event_id)"                                                             \
    ") STRICT, WITHOUT ROWID;"

#define GUIDE_EVENTS_INDEXES                                                                       \
    "CREATE INDEX guide_events_by_start ON guide_events (service, start_ms);"                      \
    "CREATE INDEX guide_events_by_end ON guide_events (end_ms);"

#define BOOKINGS_TABLE(name, most)                                                                 \
    "CREATE TABLE " name " ("                                                                      \
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"                                       \
    " owner_id TEXT REFERENCES accounts (id),"                                                     \
    " channel TEXT REFERENCES channels (id) ON DELETE SET NULL,"                                   \
    " channel_name TEXT NOT NULL,"                                                                 \
    " service TEXT,"                                                                               \
    " event_id INTEGER NOT NULL DEFAULT -1 CHECK (event_id BETWEEN -1 AND " most "),"              \
    " event_start_ms INTEGER NOT NULL DEFAULT 0,"                                                  \
    " follows INTEGER NOT NULL CHECK (follows IN (0, 1)),"                                         \
    " programme_crid TEXT,"                                                                        \
    " state TEXT NOT NULL CHECK (state IN"                                                         \
    "  ('waiting','running','finishing','done','failed','cancelled','missed')),"                   \
    " start_ms INTEGER NOT NULL,"                                                                  \
    " end_ms INTEGER NOT NULL CHECK (end_ms > start_ms),"                                          \
    " padding_before_s INTEGER NOT NULL CHECK (padding_before_s BETWEEN 0 AND 3600),"              \
    " padding_after_s INTEGER NOT NULL CHECK (padding_after_s BETWEEN 0 AND 3600),"                \
    " title TEXT NOT NULL,"                                                                        \
    " description TEXT NOT NULL,"                                                                  \
    " language TEXT NOT NULL,"                                                                     \
    " rights_holder TEXT NOT NULL,"                                                                \
    " licence TEXT NOT NULL,"                                                                      \
    " keep_until_ms INTEGER NOT NULL DEFAULT 0,"                                                   \
    " visibility TEXT NOT NULL CHECK (visibility IN ('public','signed-in','group','draft')),"      \
    " rule_id TEXT REFERENCES rules (id) ON DELETE SET NULL,"                                      \
    " lesson_id TEXT REFERENCES lessons (id) ON DELETE SET NULL,"                                  \
    " error_code TEXT,"                                                                            \
    " revision INTEGER NOT NULL DEFAULT 1,"                                                        \
    " created_ms INTEGER NOT NULL,"                                                                \
    " updated_ms INTEGER NOT NULL"                                                                 \
    ") STRICT, WITHOUT ROWID;"

#define BOOKINGS_INDEXES                                                                           \
    "CREATE INDEX bookings_by_start ON bookings (start_ms, id);"                                   \
    "CREATE INDEX bookings_by_state ON bookings (state, start_ms);"                                \
    "CREATE INDEX bookings_by_channel ON bookings (channel, start_ms);"                            \
    "CREATE INDEX bookings_by_event ON bookings (service, event_id);"                              \
    "CREATE INDEX bookings_by_lesson ON bookings (lesson_id);"                                     \
    "CREATE INDEX bookings_by_rule ON bookings (rule_id, programme_crid);"

static const char STEP_1_SQL[] =
    "CREATE TABLE accounts ("
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
    " name TEXT NOT NULL,"
    " name_folded TEXT NOT NULL UNIQUE,"
    " display_name TEXT NOT NULL,"
    " password_hash TEXT NOT NULL,"
    " role TEXT NOT NULL CHECK (role IN"
    "  ('administrator','manager','teacher','staff','volunteer','learner')),"
    " language TEXT NOT NULL DEFAULT 'th',"
    " disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL,"
    " last_seen_ms INTEGER NOT NULL DEFAULT 0"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX accounts_by_time ON accounts (created_ms, id);"

    "CREATE TABLE sessions ("
    " token_hash TEXT NOT NULL PRIMARY KEY CHECK (length(token_hash) = 64),"
    " account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,"
    " created_ms INTEGER NOT NULL,"
    " expires_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX sessions_by_account ON sessions (account_id);"
    "CREATE INDEX sessions_by_end ON sessions (expires_ms);"

    "CREATE TABLE tokens ("
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
    " token_hash TEXT NOT NULL UNIQUE CHECK (length(token_hash) = 64),"
    " account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,"
    " label TEXT NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " last_used_ms INTEGER NOT NULL DEFAULT 0"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX tokens_by_account ON tokens (account_id, created_ms);"

    "CREATE TABLE setup_links ("
    " token_hash TEXT NOT NULL PRIMARY KEY CHECK (length(token_hash) = 64),"
    " created_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE audit ("
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
    " when_ms INTEGER NOT NULL,"
    " account_id TEXT REFERENCES accounts (id),"
    " action TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " detail TEXT NOT NULL DEFAULT '{}'"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX audit_by_time ON audit (when_ms, id);"
    "CREATE INDEX audit_by_subject ON audit (subject, when_ms, id);"

    "CREATE TABLE lessons ("
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
    " owner_id TEXT REFERENCES accounts (id),"
    " state TEXT NOT NULL CHECK (state IN"
    "  ('receiving','queued','encoding','published','failed')),"
    " withdrawn_ms INTEGER NOT NULL DEFAULT 0,"
    " complete INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1)),"
    " visibility TEXT NOT NULL CHECK (visibility IN ('public','signed-in','group','draft')),"
    " revision INTEGER NOT NULL DEFAULT 1,"
    " title TEXT NOT NULL,"
    " description TEXT NOT NULL,"
    " language TEXT NOT NULL,"
    " filename TEXT,"
    " subject TEXT, grade TEXT, course TEXT, area TEXT, centre TEXT,"
    " rights_holder TEXT, licence TEXT,"
    " keep_until_ms INTEGER NOT NULL DEFAULT 0,"
    " duration_ms INTEGER NOT NULL DEFAULT 0 CHECK (duration_ms >= 0),"
    " poster_file TEXT,"
    " original_bytes INTEGER NOT NULL DEFAULT 0 CHECK (original_bytes >= 0),"
    " original_sha256 TEXT,"
    " error_code TEXT,"
    " warnings TEXT NOT NULL DEFAULT '[]',"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL,"
    " published_ms INTEGER NOT NULL DEFAULT 0"
    ") STRICT;"
    "CREATE INDEX lessons_by_time ON lessons (created_ms, id);"
    "CREATE INDEX lessons_by_owner ON lessons (owner_id, created_ms, id);"
    "CREATE INDEX lessons_by_state ON lessons (state, created_ms, id);"
    "CREATE INDEX lessons_shown ON lessons (created_ms, id)"
    " WHERE state = 'published' AND withdrawn_ms = 0;"

    "CREATE TABLE recordings ("
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
    " lesson_id TEXT REFERENCES lessons (id),"
    " channel TEXT,"
    " title TEXT NOT NULL,"
    " starts_ms INTEGER NOT NULL,"
    " ends_ms INTEGER NOT NULL CHECK (ends_ms >= starts_ms),"
    " visibility TEXT NOT NULL CHECK (visibility IN ('public','signed-in','group','draft')),"
    " subject TEXT, grade TEXT, course TEXT, area TEXT, centre TEXT,"
    " rights_holder TEXT, licence TEXT,"
    " keep_until_ms INTEGER NOT NULL DEFAULT 0,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX recordings_by_lesson ON recordings (lesson_id);"

    "CREATE TABLE rungs ("
    " lesson_id TEXT NOT NULL REFERENCES lessons (id) ON DELETE CASCADE,"
    " name TEXT NOT NULL,"
    " file TEXT, index_file TEXT,"
    " bytes INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0),"
    " sha256 TEXT, codecs TEXT,"
    " bandwidth_bps INTEGER NOT NULL DEFAULT 0,"
    " average_bandwidth_bps INTEGER NOT NULL DEFAULT 0,"
    " width INTEGER NOT NULL DEFAULT 0, height INTEGER NOT NULL DEFAULT 0,"
    " frame_rate REAL NOT NULL DEFAULT 0,"
    " duration_ms INTEGER NOT NULL DEFAULT 0,"
    " error_code TEXT,"
    " updated_ms INTEGER NOT NULL,"
    " PRIMARY KEY (lesson_id, name)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE superseded_files ("
    " lesson_id TEXT NOT NULL REFERENCES lessons (id) ON DELETE CASCADE,"
    " file TEXT NOT NULL,"
    " delete_after_ms INTEGER NOT NULL,"
    " PRIMARY KEY (lesson_id, file)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX superseded_files_by_time ON superseded_files (delete_after_ms);"

    "CREATE TABLE uploads ("
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
    " kind TEXT NOT NULL CHECK (kind IN ('whole','partial','final')),"
    " state TEXT NOT NULL CHECK (state IN ('receiving','finished','expired','terminated')),"
    " owner_id TEXT REFERENCES accounts (id),"
    " lesson_id TEXT REFERENCES lessons (id),"
    " filename TEXT,"
    " metadata TEXT NOT NULL,"
    " length_bytes INTEGER NOT NULL CHECK (length_bytes >= -1),"
    " offset_bytes INTEGER NOT NULL DEFAULT 0 CHECK (offset_bytes >= 0"
    "  AND (length_bytes = -1 OR offset_bytes <= length_bytes)),"
    " parts TEXT NOT NULL DEFAULT '[]',"
    " sha256 TEXT,"
    " expires_ms INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX uploads_by_state ON uploads (state, created_ms, id);"
    "CREATE INDEX uploads_on_disk ON uploads (expires_ms)"
    " WHERE iif(kind = 'partial', state IN ('receiving','finished'), state = 'receiving');"
    "CREATE INDEX uploads_by_owner ON uploads (owner_id, state);"
    "CREATE INDEX uploads_by_lesson ON uploads (lesson_id, state);"

    "CREATE TABLE jobs ("
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
    " kind TEXT NOT NULL CHECK (kind IN ('encode')),"
    " lesson_id TEXT NOT NULL REFERENCES lessons (id) ON DELETE CASCADE,"
    " state TEXT NOT NULL CHECK (state IN ('queued','running','done','failed','cancelled')),"
    " priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN -100 AND 100),"
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " max_attempts INTEGER NOT NULL CHECK (max_attempts >= 3),"
    " not_before_ms INTEGER NOT NULL DEFAULT 0,"
    " lease_owner TEXT,"
    " lease_until_ms INTEGER NOT NULL DEFAULT 0,"
    " permille INTEGER NOT NULL DEFAULT 0 CHECK (permille BETWEEN 0 AND 1000),"
    " stage TEXT,"
    " checkpoint TEXT,"
    " error_code TEXT, error_detail TEXT,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL,"
    " CHECK ((state = 'running') = (lease_owner IS NOT NULL)),"
    " CHECK ((state = 'running') = (lease_until_ms > 0))"
    ") STRICT;"
    "CREATE UNIQUE INDEX jobs_active ON jobs (lesson_id, kind)"
    " WHERE state IN ('queued','running');"
    "CREATE INDEX jobs_by_order ON jobs (state, priority DESC, created_ms, id);"
    "CREATE INDEX jobs_by_lesson ON jobs (lesson_id, created_ms, id);"
    "CREATE INDEX jobs_by_time ON jobs (created_ms, id);"

    "CREATE TABLE settings ("
    " name TEXT NOT NULL PRIMARY KEY,"
    " value TEXT NOT NULL,"
    " updated_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    // docid is local to this file and is never replicated: the index is rebuilt from lessons.
    "CREATE TABLE search_documents ("
    " docid INTEGER NOT NULL PRIMARY KEY,"
    " lesson_id TEXT NOT NULL UNIQUE REFERENCES lessons (id) ON DELETE CASCADE,"
    " title TEXT NOT NULL,"
    " description TEXT NOT NULL"
    ") STRICT;"
    // Titles have an index of their own, so that what is only in descriptions costs a search of
    // titles nothing. Rows are all that is asked for: no positions are kept (detail=none).
    "CREATE VIRTUAL TABLE search_titles USING fts5 (title, content='search_documents',"
    " content_rowid='docid', tokenize='daorian', prefix='1 2 3', detail=none);"
    "CREATE VIRTUAL TABLE search_texts USING fts5 (title, description, content='search_documents',"
    " content_rowid='docid', tokenize='daorian', prefix='1 2 3', detail=none);"
    "PRAGMA application_id = 1145130834;"
    "PRAGMA user_version = 1;";

// Every table a step changes is made anew where SQLite cannot alter it; nothing refers to these
// two.
static const char STEP_2_SQL[] =
    "ALTER TABLE lessons ADD COLUMN generation INTEGER NOT NULL DEFAULT 1 CHECK (generation > 0);"
    "ALTER TABLE lessons ADD COLUMN interpreter TEXT;"
    "ALTER TABLE lessons ADD COLUMN inset TEXT;"

    "CREATE TABLE rungs_2 ("
    " lesson_id TEXT NOT NULL REFERENCES lessons (id) ON DELETE CASCADE,"
    " generation INTEGER NOT NULL CHECK (generation > 0),"
    " name TEXT NOT NULL,"
    " file TEXT, index_file TEXT,"
    " bytes INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0),"
    " sha256 TEXT, codecs TEXT,"
    " bandwidth_bps INTEGER NOT NULL DEFAULT 0,"
    " average_bandwidth_bps INTEGER NOT NULL DEFAULT 0,"
    " width INTEGER NOT NULL DEFAULT 0, height INTEGER NOT NULL DEFAULT 0,"
    " frame_rate REAL NOT NULL DEFAULT 0,"
    " duration_ms INTEGER NOT NULL DEFAULT 0,"
    " ssim REAL NOT NULL DEFAULT 0,"
    " stills INTEGER NOT NULL DEFAULT 0 CHECK (stills >= 0),"
    " error_code TEXT,"
    " updated_ms INTEGER NOT NULL,"
    " PRIMARY KEY (lesson_id, generation, name)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO rungs_2 (lesson_id, generation, name, file, index_file, bytes, sha256, codecs,"
    "  bandwidth_bps, average_bandwidth_bps, width, height, frame_rate, duration_ms, error_code,"
    "  updated_ms)"
    " SELECT lesson_id, 1, name, file, index_file, bytes, sha256, codecs, bandwidth_bps,"
    "  average_bandwidth_bps, width, height, frame_rate, duration_ms, error_code, updated_ms"
    " FROM rungs;"
    "DROP TABLE rungs;"
    "ALTER TABLE rungs_2 RENAME TO rungs;"

    // Files of a generation that are no rungs. Position: of a still from 1, else 0.
    "CREATE TABLE assets ("
    " lesson_id TEXT NOT NULL REFERENCES lessons (id) ON DELETE CASCADE,"
    " generation INTEGER NOT NULL CHECK (generation > 0),"
    " kind TEXT NOT NULL CHECK (kind IN"
    "  ('analysis','poster','still','storyboard','waveform','slides-pdf')),"
    " position INTEGER NOT NULL DEFAULT 0 CHECK (position >= 0),"
    " file TEXT NOT NULL,"
    " bytes INTEGER NOT NULL CHECK (bytes >= 0),"
    " sha256 TEXT NOT NULL,"
    " start_ms INTEGER NOT NULL DEFAULT 0, end_ms INTEGER NOT NULL DEFAULT 0,"
    " width INTEGER NOT NULL DEFAULT 0, height INTEGER NOT NULL DEFAULT 0,"
    " grows INTEGER NOT NULL DEFAULT 0 CHECK (grows IN (0, 1)),"
    " columns INTEGER NOT NULL DEFAULT 0, count INTEGER NOT NULL DEFAULT 0,"
    " interval_ms INTEGER NOT NULL DEFAULT 0,"
    " language TEXT,"
    " updated_ms INTEGER NOT NULL,"
    " PRIMARY KEY (lesson_id, generation, kind, position)"
    ") STRICT, WITHOUT ROWID;"

    // Of the lesson, whatever its generation: people write and correct them.
    "CREATE TABLE captions ("
    " lesson_id TEXT NOT NULL REFERENCES lessons (id) ON DELETE CASCADE,"
    " language TEXT NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('draft','approved')),"
    " source TEXT NOT NULL CHECK (source IN ('upload','embedded','recogniser')),"
    " file TEXT NOT NULL,"
    " bytes INTEGER NOT NULL CHECK (bytes >= 0),"
    " sha256 TEXT NOT NULL,"
    " revision INTEGER NOT NULL DEFAULT 1,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL,"
    " PRIMARY KEY (lesson_id, language)"
    ") STRICT, WITHOUT ROWID;"

    // Argument: of captions the language, else empty. Generation: which one the job writes.
    "CREATE TABLE jobs_2 ("
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
    " kind TEXT NOT NULL CHECK (kind IN ('encode','refine','reencode','captions')),"
    " lesson_id TEXT NOT NULL REFERENCES lessons (id) ON DELETE CASCADE,"
    " generation INTEGER NOT NULL CHECK (generation > 0),"
    " argument TEXT NOT NULL DEFAULT '',"
    " state TEXT NOT NULL CHECK (state IN ('queued','running','done','failed','cancelled')),"
    " priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN -100 AND 100),"
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " max_attempts INTEGER NOT NULL CHECK (max_attempts >= 3),"
    " not_before_ms INTEGER NOT NULL DEFAULT 0,"
    " lease_owner TEXT,"
    " lease_until_ms INTEGER NOT NULL DEFAULT 0,"
    " permille INTEGER NOT NULL DEFAULT 0 CHECK (permille BETWEEN 0 AND 1000),"
    " stage TEXT,"
    " checkpoint TEXT,"
    " error_code TEXT, error_detail TEXT,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL,"
    " CHECK ((state = 'running') = (lease_owner IS NOT NULL)),"
    " CHECK ((state = 'running') = (lease_until_ms > 0))"
    ") STRICT;"
    "INSERT INTO jobs_2 (id, kind, lesson_id, generation, state, priority, attempts, max_attempts,"
    "  not_before_ms, lease_owner, lease_until_ms, permille, stage, checkpoint, error_code,"
    "  error_detail, created_ms, updated_ms)"
    " SELECT id, kind, lesson_id, 1, state, priority, attempts, max_attempts, not_before_ms,"
    "  lease_owner, lease_until_ms, permille, stage, checkpoint, error_code, error_detail,"
    "  created_ms, updated_ms FROM jobs;"
    "DROP TABLE jobs;"
    "ALTER TABLE jobs_2 RENAME TO jobs;"
    "CREATE UNIQUE INDEX jobs_active ON jobs (lesson_id, kind, argument)"
    " WHERE state IN ('queued','running');"
    "CREATE INDEX jobs_by_order ON jobs (state, priority DESC, created_ms, id);"
    "CREATE INDEX jobs_by_lesson ON jobs (lesson_id, created_ms, id);"
    "CREATE INDEX jobs_by_time ON jobs (created_ms, id);"
    "PRAGMA user_version = 2;";

// Broadcasts. What a scan finds and what a person decides are columns of their own, so that a new
// scan cannot lose an edit: own_name, own_channel and shown are a person's, NULL while nobody said.
static const char STEP_3_SQL[] =
    "CREATE TABLE multiplexes ("
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
    " uri TEXT NOT NULL UNIQUE,"
    " name TEXT NOT NULL,"
    " text_default TEXT NOT NULL DEFAULT '',"
    " network TEXT NOT NULL DEFAULT '',"
    " transport_stream_id INTEGER NOT NULL DEFAULT -1,"
    " original_network_id INTEGER NOT NULL DEFAULT -1,"
    " revision INTEGER NOT NULL DEFAULT 1,"
    " scanned_ms INTEGER NOT NULL DEFAULT 0,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE services ("
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
    " multiplex_id TEXT NOT NULL REFERENCES multiplexes (id) ON DELETE CASCADE,"
    " service_id INTEGER NOT NULL CHECK (service_id BETWEEN 0 AND 65535),"
    " name TEXT NOT NULL,"
    " provider TEXT NOT NULL,"
    " kind TEXT NOT NULL CHECK (kind IN ('tv','radio','data','unknown')),"
    " encrypted INTEGER NOT NULL CHECK (encrypted IN (0, 1)),"
    " channel INTEGER NOT NULL DEFAULT -1,"
    " streams TEXT NOT NULL DEFAULT '[]',"
    " present INTEGER NOT NULL CHECK (present IN (0, 1)),"
    " own_name TEXT,"
    " own_channel INTEGER,"
    " shown INTEGER CHECK (shown IN (0, 1)),"
    " revision INTEGER NOT NULL DEFAULT 1,"
    " seen_ms INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL,"
    " UNIQUE (multiplex_id, service_id)"
    ") STRICT, WITHOUT ROWID;"

    GUIDE_EVENTS_TABLE("guide_events", "65535") GUIDE_EVENTS_INDEXES "PRAGMA user_version = 3;";

// Live channels. A channel outlives its service: what a person typed is not lost with an address.
static const char STEP_4_SQL[] = "CREATE TABLE channels ("
                                 " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
                                 " slug TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 40),"
                                 " name TEXT NOT NULL,"
                                 " service TEXT REFERENCES services (id) ON DELETE SET NULL,"
                                 " enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),"
                                 " rungs TEXT NOT NULL,"
                                 " window_hours INTEGER NOT NULL CHECK (window_hours > 0),"
                                 " window_bytes INTEGER NOT NULL CHECK (window_bytes > 0),"
                                 " revision INTEGER NOT NULL DEFAULT 1,"
                                 " created_ms INTEGER NOT NULL,"
                                 " updated_ms INTEGER NOT NULL"
                                 ") STRICT, WITHOUT ROWID;"
                                 "CREATE INDEX channels_by_service ON channels (service);"
                                 "PRAGMA user_version = 4;";

// Recording. A booking is the plan, of a person or a rule; the recording (schema 1) that it becomes
// has its id and outlives it, with the ledger of what is missing. tuners 0: what the kind of
// address has by itself.
static const char STEP_5_SQL[] =
    "ALTER TABLE multiplexes ADD COLUMN tuners INTEGER NOT NULL DEFAULT 0"
    " CHECK (tuners BETWEEN 0 AND 16);"

    "CREATE TABLE rules ("
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
    " owner_id TEXT REFERENCES accounts (id),"
    " name TEXT NOT NULL,"
    " channel TEXT REFERENCES channels (id) ON DELETE CASCADE,"
    " title TEXT NOT NULL,"
    " keywords TEXT NOT NULL,"
    " series_crid TEXT,"
    " weekdays INTEGER NOT NULL CHECK (weekdays BETWEEN 1 AND 127),"
    " from_minute INTEGER NOT NULL CHECK (from_minute BETWEEN -1 AND 1439),"
    " until_minute INTEGER NOT NULL CHECK (until_minute BETWEEN -1 AND 1439),"
    " repeats INTEGER NOT NULL CHECK (repeats IN (0, 1)),"
    " padding_before_s INTEGER NOT NULL CHECK (padding_before_s BETWEEN 0 AND 3600),"
    " padding_after_s INTEGER NOT NULL CHECK (padding_after_s BETWEEN 0 AND 3600),"
    " keep_days INTEGER NOT NULL CHECK (keep_days BETWEEN 0 AND 36500),"
    " rights_holder TEXT NOT NULL,"
    " licence TEXT NOT NULL,"
    " visibility TEXT NOT NULL CHECK (visibility IN ('public','signed-in','group','draft')),"
    " enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),"
    " revision INTEGER NOT NULL DEFAULT 1,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    // What is followed (service, event_id, event_start_ms) is a copy: the guide forgets, and an
    // event's id may change. event_id -1: a time alone.
    BOOKINGS_TABLE("bookings", "65535") BOOKINGS_INDEXES

    // from_ms and to_ms are of the clock on the air; media_ms: where in the lesson it is felt.
    "CREATE TABLE gaps ("
    " recording_id TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,"
    " from_ms INTEGER NOT NULL,"
    " to_ms INTEGER NOT NULL CHECK (to_ms >= from_ms),"
    " media_ms INTEGER NOT NULL,"
    " cause TEXT NOT NULL CHECK (cause IN"
    "  ('signal-lost','crash','restart','too-slow','disk-full','scrambled','late')),"
    " PRIMARY KEY (recording_id, from_ms)"
    ") STRICT, WITHOUT ROWID;"
    "PRAGMA user_version = 5;";

// Live classes. The channel and the booking of one are ordinary rows, which may go before it does.
static const char STEP_6_SQL[] =
    "CREATE TABLE classes ("
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
    " account_id TEXT NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,"
    " title TEXT NOT NULL,"
    " key_hash TEXT UNIQUE CHECK (length(key_hash) = 64),"
    " key_made_ms INTEGER NOT NULL DEFAULT 0,"
    " channel TEXT UNIQUE REFERENCES channels (id) ON DELETE SET NULL,"
    " booking TEXT REFERENCES bookings (id) ON DELETE SET NULL,"
    " on_air_ms INTEGER NOT NULL DEFAULT 0,"
    " left_ms INTEGER NOT NULL DEFAULT 0,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX classes_by_booking ON classes (booking);"
    "PRAGMA user_version = 6;";

// Bitmap subtitles that are drawn into the pictures of one rung: empty: none; the lowest. And an
// index for the lessons that have a last day.
static const char STEP_7_SQL[] =
    "ALTER TABLE channels ADD COLUMN burn_subtitles TEXT NOT NULL DEFAULT ''"
    " CHECK (length(burn_subtitles) IN (0, 3));"
    "ALTER TABLE channels ADD COLUMN burn_rung TEXT NOT NULL DEFAULT '';"
    "CREATE INDEX lessons_by_keep ON lessons (keep_until_ms, id)"
    " WHERE keep_until_ms > 0 AND withdrawn_ms = 0;"
    "PRAGMA user_version = 7;";

// Gaps that are patched from a repeat, and the orders to do so. A repeat's booking may be forgotten
// before its patch is.
static const char STEP_8_SQL[] =
    "ALTER TABLE gaps ADD COLUMN patched_from TEXT;"
    "ALTER TABLE gaps ADD COLUMN patched_ms INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE patches ("
    " id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),"
    " recording_id TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,"
    " repeat_id TEXT NOT NULL CHECK (length(repeat_id) = 36),"
    " channel_name TEXT NOT NULL,"
    " start_ms INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('waiting','running','done','failed')),"
    " error_code TEXT,"
    " permille INTEGER NOT NULL DEFAULT 0 CHECK (permille BETWEEN 0 AND 1000),"
    " filled INTEGER NOT NULL DEFAULT 0,"
    " filled_ms INTEGER NOT NULL DEFAULT 0,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX patches_by_recording ON patches (recording_id, id);"
    "CREATE INDEX patches_by_state ON patches (state, id);"
    "PRAGMA user_version = 8;";

// After how many minutes without a viewer a channel rests; 0: never.
static const char STEP_9_SQL[] =
    "ALTER TABLE channels ADD COLUMN rest_minutes INTEGER NOT NULL DEFAULT 0"
    " CHECK (rest_minutes BETWEEN 0 AND 240);"
    "PRAGMA user_version = 9;";

#define GUIDE_EVENTS_COLUMNS                                                                       \
    "service, event_id, start_ms, duration_ms, title, summary, description, language, "            \
    "genre, age, programme_crid, series_crid, running, updated_ms"

#define BOOKINGS_COLUMNS                                                                           \
    "id, owner_id, channel, channel_name, service, event_id, event_start_ms, follows, "            \
    "programme_crid, state, start_ms, end_ms, padding_before_s, padding_after_s, title, "          \
    "description, language, rights_holder, licence, keep_until_ms, visibility, rule_id, "          \
    "lesson_id, error_code, revision, created_ms, updated_ms"

// Whether a programme of @side, which is first, is on in the middle of `one`. None that counts is
// longer than a day, so that the index bounds it; the nearest is looked at first.
#define MIDDLE "one.start_ms + coalesce(one.duration_ms, 0) / 2"
#define HIDDEN_BY(side, is)                                                                        \
    "(SELECT 1 FROM guide_events AS other INDEXED BY guide_events_of_" side                        \
    " WHERE other.service = one.service AND other.event_id " is " 65535"                           \
    " AND other.start_ms <= " MIDDLE " AND other.start_ms > " MIDDLE " - 86400000"                 \
    " AND other.end_ms > " MIDDLE " ORDER BY other.start_ms DESC LIMIT 1) IS NOT NULL"             \
    " AND (SELECT guide_first FROM services WHERE id = one.service) = '" side "'"

// Programmes from files are guide events beyond the ids that are broadcast (16 bits, ETSI EN 300
// 468 §5.2.4). guide_shown is what there is to see: where both sides say something, one of the side
// that is not first is hidden when its middle lies within one of the other. The class of a booking
// must not lose it while its table is made anew.
// clang-format off
static const char STEP_10_SQL[] =
    "ALTER TABLE services ADD COLUMN guide_channel TEXT;"
    "ALTER TABLE services ADD COLUMN guide_first TEXT NOT NULL DEFAULT 'broadcast'"
    " CHECK (guide_first IN ('broadcast','file'));"

    GUIDE_EVENTS_TABLE("guide_events_10", "2147483647")
    "INSERT INTO guide_events_10 (" GUIDE_EVENTS_COLUMNS ")"
    " SELECT " GUIDE_EVENTS_COLUMNS " FROM guide_events;"
    "DROP TABLE guide_events;"
    "ALTER TABLE guide_events_10 RENAME TO guide_events;" GUIDE_EVENTS_INDEXES
    "CREATE INDEX guide_events_of_broadcast ON guide_events (service, start_ms, end_ms)"
    " WHERE event_id <= 65535;"
    "CREATE INDEX guide_events_of_file ON guide_events (service, start_ms, end_ms)"
    " WHERE event_id > 65535;"
    "CREATE VIEW guide_shown AS SELECT " GUIDE_EVENTS_COLUMNS ", end_ms FROM guide_events AS one"
    " WHERE NOT CASE WHEN event_id > 65535 THEN " HIDDEN_BY("broadcast", "<=")
    " ELSE " HIDDEN_BY("file", ">") " END;"

    "CREATE TABLE classes_10 (id TEXT NOT NULL PRIMARY KEY, booking TEXT NOT NULL) STRICT;"
    "INSERT INTO classes_10 (id, booking) SELECT id, booking FROM classes"
    " WHERE booking IS NOT NULL;"
    "UPDATE classes SET booking = NULL WHERE booking IS NOT NULL;"
    BOOKINGS_TABLE("bookings_10", "2147483647")
    "INSERT INTO bookings_10 (" BOOKINGS_COLUMNS ") SELECT " BOOKINGS_COLUMNS " FROM bookings;"
    "DROP TABLE bookings;"
    "ALTER TABLE bookings_10 RENAME TO bookings;" BOOKINGS_INDEXES
    "UPDATE classes SET booking = kept.booking FROM classes_10 AS kept"
    " WHERE kept.id = classes.id;"
    "DROP TABLE classes_10;"
    "PRAGMA user_version = 10;";
// clang-format on

const char *const catalog_schema_steps[] = {STEP_1_SQL, STEP_2_SQL,  STEP_3_SQL, STEP_4_SQL,
                                            STEP_5_SQL, STEP_6_SQL,  STEP_7_SQL, STEP_8_SQL,
                                            STEP_9_SQL, STEP_10_SQL, NULL};
