// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// All of it in one transaction, guarded by the booking's move to DONE.
#include "server/flows/record_rows.h"

#include "catalog/assets.h"
#include "catalog/bookings.h"
#include "catalog/captions.h"
#include "catalog/lessons.h"
#include "catalog/recordings.h"
#include "catalog/rungs.h"

#define RIGHTS(text) (*(text) != '\0' ? (text) : NULL)

CatalogLesson *
flows_record_rows_describe(const CatalogBooking *booking, const FlowsRecordJoin *join,
                           gint64 now_ms)
{
    CatalogLesson *lesson = catalog_lesson_new(booking->id);
    catalog_lesson_set_text(&lesson->owner_id, booking->owner_id);
    catalog_lesson_set_text(&lesson->title, booking->title);
    catalog_lesson_set_text(&lesson->description, booking->description);
    catalog_lesson_set_text(&lesson->language, booking->language);
    catalog_lesson_set_text(&lesson->rights_holder, RIGHTS(booking->rights_holder));
    catalog_lesson_set_text(&lesson->licence, RIGHTS(booking->licence));
    lesson->visibility = booking->visibility;
    lesson->keep_until_ms = booking->keep_until_ms;
    lesson->state = CATALOG_LESSON_STATE_ENCODING;
    lesson->duration_ms = (gint64)join->duration_ms;
    lesson->complete = TRUE;
    lesson->created_ms = now_ms;
    g_array_append_vals(lesson->gaps, join->gaps->data, join->gaps->len);
    return lesson;
}

static gboolean
publish_rungs(CatalogDatabase *database, const CatalogLesson *lesson, gint64 now_ms, GError **error)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        gboolean written = rung->file != NULL
                               ? catalog_rungs_publish(database, rung, 0, now_ms, error)
                               : catalog_rungs_set_error(database, rung, now_ms, error);
        if (!written)
            return FALSE;
    }
    return TRUE;
}

static gboolean
publish_assets(CatalogDatabase *database, const CatalogLesson *lesson, gint64 now_ms,
               GError **error)
{
    for (guint i = 0; i < lesson->assets->len; i++) {
        if (!catalog_assets_publish(database, lesson->assets->pdata[i], 0, now_ms, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
offer_captions(CatalogDatabase *database, const CatalogLesson *lesson, gint64 now_ms,
               GError **error)
{
    gboolean taken = FALSE;
    for (guint i = 0; i < lesson->captions->len; i++) {
        if (!catalog_captions_offer(database, lesson->captions->pdata[i], 0, now_ms, &taken, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
flows_record_rows_publish(CatalogDatabase *database, const CatalogLesson *lesson,
                          const CatalogBooking *booking, const FlowsRecordJoin *join, gint64 now_ms,
                          GError **error)
{
    const CatalogAuditStamp by = {NULL, now_ms};
    const CatalogLessonsMedia media = {.duration_ms = lesson->duration_ms,
                                       .complete = lesson->complete};
    const CatalogRecordingsOutcome outcome = {lesson->id, join->starts_ms, join->ends_ms};
    return catalog_bookings_set_state(database, booking->id, CATALOG_BOOKING_STATE_DONE, NULL, &by,
                                      error) &&
           catalog_lessons_create(database, lesson, &by, error) &&
           publish_rungs(database, lesson, now_ms, error) &&
           publish_assets(database, lesson, now_ms, error) &&
           offer_captions(database, lesson, now_ms, error) &&
           catalog_lessons_set_media(database, lesson->id, &media, now_ms, error) &&
           catalog_lessons_set_state(database, lesson->id, CATALOG_LESSON_STATE_PUBLISHED, &by,
                                     error) &&
           catalog_recordings_set_gaps(database, booking->id, join->gaps, error) &&
           catalog_recordings_end(database, booking->id, &outcome, now_ms, error) &&
           catalog_bookings_set_lesson(database, booking->id, lesson->id, now_ms, error);
}
