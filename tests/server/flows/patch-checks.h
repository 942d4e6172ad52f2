// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What must hold of a recording before, while and after its gap is filled. Each asserts.
#pragma once

#include "tests/server/flows/patch-harness.h"

/** Every file that @lesson names is there and has the bytes that its rows say. */
void patch_checks_assert_files(PatchHarness *harness, const CatalogLesson *lesson);

/** Both tracks of a rung go on without a hole. @kinds: of tracks. */
void patch_checks_assert_whole(PatchHarness *harness, const CatalogLesson *lesson, const char *name,
                               guint kinds);

/** What is to be heard in a stretch of a lesson. */
typedef struct {
    guint programme; // whose
    guint from_s;    // of the lesson
    guint until_s;   // of the lesson
} PatchChecksHeard;

/** Each four seconds of it in @name are the same four seconds of the programme. */
void patch_checks_assert_heard(PatchHarness *harness, const CatalogLesson *lesson, const char *name,
                               const PatchChecksHeard *meant);

/** Waits for the end: the gap is filled from the whole programme, to the moment, in all rungs. */
void patch_checks_assert_patched(PatchHarness *harness);

/** What was said keeps its moment, and what the repeat says in the gap is there. */
void patch_checks_assert_captions(PatchHarness *harness);

/** The bundle's texts say what the rows say. */
void patch_checks_assert_described(PatchHarness *harness);

/** The work left no folder. */
void patch_checks_assert_no_folder(PatchHarness *harness);
