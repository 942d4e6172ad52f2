// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Value: one lesson with what its page shows: rungs, running job, upload progress.
#pragma once

#include "catalog/area.h"
#include "catalog/asset.h"
#include "catalog/captions.h"
#include "catalog/gap.h"
#include "catalog/job.h"
#include "catalog/rung.h"

/** See the diagram in lesson.c. */
typedef enum {
    CATALOG_LESSON_STATE_RECEIVING,
    CATALOG_LESSON_STATE_QUEUED,
    CATALOG_LESSON_STATE_ENCODING,
    CATALOG_LESSON_STATE_PUBLISHED,
    CATALOG_LESSON_STATE_FAILED,
    CATALOG_LESSON_STATE_WITHDRAWN,
} CatalogLessonState;

typedef enum {
    CATALOG_LESSON_VISIBILITY_PUBLIC,
    CATALOG_LESSON_VISIBILITY_SIGNED_IN,
    CATALOG_LESSON_VISIBILITY_GROUP, // reserved: owner and editors only for now
    CATALOG_LESSON_VISIBILITY_DRAFT, // owner and editors only
} CatalogLessonVisibility;

typedef struct {
    char *id;                           // (owned)
    char *owner_id;                     // (owned) (nullable)
    char *owner_name;                   // (owned) (nullable): display name; set by queries
    CatalogLessonState state;           // as shown: WITHDRAWN hides the state beneath
    CatalogLessonVisibility visibility; // who may see it once published
    gboolean complete;                  // the last rung is done
    gint64 revision;                    // grows with every edit by a person (If-Match)
    char *title;                        // (owned): never NULL
    char *description;                  // (owned): never NULL
    char *language;                     // (owned): BCP 47, "th"
    char *filename;                     // (owned) (nullable): as the uploader called it
    char *subject;                      // (owned) (nullable)
    char *grade;                        // (owned) (nullable)
    char *course;                       // (owned) (nullable)
    char *area;                         // (owned) (nullable)
    char *centre;                       // (owned) (nullable)
    char *rights_holder;                // (owned) (nullable)
    char *licence;                      // (owned) (nullable)
    gint64 keep_until_ms;               // UTC milliseconds, 0: for ever
    gint64 duration_ms;                 // 0: not known yet
    gint64 generation;                  // of the files that are shown, from 1
    CatalogArea interpreter;            // what staff marked
    CatalogArea inset;                  // what the analysis saw move beside the slides
    char *poster_file;                  // (owned) (nullable): file name in the bundle
    gint64 original_bytes;              // 0: not whole yet
    char *original_sha256;              // (owned) (nullable)
    char *error_code;                   // (owned) (nullable): set when FAILED
    char **warnings;                    // (owned): codes, NULL-terminated, never NULL
    gint64 created_ms;                  // UTC milliseconds
    gint64 updated_ms;                  // UTC milliseconds
    gint64 published_ms;                // UTC milliseconds, 0: not yet
    GPtrArray *rungs;      // (owned) (element-type CatalogRung): never NULL; set by queries
    GPtrArray *assets;     // (owned) (element-type CatalogAsset): no stills; set by queries
    GPtrArray *captions;   // (owned) (element-type CatalogCaptions): set by queries
    GArray *gaps;          // (owned) (element-type CatalogGap): of a recording; set by queries
    CatalogJob *job;       // (owned) (nullable): encode, else re-encode, active; set by queries
    gboolean refining;     // a better rung is queued or running; set by queries
    char *upload_id;       // (owned) (nullable): unfinished upload; set by queries
    gint64 received_bytes; // of the upload; set by queries
    gint64 length_bytes;   // of the upload, −1: not declared; set by queries
} CatalogLesson;

/** Returns: (transfer full): RECEIVING, PUBLIC, language "th", empty texts. */
CatalogLesson *catalog_lesson_new(const char *id);

CatalogLesson *catalog_lesson_copy(const CatalogLesson *lesson);
void catalog_lesson_free(CatalogLesson *lesson);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogLesson, catalog_lesson_free)
/** Sets a text field: frees what was there. @value is copied; nullable. */
void catalog_lesson_set_text(char **field, const char *value);

const char *catalog_lesson_state_to_text(CatalogLessonState state);
/** FALSE when @text (nullable) names no state; @state is then untouched. */
gboolean catalog_lesson_state_from_text(const char *text, CatalogLessonState *state);
gboolean catalog_lesson_state_may_move(CatalogLessonState from, CatalogLessonState to);

const char *catalog_lesson_visibility_to_text(CatalogLessonVisibility visibility);
gboolean catalog_lesson_visibility_from_text(const char *text, CatalogLessonVisibility *visibility);
