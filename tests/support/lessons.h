// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is on: a week of Thai programmes for each service, the same every time, so that a test can
// say what a guide must hold.
#pragma once

#include <glib.h>

#define LESSONS_DAYS 7
#define LESSONS_A_DAY 24
#define LESSONS_A_WEEK (LESSONS_DAYS * LESSONS_A_DAY)
#define LESSONS_MONDAY_MS G_GINT64_CONSTANT(1779062400000) // 2026-05-18 00:00 UTC

typedef struct {
    guint16 event_id;   // (value)
    gint64 start_ms;    // (value) Unix time
    gint64 duration_ms; // (value)
    char *title;        // (owned) UTF-8
    char *summary;      // (owned) UTF-8
    char *description;  // (owned) UTF-8, empty for some, longer than one descriptor for others
    guint8 genre;       // (value) content nibbles
    char *series;       // (owned) CRID
} Lesson;

void lessons_free(Lesson *lesson);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lesson, lessons_free)

/** Returns: (transfer full): programme @index (0 to LESSONS_A_WEEK - 1) of a service. */
Lesson *lessons_make(guint16 service_id, guint index);
